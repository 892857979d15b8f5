package client

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// TestTraceHeaders shows of each header what may be shown: nothing of other origins' query strings,
// of whatever lets somebody in, and of our own secrets.
func TestTraceHeaders(t *testing.T) {
	t.Parallel()
	home := mustParse(t, "https://proget.corp.local/api/x")
	away := mustParse(t, "https://storage.example/bucket/x?sig=AKIA+signed")
	tr := newTracer(nil, io.Discard, scrubber{originOf(home), redactorOf(testKey)})
	for _, x := range []struct {
		foreign           bool
		name, value, want string
	}{
		{false, "Location", "/x?version=1&token=abc", "/x?version=1&token=REDACTED"},
		{false, "Location", "https://proget.corp.local/x?version=1&token=abc", "https://proget.corp.local/x?version=1&token=REDACTED"},
		{false, "Location", "https://storage.example/x?version=1", "https://storage.example/x?REDACTED"},
		{false, "Location", "//storage.example/x?version=1", "//storage.example/x?REDACTED"},
		{false, "Location", "https://\u0130storage.example/%zz?sig=1", "REDACTED"},
		{false, "Location", "https://u:p@storage.example/x#token", "https://storage.example/x"},
		{false, "Content-Location", "https://storage.example/x?sig=1", "https://storage.example/x?REDACTED"},
		{true, "Location", "/y?version=1", "/y?REDACTED"},
		{true, "Location", "?version=1", "?REDACTED"},
		{true, "Location", "https://proget.corp.local/x?version=1", "https://proget.corp.local/x?version=1"},
		{false, "Refresh", "5; URL=https://storage.example/x?sig=1 2", "5; URL=https://storage.example/x?REDACTED"},
		{false, "Refresh", "5; url='/x?sig=1'", "5; url=/x?sig=REDACTED"},
		{false, "Refresh", "5", "5"},
		{false, "Refresh", "\u023a\u023a\u023a\u023aURL=", "\u023a\u023a\u023a\u023aURL="}, // longer in lower case
		{false, "Refresh", "\u023a\u023aurl=/x?sig=1", "\u023a\u023aurl=/x?sig=REDACTED"},
		{false, "Refresh", "\u212aurl=https://storage.example/x?sig=1", "\u212aurl=https://storage.example/x?REDACTED"},
		{false, "Link", `<https://storage.example/x?sig=1>; rel="next", </v2/x?version=1&b=2>; rel=last`, `<https://storage.example/x?REDACTED>; rel="next", </v2/x?version=1&b=REDACTED>; rel=last`},
		{true, "Link", `</x?a=1>; title="?"`, `</x?REDACTED>; title="?"`},
		{false, "Link", "https://storage.example/x?sig=1", "https://storage.example/x?REDACTED"},
		{false, "Www-Authenticate", `Bearer realm="https://auth.example/token?sig=1",service="x"`, `Bearer realm="https://auth.example/token?REDACTED",service="x"`},
		{false, "Www-Authenticate", `Bearer realm="/token?sig=1", scope="a"`, `Bearer realm="/token?sig=REDACTED", scope="a"`},
		{false, "Proxy-Authenticate", `Bearer realm="%zz?sig=1"`, `Bearer realm="REDACTED"`},
		{true, "Www-Authenticate", `Bearer realm="/token?sig=1`, `Bearer realm="/token?REDACTED`},
		{false, "Www-Authenticate", `Basic realm="` + testKey + `"`, `Basic realm="REDACTED"`},
		{false, "X-Anything", "https://storage.example/x?sig=1", "https://storage.example/x?REDACTED"},
		{true, "X-Anything", "AKIA signed, AKIA%2Bsigned", "REDACTED, REDACTED"},
		{false, "Set-Cookie", "a=b", "REDACTED"},
		{false, "X-Amz-Security-Token", "abc", "REDACTED"},
		{false, "X-Session-Id", "abc", "REDACTED"},
		{false, "Proxy-Authentication-Info", "nextnonce=1", "REDACTED"},
		{false, "X-NuGet-ApiKey", "abc", "REDACTED"},
		{false, "Etag", `"abc"`, `"abc"`},
		{false, "Content-Disposition", `attachment; filename="a b.zip"`, `attachment; filename="a b.zip"`},
	} {
		asked := home
		if x.foreign {
			asked = away
		}
		if got := tr.header(asked, x.name, x.value); got != x.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", x.name, x.value, got, x.want)
		}
	}
}

// TestTraceHeaderNames: a server may put what it got into a header's name.
func TestTraceHeaderNames(t *testing.T) {
	t.Parallel()
	const key = "canary-7f3a.x"
	trace := &lockedBuffer{}
	address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo-"+r.Header.Get(apiKeyHeader), "1")
		_, _ = io.WriteString(w, "[]")
	}))
	_ = listError(t.Context(), newClient(t, address, WithAPIKey(NewSecret(key)), WithTrace(trace)))
	if strings.Contains(strings.ToLower(trace.String()), "canary") || !strings.Contains(trace.String(), "< X-Echo-REDACTED: 1\n") {
		t.Errorf("the trace is\n%s", trace)
	}
}

// TestCanaryOfTheRegistry: the token that a registry hands out is as secret as the key, from when
// it is known.
func TestCanaryOfTheRegistry(t *testing.T) {
	t.Parallel()
	const token = "t0ken.of+the/registry=="
	for name, write := range map[string]func(string) string{
		"as it is": func(s string) string { return s },
		"capitals": strings.ToUpper,
		"hex":      func(s string) string { return fmt.Sprintf("%x", s) },
		"JSON":     func(s string) string { return strings.NewReplacer("+", `\u002B`, "/", `\/`).Replace(s) },
	} {
		reached := false
		address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			switch {
			case r.URL.Path == "/token":
				_, _ = io.WriteString(w, `{"token": "`+token+`"}`)
			case !ok:
				w.Header().Set("WWW-Authenticate", `Bearer realm="/token",service="x"`)
				w.WriteHeader(http.StatusUnauthorized)
			default:
				reached = true
				w.Header().Set("X-Echo", write(given))
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, "not for "+write(given))
			}
		}))
		trace := &lockedBuffer{}
		var known Redactor
		c := newClient(t, address, WithAPIKey(NewSecret(testKey)), WithTrace(trace), WithRetries(0), WithRedactor(&known))
		_, err := fetchImage(t, c, ecosystem.Package{Type: ecosystem.Docker, Name: "acme/builder", Version: "1.0"}, nil)
		if err == nil || !reached {
			t.Fatalf("%s: %v, reached %v", name, err, reached)
		}
		for what, text := range map[string]string{"the error": err.Error(), "the trace": trace.String()} {
			if strings.Contains(text, write(token)) || strings.Contains(text, token) {
				t.Errorf("%s: %s gives the token away:\n%s", name, what, text)
			}
		}
		if known.Text(token) != redacted {
			t.Errorf("%s: the token is unknown", name)
		}
	}
}
