package client

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// carried lists how a request carries the key: "header", "query", "basic", joined by commas.
func carried(r sandbox.Request) string {
	var ways []string
	if r.Header.Get(apiKeyHeader) == testKey {
		ways = append(ways, "header")
	}
	if u, err := url.Parse(r.Target); err == nil && u.Query().Get("key") == testKey {
		ways = append(ways, "query")
	}
	if r.Header.Get("Authorization") == "Basic "+base64.StdEncoding.EncodeToString([]byte("api:"+testKey)) {
		ways = append(ways, "basic")
	}
	return strings.Join(ways, ",")
}

// TestAuthModes sends the key each way to an API and to a feed endpoint, with a base path and
// without.
func TestAuthModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode      AuthMode
		api, feed string
	}{
		{AuthAuto, "header", "basic"},
		{AuthHeader, "header", "header"},
		{AuthQuery, "query", "query"},
		{AuthBasic, "basic", "basic"},
	} {
		for _, base := range []string{"", "/proget", "/api/of/proget"} {
			t.Run(string(c.mode)+base, func(t *testing.T) {
				t.Parallel()
				s, address := startSandbox(t, sandbox.Options{BasePath: base})
				p := newClient(t, address, WithAPIKey(NewSecret(testKey)), WithAuthMode(c.mode))
				if err := listError(t.Context(), p); err != nil {
					t.Fatal(err)
				}
				if _, err := p.Deployments.Record(t.Context(), someDeployment(), RecordOptions{}); err != nil {
					t.Fatal(err)
				}
				fetchInto(t, p, "nuget/DefaultNuGet/package/Newtonsoft.Json/12.0.3")
				got := s.Requests()
				for i, want := range []string{c.api, c.api, c.feed} {
					if ways := carried(got[i]); ways != want {
						t.Errorf("%s %s carries the key by %q, want %q", got[i].Method, got[i].Target, ways, want)
					}
				}
			})
		}
	}
}

// fetchInto fetches a path and throws the content away.
func fetchInto(t *testing.T, c *Client, path string) Fetched {
	t.Helper()
	content, err := c.Downloads.LocatePath(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Destination: Destination{Stream: new(strings.Builder)}})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestBasicAuth(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{User: "jsmith", Password: "pässword:1"})
	c := newClient(t, address, WithBasicAuth("jsmith", NewSecret("pässword:1")), WithAuthMode(AuthQuery))
	if err := listError(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if r := s.Requests()[0]; r.User != "jsmith" || strings.Contains(r.Target, "key=") {
		t.Errorf("%s came from %q", r.Target, r.User)
	}
}

func TestNoCredentials(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	if err := listError(t.Context(), newClient(t, address)); err != nil {
		t.Fatal(err)
	}
	for name := range s.Requests()[0].Header {
		if name == "Authorization" || strings.EqualFold(name, apiKeyHeader) {
			t.Errorf("a client without credentials sends %s", name)
		}
	}
}

