package commands

import (
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// The proxy wants an account, whose password a URL cannot hold as it is.
const (
	proxyUser     = "proxy user"
	proxyPassword = "p@ss/w:rd"
	proxyAccount  = "proxy%20user:p%40ss%2Fw%3Ard"
)

// proxy is an HTTP proxy that leads every request to one server, whatever host
// it names: names of loopback would not go through a proxy at all.
type proxy struct {
	*httptest.Server
	to string // host and port

	mu   sync.Mutex
	seen []string // method and target of each request, then its headers
}

func startProxy(t *testing.T, to string) *proxy {
	t.Helper()
	p := &proxy{to: to}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// ServeHTTP wants the account, then passes on.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.RequestURI+" "+everything(r))
	p.mu.Unlock()
	account := &http.Request{Header: http.Header{"Authorization": r.Header.Values("Proxy-Authorization")}}
	if user, password, _ := account.BasicAuth(); user != proxyUser || password != proxyPassword {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method == http.MethodConnect {
		p.tunnel(w, r)
		return
	}
	r.Header.Del("Proxy-Authorization")
	r.URL.Host, r.RequestURI = p.to, ""
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

func (p *proxy) tunnel(w http.ResponseWriter, r *http.Request) {
	server, err := (&net.Dialer{}).DialContext(context.WithoutCancel(r.Context()), "tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = server.Close() }()
	client, read, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = client.Close() }()
	// Only now: what the client sends upon the answer may be read before the connection is ours.
	_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(server, read) }()
	_, _ = io.Copy(client, server)
}

// requests is what the proxy saw.
func (p *proxy) requests() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.seen, "\n")
}

func (p *proxy) variable(name, account string) string { return name + "=" + p.address(account) }

func (p *proxy) address(account string) string {
	return "http://" + account + "@" + strings.TrimPrefix(p.URL, "http://")
}

// proxied is a stand-in that knows the canary's key, plain or with TLS, behind
// a proxy.
func proxied(t *testing.T, secure bool) (*sandbox.Server, *proxy, []string) {
	t.Helper()
	server, err := sandbox.New(sandbox.Options{APIKey: canaryKey, KeepRequests: true})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewUnstartedServer(server)
	address := "PROGET_URL=http://proget.example.com"
	if secure {
		web.StartTLS()
		address = "PROGET_URL=https://example.com" // the name in the certificate
	} else {
		web.Start()
	}
	t.Cleanup(web.Close)
	env := []string{address, "PROGET_API_KEY=" + canaryKey}
	if secure {
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
		env = append(env, "PROGETCTL_CA_CERT="+(&bookkeeping{t: t, dir: t.TempDir()}).write("ca.pem", string(ca)))
	}
	return server, startProxy(t, web.Listener.Addr().String()), env
}

// A proxy with user and password: plain http goes through it as it is, https
// through a tunnel, in which it sees no key. The server sees nothing of the
// proxy's account, and no trace shows it.
func TestProxyWithAccount(t *testing.T) {
	t.Parallel()
	for name, secure := range map[string]bool{"HTTP_PROXY": false, "HTTPS_PROXY": true, "https_proxy": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, p, env := proxied(t, secure)
			r := here(t, append(env, p.variable(name, proxyAccount)), one("t0", "--debug")...)
			if r.code != codeDone || len(server.Deployments()) != 1 {
				t.Fatalf("exit code %d, %d deployments: %s", r.code, len(server.Deployments()), r.stderr)
			}
			if secure && (!strings.HasPrefix(p.requests(), "CONNECT example.com:443 ") || leak(p.requests()) != "") {
				t.Errorf("the proxy saw more than the tunnel: %s", p.requests())
			}
			for _, q := range server.Requests() {
				if q.Header.Get("Proxy-Authorization") != "" {
					t.Error("the server saw the proxy's account")
				}
			}
			wantNoAccount(t, r)
		})
	}
}

// wantNoAccount looks for the proxy's password, as it was given, as it is, and
// as it travels.
func wantNoAccount(t *testing.T, r ran) {
	t.Helper()
	for _, form := range append(forms(proxyPassword), "p%40ss%2Fw%3Ard", "cHJveHkgdXNlcjpwQHNzL3c6cmQ") {
		if strings.Contains(r.stdout+r.stderr, form) {
			t.Errorf("the output holds %q:\n%s", form, r.stderr)
		}
	}
	if form := leak(r.stdout + r.stderr); form != "" {
		t.Errorf("the output holds %q", form)
	}
}

// A proxy that refuses the account: nothing was stored, it is not asked again,
// and the record may be queued.
func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	for name, secure := range map[string]bool{"HTTP_PROXY": false, "HTTPS_PROXY": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, p, env := proxied(t, secure)
			env = append(env, p.variable(name, "proxy%20user:p%40ss%2Fw%3Ard-old"))
			r := here(t, env, one("t0", "--debug")...)
			if r.code != codeUnavailable || !strings.Contains(r.stderr, "407") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			wantNoAccount(t, r)
			if n := strings.Count(p.requests(), "\n"); n != 0 {
				t.Errorf("the proxy was asked %d times more", n)
			}
			dir := t.TempDir()
			queue := append(env, "PROGETCTL_LEDGER="+dir+"/ledger.db")
			if r := here(t, queue, one("t0", "--on-failure", "queue")...); r.code != codeDone {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			inFiles(t, dir)
			if n := len(server.Deployments()); n != 0 {
				t.Errorf("%d records reached the server", n)
			}
		})
	}
}
