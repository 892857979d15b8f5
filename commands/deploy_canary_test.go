package commands

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// What must never be seen again: characters that every kind of escaping takes for special.
const (
	canaryKey      = `k3y+/=%41&"'<~canary`
	canaryUser     = "canary"
	canaryPassword = `p4ss+/=%41&"'<~word:`
)

// forms are the ways in which a text may give a secret away.
func forms(secret string) []string {
	b64 := func(text string) string {
		return strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(text)), "=")
	}
	inJSON, _ := json.Marshal(secret)
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(secret)
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), b64(secret), b64("api:" + secret), b64(canaryUser + ":" + secret),
		strings.Trim(string(inJSON), `"`), strings.Trim(strings.TrimSpace(plain.String()), `"`),
	}
}

// leak is the first secret that a text contains, or "".
func leak(text string) string {
	text = strings.ToLower(text)
	for _, secret := range []string{canaryKey, canaryPassword} {
		for _, form := range forms(secret) {
			if strings.Contains(text, strings.ToLower(form)) {
				return form
			}
		}
	}
	return ""
}

// everything is what a request holds, its credentials in each form.
func everything(r *http.Request) string {
	user, password, _ := r.BasicAuth()
	decoded, _ := url.QueryUnescape(r.URL.RawQuery)
	all, _ := json.Marshal([]string{user, password, decoded})
	return fmt.Sprintf("%s %s %s %s %s %v", r.URL.RequestURI(), decoded, user, password, all, r.Header)
}

// parrots are servers that give back what they were sent, wherever a server has a say.
func parrots(elsewhere string) map[string]http.HandlerFunc {
	say := func(status int, kind string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("X-Echo", strings.ReplaceAll(everything(r), "\n", " "))
			w.WriteHeader(status)
			if kind == "text/html" {
				_, _ = io.WriteString(w, "<html><title>"+everything(r)+"</title></html>")
				return
			}
			_, _ = io.WriteString(w, everything(r))
		}
	}
	redirect := func(status int, to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", to+"?back="+url.QueryEscape(everything(r))+"&"+r.URL.RawQuery)
			w.WriteHeader(status)
		}
	}
	return map[string]http.HandlerFunc{
		"recorded":     say(http.StatusOK, "text/plain"),
		"refused":      say(http.StatusBadRequest, "text/plain"),
		"forbidden":    say(http.StatusForbidden, "text/plain"),
		"unavailable":  say(http.StatusServiceUnavailable, "text/plain"),
		"uncertain":    say(http.StatusInternalServerError, "text/plain"),
		"page":         say(http.StatusOK, "text/html"),
		"redirected":   redirect(http.StatusFound, "/log-in"),
		"moved":        redirect(http.StatusPermanentRedirect, "/proget/log-in"),
		"elsewhere":    redirect(http.StatusTemporaryRedirect, elsewhere),
		"disconnected": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
}

// credentialWays are the ways in which credentials can be given and sent.
func credentialWays() map[string][]string {
	return map[string][]string{
		"header": {"PROGET_API_KEY=" + canaryKey},
		"query":  {"PROGET_API_KEY=" + canaryKey, "PROGET_AUTH=query"},
		"basic":  {"PROGET_API_KEY=" + canaryKey, "PROGET_AUTH=basic"},
		"user":   {"PROGET_USERNAME=" + canaryUser, "PROGET_PASSWORD=" + canaryPassword},
	}
}

// inFiles looks into every file below a folder: ledger, its write-ahead log, whatever was temporary
// and stayed.
func inFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if form := leak(string(content)); form != "" {
			t.Errorf("%s holds %q", filepath.Base(path), form)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// No output, no trace, no file and no other origin gets to see a key or a password in any form,
// whatever the server says.
func TestCanary(t *testing.T) {
	t.Parallel()
	for way, credentials := range credentialWays() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				t.Errorf("a request went elsewhere: %s", everything(r))
			}))
			defer other.Close()
			for name, handler := range parrots(other.URL) {
				t.Run(name, func(t *testing.T) { sing(t, handler, credentials) })
			}
		})
	}
}

// sing runs the commands that send against a handler, and looks at all that they leave.
func sing(t *testing.T, handler http.HandlerFunc, credentials []string) {
	t.Helper()
	var reached atomic.Bool
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if leak(everything(r)) != "" {
			reached.Store(true)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		handler(w, r)
	}))
	server.Start()
	defer server.Close()
	dir := t.TempDir()
	env := append([]string{"PROGET_URL=" + server.URL + "/proget", "PROGETCTL_LEDGER=" + filepath.Join(dir, "ledger.db")}, credentials...)
	for _, args := range [][]string{
		one("t0", "--debug", "-o", "json", "--encoding", "form"), one("t1", "--on-failure", "queue", "--check", "--debug"),
		one("t2", "--resend", "--debug", "--retries", "1", "-o", "csv"), one("t3", "--dry-run", "--debug"),
		{"deploy", "flush", "--resend", "--debug", "-o", "ndjson"}, {"deploy", "history", "-o", "markdown"},
	} {
		r := here(t, env, args...)
		if form := leak(r.stdout + r.stderr); form != "" {
			t.Errorf("%q gives away %q:\n%s\n%s", args, form, r.stdout, r.stderr)
		}
	}
	if !reached.Load() {
		t.Error("no credentials reached the server, so this shows nothing")
	}
	inFiles(t, dir)
}
