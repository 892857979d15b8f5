package client

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// leaks lists the forms in which a text gives a secret away.
func leaks(text, secret string) []string {
	forms := map[string]string{
		"raw": secret, "query-escaped": url.QueryEscape(secret), "path-escaped": url.PathEscape(secret),
		"base64": base64.StdEncoding.EncodeToString([]byte(secret)), "base64 with the user": base64.StdEncoding.EncodeToString([]byte("api:" + secret)),
		"hex": hex.EncodeToString([]byte(secret)), "bytes": strings.Trim(fmt.Sprint([]byte(secret)), "[]"), "quoted": fmt.Sprintf("%q", secret),
	}
	var found []string
	for name, form := range forms {
		if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
			found = append(found, name)
		}
	}
	return found
}

// holder has a secret in every place that a struct offers.
type holder struct {
	Public  Secret
	private Secret
	Pointer *Secret
	List    []Secret
	ByName  map[string]Secret
	Any     any
}

// TestSecretStaysSecret prints a secret in every way that there is.
func TestSecretStaysSecret(t *testing.T) {
	t.Parallel()
	s := NewSecret(testKey)
	h := holder{s, s, &s, []Secret{s}, map[string]Secret{"key": s}, s}
	var logged bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(handler).Info("made", "secret", s, "pointer", &s, "holder", h, slog.Group("g", "s", s))
	}
	shown := map[string]string{"slog": logged.String(), "error": fmt.Errorf("key %v: %w", s, errors.New("x")).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%10.3s", "%T", "%c", "%U", "%p"} {
		shown["secret "+verb] = fmt.Sprintf(verb, s)
		shown["pointer "+verb] = fmt.Sprintf(verb, &s)
		shown["holder "+verb] = fmt.Sprintf(verb, h)
		shown["holder pointer "+verb] = fmt.Sprintf(verb, &h)
		shown["list "+verb] = fmt.Sprintf(verb, []any{s, h})
	}
	for name, encode := range map[string]func(any) ([]byte, error){"json": json.Marshal, "xml": xml.Marshal} {
		for _, v := range []any{s, &s, holder{Public: s, private: s}} {
			out, _ := encode(v)
			shown[fmt.Sprintf("%s of %T", name, v)] = string(out)
		}
	}
	for how, text := range shown {
		if found := leaks(text, testKey); found != nil {
			t.Errorf("%s gives the secret away (%v): %s", how, found, text)
		}
	}
	if got := fmt.Sprintf("%s %v %q", s, &s, s); got != "REDACTED REDACTED REDACTED" {
		t.Errorf("printed as %s", got)
	}
}

func TestSecretZero(t *testing.T) {
	t.Parallel()
	for _, s := range []Secret{{}, NewSecret("")} {
		if !s.IsZero() || s.Reveal() != "" || s.String() != "REDACTED" {
			t.Errorf("an empty secret is zero %v and reveals %q", s.IsZero(), s.Reveal())
		}
	}
	if s := NewSecret("x"); s.IsZero() || s.Reveal() != "x" {
		t.Error("a secret holds its value")
	}
}

// lockedBuffer is a trace that several requests may write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// echo answers with all that it was sent, headers and all.
func echo(status int, prefix string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		w.Header().Set("X-Echo", r.Header.Get(apiKeyHeader)+r.Header.Get("Authorization"))
		w.Header().Set("Location", "/again?token="+r.Header.Get(apiKeyHeader))
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, prefix, r.RequestURI, " ", r.Header, " ", user, ":", password, " ", r.URL.Query())
		_, _ = io.Copy(w, r.Body)
	}
}

// TestCanary has servers give back what they got, in every mode and by every route on which text of
// theirs reaches a person, and looks for the key there.
func TestCanary(t *testing.T) {
	t.Parallel()
	for _, mode := range AuthModes() {
		for _, status := range []int{200, 302, 307, 400, 401, 403, 404, 500, 503} {
			for _, prefix := range []string{"", `{"message": "`, "<html><title>"} {
				t.Run(fmt.Sprint(mode, status, len(prefix)), func(t *testing.T) {
					t.Parallel()
					checkCanary(t, mode, startServer(t, echo(status, prefix)))
				})
			}
		}
	}
}

