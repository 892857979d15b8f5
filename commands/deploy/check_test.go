package deploy

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/internal/scripttest"
	"github.com/progetctl/progetctl/output"
)

// checking is a version check against a handler, which counts what it is asked.
func checking(t *testing.T, handler http.HandlerFunc) (v *versionCheck, asked *atomic.Int32, stderr func() string) {
	t.Helper()
	asked = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	io, _, text := reporting(output.Table)
	made, err := client.New(server.URL, client.WithRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	return newVersionCheck(io, &cli.Server{Client: made}, "nuget", nil), asked, text.String
}

func listing(body string) http.HandlerFunc {
	return scripttest.Answer(http.StatusOK, "application/json", body)
}

// TestVersionCheck lets a record pass unless the server says for certain that there is no such
// version.
func TestVersionCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		refused bool
		warns   bool
	}{
		{"there", listing(`[{"name":"P","version":"1.0.0"}]`), false, false},
		{"there by another spelling", listing(`[{"name":"P","version":"1.0"}]`), false, false},
		{"missing", listing(`[]`), true, false},
		{"no such endpoint", scripttest.Answer(http.StatusNotFound, "text/plain", "no"), false, true},
		{"not allowed", scripttest.Answer(http.StatusForbidden, "text/plain", "no"), false, true},
		{"a page", scripttest.Answer(http.StatusOK, "text/html", "<html><title>Sign in</title></html>"), false, true},
		{"cut off", listing(`[{"name":`), false, true},
		{"something else", listing(`"none"`), false, true},
		{"down", scripttest.Answer(http.StatusServiceUnavailable, "text/plain", "later"), false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, _, stderr := checking(t, c.handler)
			_, err := v.allows(t.Context(), records.Record{FeedName: "F", PackageName: "P", Version: "1.0.0"})
			if (err != nil) != c.refused || (err != nil && client.KindOf(err) != client.KindNotFound) {
				t.Errorf("error %v", err)
			}
			if (stderr() != "") != c.warns {
				t.Errorf("stderr %q", stderr())
			}
		})
	}
}

// TestVersionCheckAsksOnce asks once for each version, however many records come at the same time,
// and warns once.
func TestVersionCheckAsksOnce(t *testing.T) {
	t.Parallel()
	v, asked, stderr := checking(t, scripttest.Answer(http.StatusNotFound, "text/plain", "no"))
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			r := records.Record{FeedName: "F", PackageName: "P", Version: fmt.Sprint(i % 2), Target: fmt.Sprint(i)}
			if _, err := v.allows(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if asked.Load() != 2 || strings.Count(stderr(), "\n") != 1 {
		t.Errorf("asked %d times: %s", asked.Load(), stderr())
	}
	var none *versionCheck
	if _, err := none.allows(t.Context(), records.Record{}); err != nil {
		t.Errorf("without --check: %v", err)
	}
}
