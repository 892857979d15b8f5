package client

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crypto/tls"
	"crypto/x509"

	"github.com/progetctl/progetctl/internal/sandbox"
)

func TestHealthOfBothAges(t *testing.T) {
	t.Parallel()
	for name, old := range map[string]bool{"2026": false, "before": true} {
		for _, base := range []string{"", "/proget"} {
			server, url := startSandbox(t, sandbox.Options{OldHealth: old, BasePath: base})
			h, err := newClient(t, url).Health(t.Context())
			if err != nil || !h.Healthy || h.Version != "2026.12" || len(h.Problems) != 0 || h.Date.IsZero() || !h.Certificate.IsZero() {
				t.Errorf("%s: %+v, %v", name, h, err)
			}
			if got, want := len(server.Requests()), map[bool]int{false: 1, true: 2}[old]; got != want {
				t.Errorf("%s: %d requests, want %d", name, got, want)
			}
		}
	}
}

// answers is a server that answers each path from a table, and else 404.
func answers(table map[string]func(http.ResponseWriter)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer, ok := table[r.URL.Path]; ok {
			answer(w)
			return
		}
		http.NotFound(w, r)
	})
}

func with(status int, kind, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestHealthAnswers(t *testing.T) {
	t.Parallel()
	const asJSON, asText, asPage = "/health/json", "/health", "<!DOCTYPE html><title>Sign in</title>"
	tests := []struct {
		name     string
		path     string
		answer   func(http.ResponseWriter)
		problems string
		kind     Kind
	}{
		{"text", asText, with(200, "text/plain", "OK\n"), "", ""},
		{"nothing at all", asText, with(200, "", ""), "", ""},
		{"the license as text", asText, with(500, "text/plain", "ERROR: Product license is not valid"), "ERROR: Product license is not valid", ""},
		{"500 without words", asText, with(500, "text/plain", ""), "the server answered 500 Internal Server Error", ""},
		{"500 with JSON", asJSON, with(500, "application/json", `{"databaseStatus":"Error","databaseStatusDetails":"cannot connect","licenseStatus":"OK"}`),
			"database: cannot connect", ""},
		{"two problems in a 200", asJSON, with(200, "application/json", `{"licenseStatus":"Expired","serviceStatus":"Stopped","serviceStatusDetail":"since noon"}`),
			"license: Expired; service: since noon", ""},
		{"JSON that breaks off", asJSON, with(200, "application/json", `{"databaseStatus":`), `{"databaseStatus":`, ""},
		{"the key in a problem", asText, with(500, "text/plain", "no "+testKey), "no REDACTED", ""},
		{"a page", asText, with(200, "text/html", asPage), "", KindUnavailable},
		{"no such thing", "/other", with(200, "", ""), "", KindNotFound},
		{"a proxy's refusal", asJSON, with(403, "text/plain", "no"), "", KindAuth},
		{"overload", asJSON, with(503, "text/plain", "later"), "", KindUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url := startServer(t, answers(map[string]func(http.ResponseWriter){test.path: test.answer}))
			h, err := newClient(t, url, WithAPIKey(NewSecret(testKey))).Health(t.Context())
			if KindOf(err) != test.kind || strings.Join(h.Problems, "; ") != test.problems {
				t.Errorf("%+v, %v", h, err)
			}
			if err == nil && h.Healthy != (test.problems == "") {
				t.Errorf("healthy: %v", h.Healthy)
			}
		})
	}
}

func TestHealthReadsHeaders(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(answers(map[string]func(http.ResponseWriter){"/health": func(w http.ResponseWriter) {
		w.Header().Set("X-ProGet-Version", "26.0.12.24")
		w.Header().Set("Date", "Sat, 21 Nov 2026 10:00:00 GMT")
	}}))
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	h, err := newClient(t, server.URL, WithTLS(&tls.Config{RootCAs: pool})).Health(t.Context())
	if err != nil || h.Version != "26.0.12.24" || !h.Date.Equal(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)) || !h.Certificate.Equal(server.Certificate().NotAfter) {
		t.Errorf("%+v, %v", h, err)
	}
	_, err = newClient(t, server.URL, WithTLS(&tls.Config{})).Health(t.Context())
	if e := wantKind(t, err, KindUnavailable); !errors.Is(e, ReasonCertificate) {
		t.Errorf("%v does not name the certificate", e)
	}
}

// TestHealthAsksOnce: whoever looks for the fault does not want to wait for further attempts.
func TestHealthAsksOnce(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	server.Fault("/health/json", sandbox.Fault{Status: http.StatusServiceUnavailable})
	_, err := newClient(t, url).Health(t.Context())
	wantKind(t, err, KindUnavailable)
	if got := len(server.Requests()); got != 1 {
		t.Errorf("%d requests", got)
	}
}

// TestHealthIsShort: a page of text is not read by anybody.
func TestHealthIsShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10<<10)
	for _, body := range []string{long, `{"licenseStatus": "Error", "licenseStatusDetail": "` + long + `"}`} {
		url := startServer(t, answers(map[string]func(http.ResponseWriter){"/health/json": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, body)
		}}))
		h, err := newClient(t, url).Health(t.Context())
		if err != nil || len(h.Problems) != 1 || len(h.Problems[0]) != serverWordsLimit+len("…") {
			t.Errorf("%.20s: %d bytes, %v", body, len(strings.Join(h.Problems, "")), err)
		}
	}
}