// transportFunc is a transport that is a function.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestOrigins asks each origin for the credentials: scheme, host and port all have to be the
// home's, in whatever spelling.
func TestOrigins(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		home, asked string
		same        bool
	}{
		{"https://proget.corp.local", "https://proget.corp.local/nuget/x", true},
		{"https://proget.corp.local", "https://PROGET.corp.local:443/nuget/x", true},
		{"https://proget.corp.local", "HTTPS://proget.corp.local./nuget/x", false},
		{"https://proget.corp.local:443", "https://proget.corp.local/x", true},
		{"http://proget.corp.local", "http://proget.corp.local:80/x", true},
		{"https://[2001:db8::1]", "https://[2001:db8::1]:443/x", true},
		{"https://proget.corp.local", "http://proget.corp.local/nuget/x", false},
		{"https://proget.corp.local", "https://proget.corp.local:8443/nuget/x", false},
		{"https://proget.corp.local", "https://proget.corp.local.evil.example/x", false},
		{"https://proget.corp.local", "https://evil.example/proget.corp.local", false},
		{"https://proget.corp.local", "https://corp.local/x", false},
		{"https://proget.corp.local", "https://proget.corp.local@evil.example/x", false},
		{"http://proget.corp.local:8624", "http://proget.corp.local/x", false},
		{"http://127.0.0.1", "http://localhost/x", false},
	} {
		t.Run(c.asked, func(t *testing.T) {
			t.Parallel()
			home, asked := mustParse(t, c.home), mustParse(t, c.asked)
			var sent *http.Request
			chain := &authenticator{
				next: transportFunc(func(r *http.Request) (*http.Response, error) { sent = r; return nil, http.ErrHandlerTimeout }),
				home: originOf(home), basePath: "/", mode: AuthBasic, key: NewSecret(testKey),
			}
			req := &http.Request{Method: http.MethodGet, URL: asked, Header: http.Header{
				"Referer": {"https://proget.corp.local/secret"}, "x-proget-deployment-target": {"web01"}, "Cookie": {"a=b"},
				"X-ApiKey": {"set by somebody else"}, "Accept": {"*/*"},
			}}
			_, _ = chain.RoundTrip(req)
			if got := sent.Header.Get("Authorization") != ""; got != c.same {
				t.Errorf("credentials to %s: %v, want %v", c.asked, got, c.same)
			}
			//lint:ignore SA1008 the header is put there spelt like this
			if !c.same && sent.Header["x-proget-deployment-target"] != nil {
				t.Errorf("deployment headers went to %s", c.asked)
			}
			for _, never := range []string{"Referer", "Cookie", "X-ApiKey"} {
				if sent.Header[never] != nil {
					t.Errorf("%s went to %s", never, c.asked)
				}
			}
			//lint:ignore SA1008 the documented spelling
			if req.Header.Get("Authorization") != "" || req.Header["X-ApiKey"] == nil {
				t.Error("the caller's request was changed")
			}
		})
	}
}

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestIndexLinksElsewhere has an index publish a link to another server: it is refused before
// anything goes there.
func TestIndexLinksElsewhere(t *testing.T) {
	t.Parallel()
	other, elsewhere := startSandbox(t, sandbox.Options{})
	_, address := startSandbox(t, sandbox.Options{PublicURL: elsewhere, APIKey: testKey})
	c := newClient(t, address, WithAPIKey(NewSecret(testKey)))
	_, err := c.Downloads.Locate(t.Context(), "DefaultNuGet", nugetPackage("Newtonsoft.Json", "12.0.3"))
	if e := wantKind(t, err, KindUnavailable); !strings.Contains(e.Hint, "Web.BaseUrl") {
		t.Errorf("hint %q", e.Hint)
	}
	content := feedtype.Content{Ref: elsewhere + "/nuget/DefaultNuGet/package/Newtonsoft.Json/12.0.3", Size: -1}
	annotated := FetchRequest{Content: content, Annotation: &Annotation{Application: "A", Description: "B", Target: "C"}}
	_, err = c.Downloads.Fetch(t.Context(), annotated)
	wantKind(t, err, KindUnavailable)
	if count(other) != 0 {
		t.Errorf("the other server got %+v", other.Requests())
	}
}

// TestHomeward puts links of an index that say http on the server's own https.
func TestHomeward(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, link, want string }{
		{"https://proget.corp.local", "http://proget.corp.local/npm/a", "https://proget.corp.local/npm/a"},
		{"https://proget.corp.local", "http://proget.corp.local:80/npm/a", "https://proget.corp.local/npm/a"},
		{"https://proget.corp.local:8443", "http://proget.corp.local/npm/a", "https://proget.corp.local:8443/npm/a"},
		{"https://proget.corp.local:8443", "http://proget.corp.local:8443/npm/a", "https://proget.corp.local:8443/npm/a"},
		{"https://proget.corp.local", "http://proget.corp.local:8080/npm/a", "http://proget.corp.local:8080/npm/a"},
		{"https://proget.corp.local", "http://other.corp.local/npm/a", "http://other.corp.local/npm/a"},
		{"http://proget.corp.local", "https://proget.corp.local/npm/a", "https://proget.corp.local/npm/a"},
		{"https://proget.corp.local", "https://proget.corp.local/npm/a%2fb", "https://proget.corp.local/npm/a%2fb"},
	} {
		p := newClient(t, c.base)
		if got := p.onOurOrigin(mustParse(t, c.link)).String(); got != c.want {
			t.Errorf("%s: %s became %s, want %s", c.base, c.link, got, c.want)
		}
	}
}

