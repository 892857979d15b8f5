package client

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/sandbox"
)

func TestVersionsSayWhenAndByWhom(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	all, err := collected(newClient(t, url).Packages.Versions(t.Context(), "npm-unapproved", ecosystem.Package{Type: "npm", Group: "@angular", Name: "animation"}))
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	first := all[0]
	if first.Group != "@angular" || first.Version != "12.3.1" || first.Published != noon().AddDate(0, 0, -50) || first.PublishedBy != "Admin" {
		t.Errorf("%+v", first)
	}
	if got := server.Requests()[0].Target; got != "/api/packages/npm-unapproved/versions?name=animation&group=%40angular" {
		t.Errorf("asked %s", got)
	}
}

// TestLatestStreams: the first row is there before the server has written the last one, and a
// caller who stops ends the request.
func TestLatestStreams(t *testing.T) {
	t.Parallel()
	goOn, gone := make(chan struct{}), make(chan struct{})
	url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// More than the first bytes, which distinguish data from a web page.
		fmt.Fprint(w, `[{"name":"a","version":"1"},`+strings.Repeat(" ", sniffLength))
		_ = http.NewResponseController(w).Flush()
		<-goOn
		fmt.Fprint(w, `{"name":"b","version":"1"},`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	}))
	var names []string
	for v, err := range newClient(t, url).Packages.Latest(t.Context(), "F") {
		if err != nil {
			t.Fatal(err)
		}
		if names = append(names, v.Name); v.Name == "b" {
			break
		}
		close(goOn)
	}
	<-gone
	if strings.Join(names, " ") != "a b" {
		t.Errorf("got %v", names)
	}
}

// TestVersionsErrors: what came before an error stands, and the error says that it is not the whole
// list.
func TestVersionsErrors(t *testing.T) {
	t.Parallel()
	const row = `{"name":"a","version":"1"}`
	for _, test := range []struct {
		name, body string
		status     int
		rows       int
		kind       Kind
		says       string
	}{
		{"cut in a row", `[` + row + `,{"na`, 200, 1, KindUnavailable, "cut off"},
		{"cut behind a row", `[` + row, 200, 1, KindUnavailable, "cut off"},
		{"cut object", `{"name":"a"`, 200, 0, KindUnavailable, "cut off"},
		{"something behind it", `[` + row + `]]`, 200, 1, KindUnavailable, "something follows"},
		{"something behind an object", row + row, 200, 1, KindUnavailable, "something follows"},
		{"null", `null`, 200, 0, KindUnavailable, "neither a list nor a version"},
		{"a message", `{"message":"no"}`, 200, 0, KindUnavailable, "neither a list nor a version"},
		{"a message in a list", `[{"message":"no"}]`, 200, 0, KindUnavailable, "neither a list nor a version"},
		{"numbers", `[1]`, 200, 0, KindUnavailable, "not an object"},
		{"a key twice", `[{"name":"a","version":"1","Version":"2"}]`, 200, 0, KindUnavailable, `"Version" twice`},
		{"a list for the group", `[{"name":"a","version":"1","group":["g"]}]`, 200, 0, KindUnavailable, `"group" that is not text`},
		{"an object for the name", `[` + row + `,{"name":{},"version":"1"}]`, 200, 1, KindUnavailable, `"name" that is not text`},
		{"no feed", `Feed F not found.`, 404, 0, KindNotFound, "Feed F not found."},
		{"no right", ``, 403, 0, KindAuth, "403"},
		{"an error", `Deadlock.`, 500, 0, KindUnavailable, "Deadlock."},
	} {
		got, err := collected(answering(t, test.status, "application/json", test.body).Packages.Versions(t.Context(), "F", ecosystem.Package{Name: "a"}))
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != test.kind || len(got) != test.rows || !strings.Contains(e.Error(), test.says) {
			t.Errorf("%s: %d rows, %v", test.name, len(got), err)
		}
	}
}

