package client

import (
	"context"
	"errors"
	"io"
	"iter"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// testKey is long and unlike any other text, so that finding it anywhere is finding it leaked. It
// holds what needs escaping in a query.
const testKey = "canary+key/7f3a&x=1"

// noon is the clock of the tests.
func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// waits replaces sleeping and remembers how long it would have been.
type waits struct {
	mu  sync.Mutex
	all []time.Duration
}

func (w *waits) sleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, d)
	return ctx.Err()
}

// total is the sum of the waits; the most that there is if it is more.
func (w *waits) total() (sum time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.all {
		if sum += d; sum < d {
			return math.MaxInt64
		}
	}
	return sum
}

// startSandbox runs a fake ProGet and returns its URL with the base path.
func startSandbox(t testing.TB, o sandbox.Options) (*sandbox.Server, string) {
	t.Helper()
	o.KeepRequests, o.Now = true, noon
	s, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, startServer(t, s) + o.BasePath
}

// startServer runs any handler.
func startServer(t testing.TB, h http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = quiet()
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// newClient makes a client that does not wait between attempts.
func newClient(t testing.TB, url string, opts ...Option) *Client {
	t.Helper()
	quick := []Option{WithSleep((&waits{}).sleep), WithClock(noon), WithProxy(nil)}
	c, err := New(url, append(quick, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// someDeployment has the required properties.
func someDeployment() Deployment {
	return Deployment{
		Application: "HDARS", Description: "Deployed by HDARS", Target: "web01",
		FeedName: "DefaultNuGet", PackageName: "Newtonsoft.Json", Version: "12.0.3",
	}
}

// wantKind insists on an error of one kind.
func wantKind(t *testing.T, err error, want Kind) *Error {
	t.Helper()
	if got := KindOf(err); got != want {
		t.Fatalf("kind %q (%v), want %q", got, err, want)
	}
	e, _ := errors.AsType[*Error](err)
	return e
}

// collected reads a sequence to its end.
func collected[T any](items iter.Seq2[T, error]) (all []T, err error) {
	for item, err := range items {
		if err != nil {
			return all, err
		}
		all = append(all, item)
	}
	return all, nil
}

// count is the number of requests that reached the sandbox.
func count(s *sandbox.Server) int { return len(s.Requests()) }

// quiet keeps net/http from reporting the connections that tests break.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func nugetPackage(name, version string) ecosystem.Package {
	return ecosystem.Package{Type: ecosystem.NuGet, Name: name, Version: version}
}
