package scripttest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// hostileServers are servers unlike ProGet: each answers every request in one bad way.
func hostileServers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		// Back to itself, by the two codes that keep the method.
		"redirect-loop": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.RequestURI(), http.StatusTemporaryRedirect)
		},
		"html":     Answer(http.StatusOK, "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>Sign in to Acme</title></head></html>"),
		"cut-json": Answer(http.StatusOK, "application/json", `[{"package": "Acme.Web", "version": "1.0.0", "promotions": [{"fromF`),
		"huge-error": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, strings.Repeat("The input is not valid. ", 10<<20/24))
		},
		// What came in goes out again, in the text that a person is shown.
		"echo": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprintf(w, "denied: %v %v", r.URL.RequestURI(), r.Header)
		},
		// Nothing may follow a 204, and the connection is not closed.
		"babbling": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or its closing resets the connection, and the answer is lost
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 204 No Content\r\n\r\ngot %v", r.Header)
		},
		"control-characters": Answer(http.StatusBadRequest, "text/plain", "\x1b[2J\x1b]0;owned\a bad\u202epackage"),
	}
}

// Answer is a server that answers each request in the same way.
func Answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// startHostile is "hostile NAME": it exports PROGET_URL. "hostile elsewhere" redirects to a sandbox
// of another origin, which "requests" then speaks of.
func startHostile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hostile NAME")
	}
	handler, known := hostileServers()[args[0]]
	if args[0] == "elsewhere" {
		handler, known = redirectElsewhere(ts), true
	}
	if !known {
		ts.Fatalf("unknown hostile server %q", args[0])
	}
	server := httptest.NewServer(handler)
	ts.Defer(server.Close)
	ts.Setenv("PROGET_URL", server.URL)
}

// redirectElsewhere keeps what the other origin gets where "requests" finds it.
func redirectElsewhere(ts *testscript.TestScript) http.HandlerFunc {
	other, err := sandbox.New(sandbox.Options{KeepRequests: true})
	ts.Check(err)
	server := httptest.NewServer(other)
	ts.Defer(server.Close)
	ts.Value(serversKey{}).(*servers).current = &runningServer{Server: other, stop: server.Close}
	return func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, server.URL+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	}
}