func TestVersionsReadOddRows(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`[]`: "", `{}`: "", "\xef\xbb\xbf { \n } ": "", `[null]`: "",
		`{"name":"a","version":"1"}`: "a 1 0 -",
		`[{"Name":"a","VERSION":1.10,"size":"x","published":"2026-11-20T12:00:00.123"}]`:      "a 1.10 0 2026-11-20T12:00:00Z",
		`[{"name":"a","version":"1","size":7,"published":"0001-01-01T00:00:00","listed":[]}]`: "a 1 7 -",
	} {
		got, err := collected(answering(t, 200, "application/json", body).Packages.Latest(t.Context(), "F"))
		var lines []string
		for _, v := range got {
			published := "-"
			if !v.Published.IsZero() {
				published = v.Published.Format(time.RFC3339)
			}
			lines = append(lines, fmt.Sprintf("%s %s %d %s", v.Name, v.Version, v.Size, published))
		}
		if err != nil || strings.Join(lines, "; ") != want {
			t.Errorf("%s: %q, %v", body, lines, err)
		}
	}
}

// TestHasBelievesNoOtherVersion: a server that answers with other versions than the one that was
// asked for has not said that it has that one.
func TestHasBelievesNoOtherVersion(t *testing.T) {
	t.Parallel()
	c := answering(t, 200, "application/json", `[{"purl":"pkg:nuget/A@1.0.0","name":"A","version":"1.0.0"}]`)
	for version, want := range map[string]bool{"1.0": true, "2.0": false} {
		if has, err := c.Packages.Has(t.Context(), "F", nugetPackage("A", version)); err != nil || has != want {
			t.Errorf("%s: %v, %v", version, has, err)
		}
	}
}

// TestLatestIsBounded: a feed of many packages takes no memory.
func TestLatestIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 40 MiB")
	}
	const rows = 200_000
	url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		row := `{"purl":"pkg:nuget/A@1.0.0","name":"A","version":"1.0.0","sha512":"` + strings.Repeat("a", 128) + `"}`
		fmt.Fprint(w, "["+row)
		for range rows - 1 {
			fmt.Fprint(w, ","+row)
		}
		fmt.Fprint(w, "]")
	}))
	live := func() int64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	before, most, n := live(), int64(0), 0
	for _, err := range newClient(t, url).Packages.Latest(t.Context(), "F") {
		if n++; err != nil {
			t.Fatal(err)
		}
		if n%(rows/10) == 0 {
			most = max(most, live()-before)
		}
	}
	if n != rows || most > 4<<20 {
		t.Errorf("%d rows, and %d KiB were in use", n, most>>10)
	}
}

// FuzzDecodeVersions: every row that is given has a name, and no answer is both an error and
// complete.
func FuzzDecodeVersions(f *testing.F) {
	f.Add(`[{"name":"a","version":"1","published":"2026-11-20T12:00:00"}]`)
	f.Add(`{"name":"a"}`)
	f.Add(`{}`)
	f.Add("\xef\xbb\xbf[null,{}]")
	f.Fuzz(func(t *testing.T, body string) {
		_ = decodeVersions(strings.NewReader(body), func(v PackageVersion) error {
			if v.Name == "" {
				t.Errorf("%q gave %+v", body, v)
			}
			return nil
		})
	})
}

// TestVersionsAreBounded: a package whose versions do not end is an error.
func TestVersionsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 30 MiB")
	}
	url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `[{"name":"A","version":"1"}`)
		for more := strings.Repeat(`,{"name":"A","version":"1"}`, 1000); r.Context().Err() == nil; {
			fmt.Fprint(w, more)
		}
	}))
	n, last := 0, error(nil)
	for _, err := range newClient(t, url).Packages.Versions(t.Context(), "F", ecosystem.Package{Name: "A"}) {
		n, last = n+1, err
	}
	wantKind(t, last, KindUnavailable)
	if n != versionsLimit+1 {
		t.Errorf("%d rows", n)
	}
}
