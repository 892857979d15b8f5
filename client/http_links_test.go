package client

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// TestLocateRefusesLinks: a link that no request can be made of is the index's fault, and what is
// secret in it is not shown.
func TestLocateRefusesLinks(t *testing.T) {
	t.Parallel()
	for _, link := range []string{
		"/f/..%2f..%2fevil.tgz", "/f/%2e%2e/x.tgz", "/f/a%0d%0ab.tgz", "http://user:hidden@host/x.tgz", "file:///etc/passwd", "//[::1",
		"https://storage.example/%zz?sig=hidden", "https://[storage.example/x?sig=hidden", "s3://bucket/x?sig=hidden",
	} {
		p := newClient(t, startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"versions": {"1.0.0": {"dist": {"tarball": %q}}}}`, link)
		})))
		_, err := p.Downloads.Locate(t.Context(), "npm", ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: "1.0.0"})
		if KindOf(err) != KindUnavailable || !strings.Contains(err.Error(), "index") || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", link, err)
		}
	}
}

// TestLocateAgain: an index that breaks off on its way is asked for again, as often as any other
// request; one that came whole and lacks the version is not.
func TestLocateAgain(t *testing.T) {
	t.Parallel()
	lodash := ecosystem.Package{Type: ecosystem.NPM, Name: "lodash", Version: "4.17.21"}
	tools := ecosystem.Package{Type: ecosystem.RPM, Name: "acme-tool", Version: "99", Qualifiers: map[string]string{"arch": "x86_64"}}
	for _, x := range []struct {
		feed             string
		pkg              ecosystem.Package
		breaks, requests int
		want             Kind
	}{{"npm-approved", lodash, 1, 2, ""}, {"npm-approved", lodash, 2, 3, ""}, {"npm-approved", lodash, -1, 3, KindUnavailable}, {"rpm", tools, 0, 2, KindNotFound}} {
		s, address := startSandbox(t, sandbox.Options{})
		if x.breaks != 0 {
			s.Fault("/npm/", sandbox.Fault{Effect: sandbox.Cut, After: 40, Times: x.breaks})
		}
		_, err := newClient(t, address, WithRetries(2)).Downloads.Locate(t.Context(), x.feed, x.pkg)
		if KindOf(err) != x.want || count(s) != x.requests {
			t.Errorf("%s, broken off %d times: %v after %d requests, want %q after %d", x.feed, x.breaks, err, count(s), x.want, x.requests)
		}
	}
}

// TestHTTPSStaysHTTPS: nothing is fetched in the clear that was asked for under encryption, and the
// hint says so.
func TestHTTPSStaysHTTPS(t *testing.T) {
	t.Parallel()
	asked := false
	plain := startServer(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	server := httptest.NewTLSServer(http.RedirectHandler(plain+"/x", http.StatusFound))
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	c := newClient(t, server.URL, WithTLS(&tls.Config{RootCAs: pool}))
	_, err := c.Downloads.Fetch(t.Context(), FetchRequest{Content: feedtype.Content{Ref: "x", Size: -1}, Destination: Destination{Folder: t.TempDir()}})
	if e := wantKind(t, err, KindUnavailable); asked || !strings.Contains(e.Hint, "from https to http is never followed") {
		t.Errorf("asked %v; hint %q", asked, e.Hint)
	}
}

// TestStorageRepeatsTheSignature: what storage says of a signed address that it refuses is shown
// without the signature, what the server itself says of a query as it is.
func TestStorageRepeatsTheSignature(t *testing.T) {
	t.Parallel()
	refuse := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "wrong: "+r.URL.RawQuery+" "+r.URL.Query().Get("name"))
	}
	storage := startServer(t, http.HandlerFunc(refuse))
	for target, want := range map[string]string{
		storage + "/bucket/x?name=AKIA%2Bsigned": "wrong: name=REDACTED REDACTED",
		"/here/x?name=Acme%2BWeb":                "wrong: name=Acme%2BWeb Acme+Web",
	} {
		mux := http.NewServeMux()
		mux.HandleFunc("/here/", refuse)
		mux.Handle("/", http.RedirectHandler(target, http.StatusFound))
		c := newClient(t, startServer(t, mux))
		_, err := c.Downloads.Fetch(t.Context(), FetchRequest{Content: feedtype.Content{Ref: "x", Size: -1}, Destination: Destination{Folder: t.TempDir()}})
		e := wantKind(t, err, KindAuth)
		if e.Server != want {
			t.Errorf("%s: %q, want %q", target, e.Server, want)
		}
		// Whose key it was is of no help if none was sent.
		if away := strings.Contains(e.Hint, "gets no credentials"); away != strings.HasPrefix(target, storage) {
			t.Errorf("%s: hint %q", target, e.Hint)
		}
	}
}

// TestStorageRepeatsInItsStatus: net/http repeats in its error what storage says instead of a
// status, and the trace shows one as it is.
func TestStorageRepeatsInItsStatus(t *testing.T) {
	t.Parallel()
	for answer, kind := range map[string]Kind{
		"HTTP/1.1 AKIA+signed OK\r\n\r\n":                       KindUnavailable,
		"HTTP/1.1 403 AKIA+signed\r\nContent-Length: 0\r\n\r\n": KindAuth,
	} {
		storage, _ := speaking(answer)(t)
		trace := &lockedBuffer{}
		c := newClient(t, startServer(t, http.RedirectHandler(storage+"/bucket/x?name=AKIA%2Bsigned", http.StatusFound)), WithRetries(0), WithTrace(trace))
		_, err := c.Downloads.Fetch(t.Context(), FetchRequest{Content: feedtype.Content{Ref: "x", Size: -1}, Destination: Destination{Folder: t.TempDir()}})
		if e := wantKind(t, err, kind); strings.Contains(e.Error(), "signed") {
			t.Error(e)
		}
		if strings.Contains(trace.String(), "signed") {
			t.Errorf("the trace is\n%s", trace)
		}
	}
}
