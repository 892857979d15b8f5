package client

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
)

// certified counts the requests to a TLS server, and those with a certificate.
type certified struct {
	mu         sync.Mutex
	all, shown int
}

func (c *certified) see(r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all++
	if len(r.TLS.PeerCertificates) > 0 {
		c.shown++
	}
}

// startAsking runs a TLS server that asks for a certificate and takes none as well.
func startAsking(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = quiet()
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// tunnel is a proxy that connects to every address that is requested.
func tunnel(seen *certified) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		seen.see(r)
		there, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = here.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
		go func() { _, _ = io.Copy(there, buffered); _ = there.Close() }()
		_, _ = io.Copy(here, there)
		_ = here.Close()
	}
}

// TestCertificateOfClient is shown to the server, directly and through a proxy, and to no proxy.
func TestCertificateOfClient(t *testing.T) {
	t.Parallel()
	var atServer, atProxy certified
	server := startAsking(t, func(w http.ResponseWriter, r *http.Request) {
		atServer.see(r)
		_, _ = io.WriteString(w, "[]")
	})
	proxy := startAsking(t, tunnel(&atProxy))
	config := &tls.Config{InsecureSkipVerify: true, Certificates: server.TLS.Certificates} //nolint:gosec // both are our own
	for _, through := range []string{"", proxy.URL} {
		find := func(*url.URL) (*url.URL, error) { return nil, nil }
		if through != "" {
			find = func(*url.URL) (*url.URL, error) { return url.Parse(through) }
		}
		c := newClient(t, server.URL, WithTLS(config), WithProxy(find))
		if err := listError(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
	if atServer.all != 2 || atServer.shown != 2 || atProxy.all != 1 || atProxy.shown != 0 {
		t.Errorf("server: %d requests, %d with a certificate; proxy: %d, %d", atServer.all, atServer.shown, atProxy.all, atProxy.shown)
	}
}
