package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// dialedBy is the address that net/http itself dials for a URL.
func dialedBy(t *testing.T, u *url.URL) string {
	t.Helper()
	var dialed string
	transport := &http.Transport{DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
		dialed = address
		return nil, errors.New("no network here")
	}}
	resp, err := transport.RoundTrip(&http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}})
	if err == nil {
		_ = resp.Body.Close()
	}
	return dialed
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ours, link string
		same       bool
	}{
		{"http://inedo.local", "http://inedo.local/x", true},
		{"http://inedo.local", "HTTP://INEDO.local:80/x", true},
		{"https://inedo.local", "https://inedo.local:443", true},
		{"https://inedo.local", "http://inedo.local", false},
		{"https://inedo.local", "http://inedo.local:443", false},
		{"https://inedo.local:8443", "https://inedo.local", false},
		{"http://inedo.local", "http://inedo.local.", false},
		{"http://inedo.local.", "http://inedo.local", false},
		{"http://inedo.local.", "http://Inedo.Local./", true},
		{"http://inedo.local", "http://\u0130nedo.local", false}, // İ, which strings.ToLower makes an i
		{"http://inedo.local", "http://\u0131nedo.local", false}, // ı, which strings.ToUpper makes an I
		{"http://inedo.local", "http://%c4%b0nedo.local", false},
		{"http://inedo.local", "http://i\u0307nedo.local", false},
		{"http://inedo.local", "http://xn--nedo-fza.local", false},
		{"http://\u0130nedo.local", "http://inedo.local", false},
		{"http://\u0130nedo.local", "http://xn--inedo-7fd.local", true},
		{"http://inedo.local", "http://\uff49nedo\u3002local", true}, // fullwidth letters and stops: IDNA dials inedo.local
		{"http://kiosk.local", "http://\u212aiosk.local", true},      // so it does for the Kelvin sign
		{"http://shop.local", "http://\u017fhop.local", true},        // and the long s
		{"http://m\u00fcller.local", "http://M\u00dcLLER.local", true},
		{"http://m\u00fcller.local", "http://xn--mller-kva.local", true},
		{"http://m\u00fcller.local", "http://mu\u0308ller.local", true},
		{"http://stra\u00dfe.local", "http://strasse.local", false},
		{"http://inedo.local", "http://inedo.local@evil.example", false},
		{"http://inedo.local", "http://inedo.local:80@evil.example", false},
		{"http://inedo.local", "http://inedo.local.evil.example", false},
		{"http://inedo.local", "http://in\u0435do.local", false}, // a Cyrillic е
		{"http://[::1]", "http://[::1]:80", true},
		{"http://[FE80::1%25eth0]", "http://[fe80::1%25eth0]", true},
		{"http://[fe80::1%25Eth0]", "http://[fe80::1%25eth0]", false},
		{"http://[fe80::1]", "http://[fe80::1%25eth0]", false},
		{"http://127.0.0.1", "http://127.1", false},
	}
	for _, x := range tests {
		ours, link := mustParse(t, x.ours), mustParse(t, x.link)
		if same := sameOrigin(ours, link); same != x.same {
			t.Errorf("%s and %s: same origin %v, want %v", x.ours, x.link, same, x.same)
		}
		if !x.same {
			continue
		}
		if a, b := strings.ToLower(dialedBy(t, ours)), strings.ToLower(dialedBy(t, link)); a != b {
			t.Errorf("%s and %s are one origin, and net/http dials %s and %s", x.ours, x.link, a, b)
		}
	}
}

// TestOriginOfEveryRune puts every character of Unicode into a host. A host that is anything but
// the punycode of that character may be somebody's name in ASCII: then net/http must dial just that
// name, and if it is not the character itself, the name is ours only for whoever serves it.
func TestOriginOfEveryRune(t *testing.T) {
	t.Parallel()
	const before, after = "pro", "get.local"
	mapped := 0
	for r := rune(1); r <= unicode.MaxRune; r++ {
		text := before + string(r) + after
		u := &url.URL{Scheme: "http", Host: text}
		if u.Hostname() != text || strings.ContainsRune("%[]:/@", r) {
			continue // not a host
		}
		got := originOf(u).host
		if !isASCII(got) || strings.Contains(got, "xn--") {
			continue // nobody's, or its own
		}
		mapped++
		dialed, _, err := net.SplitHostPort(dialedBy(t, u))
		if err != nil || lowerASCII(dialed) != got {
			t.Fatalf("U+%04X: ours is %q, and net/http dials %q", r, got, dialed)
		}
		if moved, ok := dialable(u); !ok || !isASCII(moved.Host) || originOf(moved).host != got {
			t.Fatalf("U+%04X: asked for as %v", r, moved)
		}
	}
	if mapped < 500 {
		t.Errorf("only %d characters were compared with what net/http dials", mapped)
	}
}

