package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFront: each route reaches its server under the path that the server has, with what was
// escaped left escaped, and every request is noted.
func TestFront(t *testing.T) {
	t.Parallel()
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.RequestURI+" "+r.Host+" "+r.Header.Get("X-Forwarded-Host"))
	}))
	t.Cleanup(behind.Close)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "file"), []byte("static"), 0o600); err != nil {
		t.Fatal(err)
	}
	mux, err := newMux([]string{"/npm/f/=" + behind.URL + "/base/", "/debian/f/=" + folder})
	if err != nil {
		t.Fatal(err)
	}
	var notes strings.Builder
	front := httptest.NewServer(&noter{next: mux, w: &notes})
	t.Cleanup(front.Close)
	host := strings.TrimPrefix(front.URL, "http://")
	for path, want := range map[string]string{
		"/npm/f/@acme%2ftool?x=1": "/base/@acme%2ftool?x=1 " + host + " " + host,
		"/debian/f/file":          "static",
	} {
		if got := fetch(t, front.URL+path, nil); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	fetch(t, front.URL+"/debian/f/none", http.Header{"X-ProGet-Deployment-Target": {"web01"}, "Range": {"bytes=1-"}})
	for _, line := range []string{"GET /npm/f/@acme%2ftool 200\n", "GET /debian/f/file 200\n", "GET /debian/f/none 404 annotated range\n"} {
		if strings.Count(notes.String(), line) != 1 {
			t.Errorf("no %q in %q", line, notes.String())
		}
	}
}

func fetch(t *testing.T, url string, header http.Header) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		r.Header = header
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestRoutesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, route := range []string{"/npm/f/", "/npm/f/=http://[::1", "=://"} {
		func() {
			// ServeMux panics on a path that it cannot take.
			defer func() { _ = recover() }()
			if _, err := newMux([]string{route}); err == nil {
				t.Errorf("%q is a route", route)
			}
		}()
	}
	if err := serve("127.0.0.1:0", t.TempDir(), nil); err == nil {
		t.Error("a folder is a log")
	}
}