func checkCanary(t *testing.T, mode AuthMode, address string) {
	trace := &lockedBuffer{}
	c := newClient(t, address, WithAPIKey(NewSecret(testKey)), WithAuthMode(mode), WithTrace(trace), WithRetries(1))
	texts := map[string]string{}
	_, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
	texts["record"] = fmt.Sprintf("%v %+v", err, err)
	err = listError(t.Context(), c)
	texts["list"] = fmt.Sprintf("%v %+v", err, err)
	_, err = c.Feeds.Info(t.Context(), "DefaultNuGet")
	texts["info"] = fmt.Sprintf("%v %+v", err, err)
	_, err = c.Downloads.Locate(t.Context(), "DefaultNuGet", nugetPackage("Newtonsoft.Json", "12.0.3"))
	texts["locate"] = fmt.Sprintf("%v %+v", err, err)
	content, _ := c.Downloads.LocatePath("nuget/DefaultNuGet/package/A/1")
	got, err := c.Downloads.Fetch(t.Context(), FetchRequest{
		Content: content, Destination: Destination{Stream: io.Discard},
		Annotation: &Annotation{Application: "A", Description: "B", Target: "C"},
	})
	texts["fetch"] = fmt.Sprintf("%v %+v %+v", err, err, got)
	texts["client"] = fmt.Sprintf("%v %+v %#v", *c.Feeds, c.BaseURL(), c.http.pooled.Header)
	texts["trace"] = trace.String()
	for what, text := range texts {
		if found := leaks(text, testKey); found != nil {
			t.Errorf("%s gives the key away (%v):\n%s", what, found, text)
		}
	}
	if !strings.Contains(texts["trace"], redacted) {
		t.Errorf("the trace shows no %s where the key was:\n%s", redacted, texts["trace"])
	}
}

// TestWordsAreScrubbedWhole puts the key across every place near the cut of a server's words: no
// part of it may stay in front of the cut.
func TestWordsAreScrubbedWhole(t *testing.T) {
	t.Parallel()
	c := newClient(t, "http://proget.corp.local", WithAPIKey(NewSecret(testKey)))
	for before := serverWordsLimit - 2*len(testKey); before < serverWordsLimit+2; before++ {
		body := strings.Repeat("x", before) + testKey + strings.Repeat("y", 50)
		e := c.failures.of(t.Context(), exchange{
			request: request{method: http.MethodGet, url: mustParse(t, "http://proget.corp.local/x")}, phase: phaseAnswered,
			resp: &http.Response{StatusCode: 400, Body: io.NopCloser(strings.NewReader(body))},
		}, verdictRejected)
		if strings.Contains(e.Server, testKey[:4]) || len(e.Server) > serverWordsLimit+len("…") {
			t.Fatalf("with %d bytes in front, %d bytes of words end in %q", before, len(e.Server), e.Server[len(e.Server)-60:])
		}
	}
}

// TestExcerptsAreScrubbed puts the key across the end of what an error shows of an index, in
// documents of every format that are none.
func TestExcerptsAreScrubbed(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"<%s", "- %s: [", `{"%s": 1, "%[1]s": 2}`} {
		for _, pkg := range []ecosystem.Package{
			{Type: ecosystem.NuGet, Name: "P", Version: "1.0.0"}, {Type: ecosystem.Helm, Name: "P", Version: "1.0.0"},
			{Type: ecosystem.CRAN, Name: "P", Version: "1.0.0"}, {Type: ecosystem.Chocolatey, Name: "P", Version: "1.0.0"},
		} {
			for before := 60 - len(testKey); before < 60; before += 3 {
				body := strings.Replace(fmt.Sprintf(document, strings.Repeat("x", before)+testKey), "x", ".", 1)
				address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
				_, err := newClient(t, address, WithAPIKey(NewSecret(testKey)), WithRetries(0)).Downloads.Locate(t.Context(), "F", pkg)
				if strings.Contains(fmt.Sprint(err), testKey[:6]) {
					t.Fatalf("%s %q: %v", pkg.Type, body, err)
				}
			}
		}
	}
}

