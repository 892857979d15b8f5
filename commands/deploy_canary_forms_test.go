package commands

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// eachByte writes every byte of a text in one form.
func eachByte(form, text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, form, text[i])
	}
	return b.String()
}

// writings are the ways in which servers, proxies and log collectors write what they got.
func writings() map[string]func(string) string {
	return map[string]func(string) string{
		"percent":      func(s string) string { return eachByte("%%%02x", s) },
		"twice":        func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
		"JSON":         func(s string) string { return eachByte(`\u%04X`, s) },
		"JSON in JSON": func(s string) string { return eachByte(`\\u%04x`, s) },
		"PHP":          func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
		"C":            func(s string) string { return eachByte(`\x%02X`, s) },
		"HTML":         func(s string) string { return eachByte("&#%d;", s) },
		"XML":          func(s string) string { return eachByte("&#x%X;", s) },
		"page in page": func(s string) string { return html.EscapeString(html.EscapeString(s)) },
		"mixed":        func(s string) string { return s[:4] + eachByte("%%%02X", s[4:7]) + eachByte(`\u%04x`, s[7:]) },
		"capitals":     strings.ToUpper,
		"small":        strings.ToLower,
		"hex":          func(s string) string { return hex.EncodeToString([]byte(s)) },
		"hex, apart":   func(s string) string { return eachByte("%02X-", s) },
		"base64":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte("x:" + s)) },
		"base64, URL":  func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("user:" + s + "!")) },
	}
}

// seen is what came to a server: the secrets in it, one a line.
func seen(r *http.Request) []string {
	_, password, _ := r.BasicAuth()
	proxied := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	_, through, _ := proxied.BasicAuth()
	var all []string
	for _, s := range []string{r.Header.Get("X-ApiKey"), password, r.URL.Query().Get("key"), through} {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

// echoing gives back what it got in one writing, wherever a server has a say.
func echoing(status int, write func(string) string, reached *atomic.Bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, secret := range seen(r) {
			reached.Store(true)
			text := write(secret)
			w.Header().Add("X-Echo", text)
			w.Header().Add("Location", "/x?back="+url.QueryEscape(text))
			w.Header().Add("WWW-Authenticate", `Basic realm="`+strings.ReplaceAll(text, `"`, `'`)+`"`)
			w.Header().Add("Proxy-Authenticate", `Basic realm="`+text+`"`)
			w.Header().Add("Link", "<https://elsewhere.example/?sig="+url.QueryEscape(text)+">; rel=next")
			w.Header().Add("Refresh", "1; url=https://elsewhere.example/"+url.PathEscape(text)+"?"+url.QueryEscape(text))
			// A header's name holds letters and digits, and few other characters.
			w.Header()["X-"+hex.EncodeToString([]byte(secret))] = []string{"1"}
			defer func() { _, _ = fmt.Fprintln(w, "the key", text, "is unknown") }()
		}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(status)
	}
}

// gone reports what of a secret, in a writing, is left in a text.
func gone(t *testing.T, what, text string, write func(string) string, secrets ...string) {
	t.Helper()
	text = strings.ToLower(text)
	for _, secret := range secrets {
		for _, form := range []string{secret, write(secret), hex.EncodeToString([]byte(secret)), url.QueryEscape(write(secret)), url.PathEscape(write(secret))} {
			if strings.Contains(text, strings.ToLower(form)) {
				t.Errorf("%s gives away %q:\n%s", what, form, text)
				return
			}
		}
	}
}

// TestCanaryForms has servers give back the key in any writing: nothing that leaves the process
// holds it.
func TestCanaryForms(t *testing.T) {
	t.Parallel()
	for name, write := range writings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statuses := []int{http.StatusForbidden}
			if name == "mixed" {
				statuses = append(statuses, http.StatusTemporaryRedirect, http.StatusServiceUnavailable)
			}
			for _, status := range statuses {
				var reached atomic.Bool
				server := httptest.NewServer(echoing(status, write, &reached))
				dir := t.TempDir()
				environ := []string{"PROGET_URL=" + server.URL, "PROGET_API_KEY=" + canaryKey, "PROGETCTL_RETRIES=0", "PROGETCTL_LEDGER=" + filepath.Join(dir, "ledger.db")}
				for _, args := range [][]string{
					one("t0", "--debug"), one("t1", "-o", "json"), one("t2", "--auth", "query", "--debug"), one("t3", "--on-failure", "queue"),
					{"deploy", "history", "-o", "json"}, {"doctor", "--feed", "F"}, {"promotions", "list", "--debug", "-o", "ndjson"},
					{"feed", "get", "--path", "nuget/F/package/A/1", "-O", filepath.Join(dir, "x"), "--debug"},
				} {
					r := here(t, environ, args...)
					gone(t, strings.Join(args, " "), r.stdout+r.stderr, write, canaryKey)
				}
				server.Close()
				inFiles(t, dir)
				if !reached.Load() {
					t.Error("the key reached no server, so this shows nothing")
				}
			}
		})
	}
}

// TestCanaryProxy: nor does the password of a proxy, which the proxy gives back in a 407, or which
// holds what ends an account in a URL.
func TestCanaryProxy(t *testing.T) {
	t.Parallel()
	for i, password := range []string{"p4ss@w0rd@proxy", "12#34word", "12/34word", "p4ss?w0rd:x"} {
		for name, write := range writings() {
			if i > 0 && name != "percent" {
				continue
			}
			var reached atomic.Bool
			proxy := httptest.NewServer(echoing(http.StatusProxyAuthRequired, write, &reached))
			environ := []string{"PROGET_URL=http://proget.invalid", "HTTP_PROXY=http://jsmith:" + password + "@" + strings.TrimPrefix(proxy.URL, "http://")}
			for _, args := range [][]string{one("t0", "--debug"), {"doctor", "-o", "json"}} {
				r := here(t, environ, args...)
				gone(t, name+": "+strings.Join(args, " "), r.stdout+r.stderr, write, password)
			}
			proxy.Close()
			if !reached.Load() {
				t.Errorf("%s: the password %q reached no proxy", name, password)
			}
		}
	}
}
