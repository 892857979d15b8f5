package client

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/sandbox"
)

func TestServerWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, contentType, body, want string }{
		{"plain", "text/plain", "Feed x not found.\r\n", "Feed x not found."},
		{"nothing", "text/plain", "", ""},
		{"blank", "", " \n\t", ""},
		{"page", "text/html", "<!DOCTYPE html><html><head><title> 500 -\n Internal &amp; more </title></head>", "500 - Internal & more"},
		{"page without its type", "", "<html><TITLE>Sign in</TITLE>", "Sign in"},
		{"page without a title", "text/html", "<html><body>secret details</body>", ""},
		{"page with an empty title", "text/html", "<title></title><p>x", ""},
		{"page that ends in its title", "text/html", "<title>half", "half"},
		{"message", "application/json", `{"message": "no such thing"}`, "no such thing"},
		{"message in PascalCase", "application/json", `{"Message": "no such thing", "StackTrace": "at X"}`, "no such thing"},
		{"error", "application/json", `{"error": "invalid_token"}`, "invalid_token"},
		{"error that is an object", "application/json", `{"error": {"code": 7}}`, `{"error": {"code": 7}}`},
		{"registry", "application/json", `{"errors": [{"code": "NAME_UNKNOWN", "message": "repository name not known"}]}`, "NAME_UNKNOWN: repository name not known"},
		{"registry without a message", "application/json", `{"errors": [{"code": "DENIED"}]}`, "DENIED"},
		{"registry without a code", "application/json", `{"errors": [{"message": "denied"}]}`, "denied"},
		{"mistyped", "application/json", `{"errors": "x", "message": "the rest"}`, "the rest"},
		{"cut JSON", "application/json", `{"message": "no su`, `{"message": "no su`},
		{"an array", "application/json", `["x"]`, `["x"]`},
		{"not UTF-8", "text/plain", "caf\xe9", "caf\uFFFD"},
		{"control characters stay for the sink", "text/plain", "a\x1b[2Jb", "a\x1b[2Jb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := serverWords(c.contentType, []byte(c.body)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzServerWords holds for any answer that its words are text that a person can be asked to read,
// and that of a page only the title is shown.
func FuzzServerWords(f *testing.F) {
	f.Add("text/html", []byte("<html><title>x</title>"))
	f.Add("application/json", []byte(`{"errors": [{"code": "A", "message": "b"}]}`))
	f.Add("text/plain", []byte(strings.Repeat("é", serverWordsLimit)))
	f.Add("", []byte("\xff\xfe<!doctype html>"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		words := serverWords(contentType, body)
		if !utf8.ValidString(words) || strings.TrimSpace(words) != words {
			t.Errorf("words %q", words)
		}
		short := shorten(words)
		if len(short) > serverWordsLimit+len("…") || !utf8.ValidString(short) || len(words) <= serverWordsLimit/12 && short != words {
			t.Errorf("%d bytes became %d: %q", len(words), len(short), short)
		}
		if isHTMLType(contentType) && strings.ContainsAny(words, "\r\n\t") {
			t.Errorf("the title has line breaks: %q", words)
		}
	})
}

// endless counts what is read of a body that never ends.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestErrorsAreReadWithinBounds meets an error text without an end.
func TestErrorsAreReadWithinBounds(t *testing.T) {
	t.Parallel()
	body := &endless{}
	c := newClient(t, "http://proget.corp.local")
	e := c.failures.of(t.Context(), exchange{
		request: request{method: http.MethodGet, url: mustParse(t, "http://proget.corp.local/")}, phase: phaseAnswered,
		resp: &http.Response{StatusCode: 500, Body: io.NopCloser(body)},
	}, verdictUncertain)
	if len(e.Server) > serverWordsLimit+len("…") || body.read > errorBodyLimit+2*drainLimit {
		t.Errorf("%d bytes of words after reading %d", len(e.Server), body.read)
	}
}

// TestHugeError is the same on a real connection, with 10 MiB.
func TestHugeError(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	huge := sandbox.HugeError(10 << 20)
	huge.Status = http.StatusBadRequest
	s.Fault("/", huge)
	_, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
	if e := wantKind(t, err, KindRejected); len(e.Error()) > 2*serverWordsLimit {
		t.Errorf("the message has %d bytes", len(e.Error()))
	}
}

// TestHintForWhatAnIndexLacks is the one for a 404: policy blocks a package by leaving it out, too.
func TestHintForWhatAnIndexLacks(t *testing.T) {
	t.Parallel()
	_, address := startSandbox(t, sandbox.Options{})
	_, err := newClient(t, address).Downloads.Locate(t.Context(), "npm-approved", ecosystem.Package{Type: ecosystem.NPM, Group: "@angular", Name: "animation", Version: "99.0.0"})
	if e := wantKind(t, err, KindNotFound); e.Status != 0 || e.Hint != MissingHint {
		t.Errorf("%v, status %d, hint %q", e, e.Status, e.Hint)
	}
}

// TestIndexWithAWrongChecksum: an index that does not match its checksum is an error like a package
// that does not.
func TestIndexWithAWrongChecksum(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/debian/F/dists/stable/Release", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "SHA256:\n "+strings.Repeat("0", 64)+" 10 main/binary-amd64/Packages\n")
	})
	mux.HandleFunc("/debian/F/dists/stable/main/binary-amd64/Packages", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "Package: tool\nVersion: 1\nArchitecture: amd64\nFilename: pool/tool.deb\n")
	})
	tool := ecosystem.Package{
		Type: ecosystem.Debian, Name: "tool", Version: "1",
		Qualifiers: map[string]string{"distro": "stable", "component": "main", "arch": "amd64"},
	}
	_, err := newClient(t, startServer(t, mux)).Downloads.Locate(t.Context(), "F", tool)
	if e := wantKind(t, err, KindIntegrity); e.Hint == "" {
		t.Errorf("%v has no hint", e)
	}
}

