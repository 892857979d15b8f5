package scripttest

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// The account that a Proxy requires. A URL can hold it only in its escaped form, ProxyAccount.
const (
	ProxyUser     = "proxy user"
	ProxyPassword = "p@ss/w:rd"
	ProxyAccount  = "proxy%20user:p%40ss%2Fw%3Ard"
)

// Proxy is an HTTP proxy that connects every request to one server, whatever host it names:
// requests to names of loopback do not go through proxies.
type Proxy struct {
	*httptest.Server
	to string // host and port

	mu   sync.Mutex
	seen []*http.Request
}

// NewProxy starts a proxy to a host and port. The caller closes it.
func NewProxy(to string) *Proxy {
	p := &Proxy{to: to}
	p.Server = httptest.NewServer(p)
	return p
}

// ServeHTTP checks the account, then passes the request on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Clone(context.WithoutCancel(r.Context())))
	p.mu.Unlock()
	account := &http.Request{Header: http.Header{"Authorization": r.Header.Values("Proxy-Authorization")}}
	if user, password, _ := account.BasicAuth(); user != ProxyUser || password != ProxyPassword {
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

func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request) {
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

// Requests are the requests that the proxy received, as they came.
func (p *Proxy) Requests() []*http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.seen)
}

// Address is the proxy's URL with an account in it.
func (p *Proxy) Address(account string) string {
	return "http://" + account + "@" + strings.TrimPrefix(p.URL, "http://")
}
