package client

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// around is what people paste with a key and cannot see.
var around = []string{" ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\ufeff", "\u2060", "\u202f", "\u3000", "\u00ad", "\u200e", "\ufeff \u200b"}

// TestPastedCredentials: what is sent is what is searched for, in each way in which credentials
// are sent.
func TestPastedCredentials(t *testing.T) {
	t.Parallel()
	for _, with := range around {
		pasted := NewSecret(with + testKey + with)
		for name, x := range map[string]struct {
			opts           []Option
			user, password string
			header         string
		}{
			"header": {[]Option{WithAPIKey(pasted), WithAuthMode(AuthHeader)}, "", "", testKey},
			"basic":  {[]Option{WithAPIKey(pasted), WithAuthMode(AuthBasic)}, "api", testKey, ""},
			"query":  {[]Option{WithAPIKey(pasted), WithAuthMode(AuthQuery)}, "", "", ""},
			"user":   {[]Option{WithBasicAuth(with+"jsmith"+with, NewSecret(testKey))}, "jsmith", testKey, ""},
		} {
			var got *http.Request
			address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r
				_, password, _ := r.BasicAuth()
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, "unknown: "+r.Header.Get(apiKeyHeader)+password+r.URL.Query().Get("key"))
			}))
			_, err := newClient(t, address, x.opts...).Feeds.Info(t.Context(), "F")
			e := wantKind(t, err, KindAuth)
			user, password, _ := got.BasicAuth()
			if user != x.user || password != x.password || got.Header.Get(apiKeyHeader) != x.header || e.Server != "unknown: REDACTED" {
				t.Errorf("%s, pasted with %q: sent %v, said %q", name, with, got.Header, e.Server)
			}
			if name == "query" && got.URL.Query().Get("key") != testKey {
				t.Errorf("pasted with %q: asked for %s", with, got.URL)
			}
		}
	}
	for _, inside := range []string{"\u200b", "\ufeff", "\u00ad", "\n", "\x00"} {
		if _, err := New("http://proget", WithAPIKey(NewSecret("canary"+inside+"key"))); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("a key with %q inside: %v", inside, err)
		}
	}
	for _, blank := range append(around, "  ") {
		if _, err := New("http://proget", WithAPIKey(NewSecret(blank))); err == nil {
			t.Errorf("the key %q is taken", blank)
		}
	}
}

// TestPassword: spaces around a password are part of it, and what repeats it without them is found
// as well.
func TestPassword(t *testing.T) {
	t.Parallel()
	const password = " pass word "
	var sent string
	address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, sent, _ = r.BasicAuth()
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, strings.TrimSpace(sent)+", "+url.QueryEscape(sent))
	}))
	_, err := newClient(t, address, WithBasicAuth("jsmith", NewSecret("\ufeff"+password))).Feeds.Info(t.Context(), "F")
	if e := wantKind(t, err, KindAuth); sent != password || strings.Contains(e.Server, "pass") {
		t.Errorf("sent %q, said %q", sent, e.Server)
	}
}

// TestWordsAtTheReadLimit puts the key across the end of what is read of an error, after spaces
// that are cut: no part of it may stay.
func TestWordsAtTheReadLimit(t *testing.T) {
	t.Parallel()
	for _, form := range []string{testKey, url.QueryEscape(testKey), jsonText(testKey)} {
		for _, page := range []bool{false, true} {
			for kept := 4; kept < len(form); kept++ {
				before, kind := "", "text/plain"
				if page {
					before, kind = "<html><title>", "text/html"
				}
				body := strings.Repeat(" ", errorBodyLimit-len(before)-kept) + before + form + " and more"
				c := newClient(t, "http://proget.corp.local", WithAPIKey(NewSecret(testKey)))
				e := c.failures.of(t.Context(), exchange{
					request: request{method: http.MethodGet, url: mustParse(t, "http://proget.corp.local/x")}, phase: phaseAnswered,
					resp: &http.Response{StatusCode: 400, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))},
				}, verdictRejected)
				if strings.Contains(e.Server, "cana") {
					t.Errorf("with %d bytes of %q in front of the limit, the words are %q", kept, form, e.Server)
				}
			}
		}
	}
}

// TestWordsOfABrokenAnswer: the server breaks off in the middle of the key.
func TestWordsOfABrokenAnswer(t *testing.T) {
	t.Parallel()
	address, _ := speaking("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nunknown key " + testKey[:9])(t)
	_, err := newClient(t, address, WithAPIKey(NewSecret(testKey)), WithRetries(0)).Feeds.Info(t.Context(), "F")
	if err == nil || strings.Contains(err.Error(), "cana") {
		t.Error(err)
	}
}