// TestOptionsRefuse names what New refuses without repeating a credential.
func TestOptionsRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		opt  Option
		says string
	}{
		{"key with a line break", WithAPIKey(NewSecret(testKey + "\r\nX-Evil: 1")), "API key contains a control character"},
		{"user with a colon", WithBasicAuth("a:b", NewSecret(testKey)), "user name contains a colon"},
		{"password with a control character", WithBasicAuth("a", NewSecret(testKey+"\x00")), "password contains a control character"},
		{"user agent with a line break", WithUserAgent("a\nb"), "user agent contains a control character"},
		{"mode", WithAuthMode("bearer"), `unknown authentication mode "bearer"`},
		{"timeout", WithTimeout(0), "timeout 0s is out of range"},
		{"retries", WithRetries(-1), "retries -1 is out of range"},
		{"parallel", WithParallel(0), "parallel requests 0 is out of range"},
	} {
		_, err := New("https://proget.corp.local", c.opt)
		if e := wantKind(t, err, KindUsage); !strings.Contains(e.Error(), c.says) || strings.Contains(e.Error(), testKey) {
			t.Errorf("%s: %q should say %q and no credential", c.name, e, c.says)
		}
	}
	_, err := New("https://proget.corp.local", WithRetries(-1), WithTimeout(-1))
	if text := wantKind(t, err, KindUsage).Error(); !strings.Contains(text, "retries") || !strings.Contains(text, "timeout") {
		t.Errorf("%q does not name both problems", text)
	}
}

// TestNoProxy holds that nil means none, whatever the environment says.
func TestNoProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	var s settings
	if err := WithProxy(nil)(&s); err != nil {
		t.Fatal(err)
	}
	proxy, err := s.proxyFor(&http.Request{URL: mustParse(t, "http://proget.corp.local/")})
	if proxy != nil || err != nil {
		t.Errorf("asks through %v, %v", proxy, err)
	}
}

// TestOldTLS: a server that speaks nothing newer than TLS 1.1 gets no request.
func TestOldTLS(t *testing.T) {
	t.Parallel()
	for version, name := range map[uint16]string{tls.VersionTLS10: "1.0", tls.VersionTLS11: "1.1", tls.VersionTLS12: "1.2"} {
		var asked atomic.Bool
		server := startTLS(t, &tls.Config{MinVersion: version, MaxVersion: version}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Store(true)
			_, _ = io.WriteString(w, "[]")
		}))
		err := listError(t.Context(), newClient(t, server.URL, trusting(server, ""), WithAPIKey(NewSecret(testKey))))
		if good := version == tls.VersionTLS12; (err == nil) != good || asked.Load() != good {
			t.Errorf("TLS %s: %v, asked %v", name, err, asked.Load())
		}
	}
}

// TestClientCertificateStaysAtHome: a certificate is a credential too, and storage may ask for one.
func TestClientCertificateStaysAtHome(t *testing.T) {
	t.Parallel()
	shown := map[string]int{}
	ask := &tls.Config{ClientAuth: tls.RequestClientCert}
	storage := startTLS(t, ask.Clone(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown["storage"] += len(r.TLS.PeerCertificates)
		_, _ = io.WriteString(w, "content")
	}))
	home := startTLS(t, ask.Clone(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown["home"] += len(r.TLS.PeerCertificates)
		http.Redirect(w, r, storage.URL+"/blob", http.StatusFound)
	}))
	trusted := x509.NewCertPool()
	trusted.AddCert(home.Certificate())
	own := home.TLS.Certificates
	given := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own[0], nil }
	for _, config := range []*tls.Config{{Certificates: own}, {GetClientCertificate: given}} {
		config.RootCAs = trusted
		clear(shown)
		p := newClient(t, home.URL, WithTLS(config))
		content, err := p.Downloads.LocatePath("x/y.bin")
		if err != nil {
			t.Fatal(err)
		}
		for _, annotation := range []*Annotation{nil, someAnnotation()} {
			if _, err := p.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Annotation: annotation, Destination: Destination{Stream: io.Discard}}); err != nil {
				t.Fatal(err)
			}
		}
		if shown["home"] != 2 || shown["storage"] != 0 {
			t.Errorf("certificates were shown so many times: %v", shown)
		}
	}
}