// TestBaseURL names each server in one way, and never by a name that leads to another.
func TestBaseURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"\ufeffhttps://proget.corp.local":          "https://proget.corp.local",
		"\u200bhttps://proget.corp.local/x\u200b":  "https://proget.corp.local/x",
		"\u00a0https://proget.corp.local\u00a0":    "https://proget.corp.local",
		"https://proget.corp\u200b.local":          "https://proget.corp.local",
		"https://proget.corp.local//":              "https://proget.corp.local",
		"https://proget.corp.local/base//":         "https://proget.corp.local/base",
		"https://proget.corp.local//a///b/":        "https://proget.corp.local/a/b",
		"https://proget.corp.local/a%2Fb//":        "https://proget.corp.local/a%2Fb",
		"https://proget.corp.local.":               "https://proget.corp.local.",
		"https://M\u00dcLLER.corp.local":           "https://m%C3%BCller.corp.local",
		"https://\u0130nedo.local":                 "https://xn--inedo-7fd.local",
		"https://xn--mller-kva.corp.local":         "https://xn--mller-kva.corp.local",
		"http://[FE80::1%25Eth0]:8624":             "http://[fe80::1%25Eth0]:8624",
		"http://[2001:DB8::1]":                     "http://[2001:db8::1]",
		"https://proget\u3002corp.local:443/base/": "https://proget.corp.local/base",
	} {
		c, err := New(raw)
		if err != nil {
			t.Errorf("%q: %v", raw, err)
			continue
		}
		named, err := New(c.BaseURL())
		if c.BaseURL() != want || err != nil || named.home != c.home || named.BaseURL() != want || !isASCII(c.base.Host) {
			t.Errorf("%q: named %s, want %s; by that name %v, %v", raw, c.BaseURL(), want, named, err)
		}
	}
	for _, raw := range []string{
		"https://pro\ufffdget.local", "https://\u200b", "https://\u2100.local", "https://proget.local/a\u200bb", "https://proget.local/\ufeff/x",
	} {
		_, err := New(raw)
		wantKind(t, err, KindUsage)
	}
}

// strangers are hosts that look like ours to strings.ToLower, strings.EqualFold or a lookup in the
// DNS, and are another's.
var strangers = []string{"http://\u0130nedo.local", "http://inedo.local.", "http://\u0131nedo.local", "http://inedo.local:8080", "http://INEDO.LOCAL."}

// TestStrangersGetNothing has the server send us to hosts that look like its own, by each way on
// which an address of its choice is asked for, and looks at what these get through a proxy that
// sees everything.
func TestStrangersGetNothing(t *testing.T) {
	t.Parallel()
	for _, stranger := range strangers {
		t.Run(url.PathEscape(stranger), func(t *testing.T) {
			t.Parallel()
			seen := &wire{stranger: stranger}
			server := httptest.NewServer(seen)
			t.Cleanup(server.Close)
			proxy := mustParse(t, server.URL)
			c := newClient(t, "http://inedo.local", WithAPIKey(NewSecret(testKey)), WithRetries(0),
				WithProxy(func(*url.URL) (*url.URL, error) { return proxy, nil }))
			note := &Annotation{Application: "A", Description: "B", Target: "C"}
			for _, path := range []string{"redirect/301", "redirect/302", "redirect/303", "redirect/307", "redirect/308"} {
				content, err := c.Downloads.LocatePath(path)
				if err != nil {
					t.Fatal(err)
				}
				for _, annotation := range []*Annotation{nil, note} {
					_, _ = c.Downloads.Fetch(t.Context(), FetchRequest{
						Content: content, Destination: Destination{Folder: t.TempDir()}, Annotation: annotation,
					})
				}
			}
			_, _ = c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
			for _, kind := range []ecosystem.Type{ecosystem.NPM, ecosystem.Docker} {
				located, err := c.Downloads.Locate(t.Context(), "F", ecosystem.Package{Type: kind, Name: "left", Version: "1.0.0"})
				if err == nil {
					_, _ = c.Downloads.Fetch(t.Context(), FetchRequest{Content: located, Destination: Destination{Folder: t.TempDir()}, Annotation: note})
				}
			}
			seen.check(t)
		})
	}
}

// wire is a proxy that is every server.
type wire struct {
	stranger string
	mu       sync.Mutex
	hosts    []string
	given    []string
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts = append(w.hosts, r.URL.Host)
	if r.URL.Host != "inedo.local" {
		for name, values := range r.Header {
			if name == "Authorization" || strings.EqualFold(name, apiKeyHeader) || strings.HasPrefix(strings.ToLower(name), strings.ToLower(deploymentHeaderPrefix)) {
				w.given = append(w.given, r.URL.String()+" got "+name+": "+strings.Join(values, ", "))
			}
		}
		return
	}
	if status, ok := strings.CutPrefix(r.URL.Path, "/redirect/"); ok {
		rw.Header()["Location"] = []string{w.stranger + "/x"}
		rw.WriteHeader(map[string]int{"301": 301, "302": 302, "303": 303, "307": 307, "308": 308}[status])
		return
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/npm/"):
		_, _ = rw.Write([]byte(`{"versions":{"1.0.0":{"dist":{"tarball":"` + w.stranger + `/x.tgz"}}}}`))
	case strings.HasPrefix(r.URL.Path, "/v2/"):
		rw.Header().Set("WWW-Authenticate", `Bearer realm="`+w.stranger+`/token",service="x"`)
		rw.WriteHeader(http.StatusUnauthorized)
	default:
		rw.Header()["Location"] = []string{w.stranger + "/x"}
		rw.WriteHeader(http.StatusTemporaryRedirect)
	}
}

func (w *wire) check(t *testing.T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, given := range w.given {
		t.Error(given)
	}
	if !slices.ContainsFunc(w.hosts, func(host string) bool { return host != "inedo.local" }) {
		t.Errorf("nobody else was asked, so this shows nothing: %q", w.hosts)
	}
}