// TestLongAnswersTakeNoTime holds that what is read of a server's words and headers for secrets has
// a bound: it may all be escapes of escapes.
func TestLongAnswersTakeNoTime(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`\`, 300<<10)
	for name, value := range map[string]string{"Location": long, "Refresh": "0; url=" + long, "Link": "<" + long + ">", "X-Other": long, "Www-Authenticate": `Bearer realm="?` + long + `"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, _ := speaking("HTTP/1.1 302 Found\r\n" + name + ": " + value + "\r\nContent-Length: 0\r\n\r\n")(t)
			trace := &lockedBuffer{}
			err := listError(t.Context(), newClient(t, address, WithAPIKey(NewSecret(testKey)), WithTrace(trace), WithRetries(0)))
			if len(trace.String()) > 3*traceLimit || len(err.Error()) > 2*textLimit {
				t.Errorf("a trace of %d bytes, and an error of %d", len(trace.String()), len(err.Error()))
			}
		})
	}
}

// TestTraceOfManyHeaders shows the beginning of them, whatever gets shorter by being redacted.
func TestTraceOfManyHeaders(t *testing.T) {
	t.Parallel()
	for value, shown := range map[string]string{"some value": "some value", strings.Repeat(testKey, 4<<10/len(testKey)): "REDACTED"} {
		var answer strings.Builder
		answer.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
		for i := range 10 * traceLimit / len(value) {
			fmt.Fprintf(&answer, "X-%05d: %s\r\n", i, value)
		}
		address, _ := speaking(answer.String() + "\r\n[]")(t)
		trace := &lockedBuffer{}
		if err := listError(t.Context(), newClient(t, address, WithAPIKey(NewSecret(testKey)), WithTrace(trace), WithRetries(0))); err != nil {
			t.Fatal(err)
		}
		if got := trace.String(); !strings.Contains(got, "< X-00000: "+shown) || !strings.HasSuffix(got, "\n< …\n") || strings.Count(got, "X-0")*len(value) > traceLimit {
			t.Errorf("a trace of %d bytes: %.200q", len(got), got)
		}
	}
}

// TestTrace shows the line and the headers of each message, and no body.
func TestTrace(t *testing.T) {
	t.Parallel()
	_, address := startSandbox(t, sandbox.Options{APIKey: testKey})
	trace := &lockedBuffer{}
	c := newClient(t, address, WithAPIKey(NewSecret(testKey)), WithTrace(trace), WithUserAgent("progetctl/1.2.3"))
	if _, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"> POST " + address + "/api/package-deployment/ HTTP/1.1\n", "> Content-Type: application/json\n",
		"> User-Agent: progetctl/1.2.3\n", "> X-ApiKey: REDACTED\n", "< HTTP/1.1 200 OK\n", "< X-Proget-Version: ",
	} {
		if !strings.Contains(trace.String(), line) {
			t.Errorf("the trace lacks %q:\n%s", line, trace)
		}
	}
	if strings.Contains(trace.String(), "web01") {
		t.Errorf("the trace shows the body:\n%s", trace)
	}
}

// TestTraceIsClean holds that a server cannot move the cursor of the terminal that a trace is read
// on.
func TestTraceIsClean(t *testing.T) {
	t.Parallel()
	trace := &lockedBuffer{}
	answer := "HTTP/1.1 200 O\x1b[2JK\r\nX-Evil: a\u202eb\u009bc\r\nContent-Length: 2\r\n\r\n[]"
	address, _ := speaking(answer)(t)
	_ = listError(t.Context(), newClient(t, address, WithTrace(trace), WithRetries(0)))
	if strings.ContainsAny(trace.String(), "\x1b\u202e\u009b") {
		t.Errorf("control characters in %q", trace)
	}
}

// TestTraceOfStorage: storage gives back what is in the query of a signed address.
func TestTraceOfStorage(t *testing.T) {
	t.Parallel()
	storage := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request", r.RequestURI)
		_, _ = io.WriteString(w, "content")
	}))
	address := startServer(t, http.RedirectHandler(storage+"/bucket?sig=canary%2Fvalue", http.StatusFound))
	trace := &lockedBuffer{}
	c := newClient(t, address, WithTrace(trace))
	content, err := c.Downloads.LocatePath("x/y.bin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Destination: Destination{Stream: io.Discard}}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(trace.String(), "canary") || !strings.Contains(trace.String(), "< X-Request: /bucket?sig=REDACTED\n") {
		t.Errorf("the trace is\n%s", trace)
	}
}