// TestHints checks the hint for each kind of failure.
func TestHints(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"status=404":                            "a package blocked by policy is not found either",
		"answer=sign-in":                        "sign-in or licence page",
		"status=307;location=http://x.invalid/": "is this the server's own address",
		"status=302;location=/log-in":           "a redirect that drops what was sent",
		"status=307;location=/elsewhere":        "redirects again and again",
		"status=503":                            "try again later",
		"status=429;retry-after=7200":           "the server asked to retry after 2h",
		"status=429;retry-after=7320":           "the server asked to retry after 2h2m",
		"status=429;retry-after=3605":           "the server asked to retry after 1h0m5s",
	} {
		address, _ := faulty(spec)(t)
		_, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
		e, ok := err.(*Error)
		if !ok || !strings.Contains(e.Hint, want) {
			t.Errorf("%s: %v, hint %q; want %q", spec, err, e.Hint, want)
		}
	}
}

// TestHintForAProxyThatIsDown: the server may be well, so its address is not what to look at.
func TestHintForAProxyThatIsDown(t *testing.T) {
	t.Parallel()
	address, _ := closedPort(t)
	proxy, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		server string
		proxy  *url.URL
		want   Reason
	}{
		{"http://proget.invalid", proxy, ReasonProxyDown},
		{"https://proget.invalid", proxy, ReasonProxyDown},
		{address, nil, ""},
	} {
		c := newClient(t, x.server, WithRetries(0), WithProxy(func(*url.URL) (*url.URL, error) { return x.proxy, nil }))
		_, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
		if e := wantKind(t, err, KindUnavailable); e.Reason != x.want || (e.Hint == "") != (x.want != "") {
			t.Errorf("%s by %v: %v, reason %q, hint %q", x.server, x.proxy, err, e.Reason, e.Hint)
		}
	}
}

// TestRedactURL shows of a URL what may be shown.
func TestRedactURL(t *testing.T) {
	t.Parallel()
	r := scrubber{originOf(mustParse(t, "https://proget.corp.local")), redactorOf(testKey)}
	for raw, want := range map[string]string{
		"https://proget.corp.local/api/promotions/list?fromFeed=a&key=" + testKey:               "https://proget.corp.local/api/promotions/list?fromFeed=a&key=REDACTED&x=REDACTED",
		"https://proget.corp.local/x?sig=abc&version=1":                                         "https://proget.corp.local/x?sig=REDACTED&version=1",
		"https://proget.corp.local/x?flag&%zz=1":                                                "https://proget.corp.local/x?flag&%zz=REDACTED",
		"https://storage.example/x?X-Amz-Signature=abc&version=1":                               "https://storage.example/x?REDACTED",
		"https://u:p@proget.corp.local/x#frag":                                                  "https://proget.corp.local/x",
		"https://proget.corp.local/npm/a%2fb":                                                   "https://proget.corp.local/npm/a%2fb",
		"https://proget.corp.local/echo/canary+key%2F7f3a&x=1/" + "canary%2Bkey%2F7f3a%26x%3D1": "https://proget.corp.local/echo/REDACTED/REDACTED",
	} {
		if got := r.url(mustParse(t, raw)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", raw, got, want)
		}
	}
}

// TestHintForAPortForHTTPS: a server that answers plain HTTP with a 400 because it requires TLS is
// named with https.
func TestHintForAPortForHTTPS(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		"<title>400 The plain HTTP request was sent to HTTPS port</title>": true,
		"Client sent an HTTP request to an HTTPS server.":                  true,
		"<p>You're speaking plain HTTP to an SSL-enabled server port.</p>": true,
		"Bad Request\nThis combination of host and port requires TLS.":     true,
		"Target is required": false,
	} {
		address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, body)
		}))
		_, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
		e := wantKind(t, err, KindRejected)
		if got := strings.HasPrefix(e.Hint, "use https: the address is https://127.0.0.1:"); got != want {
			t.Errorf("%q has the hint %q", body, e.Hint)
		}
	}
}

// TestReasons are found in an error by errors.Is and errors.As, behind what is said later too, and
// an error that was handed out stays as it is.
func TestReasons(t *testing.T) {
	t.Parallel()
	first := &Error{Kind: KindUnavailable, Reason: ReasonUnknownAuthority, Message: "m", Hint: "h"}
	later := first.recorded(KindPartial, ReasonRecorded)
	for _, test := range []struct {
		err    error
		reason Reason
		want   bool
	}{
		{first, ReasonUnknownAuthority, true},
		{first, ReasonCertificate, true},
		{first, ReasonRecorded, false},
		{first, "", false},
		{later, ReasonRecorded, true},
		{later, ReasonCertificate, true},
		{&Error{Reason: ReasonCertificate}, ReasonUnknownAuthority, false},
		{&Error{}, "", false},
	} {
		if got := errors.Is(test.err, test.reason); got != test.want {
			t.Errorf("%+v is %q: %v", test.err, test.reason, got)
		}
	}
	if reason, ok := errors.AsType[Reason](later); !ok || reason != ReasonRecorded {
		t.Errorf("the reason is %q", reason)
	}
	if KindOf(later) != KindPartial || later.Message != "m; the deployment was recorded" || first.Kind != KindUnavailable || first.Message != "m" || first.Hint != "h" {
		t.Errorf("%+v became %+v", first, later)
	}
}
