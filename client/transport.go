package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// keptTransport keeps as many connections as requests run at once; net/http's
// own default of two would open a connection for nearly each of them.
func keptTransport(s settings) *http.Transport {
	t := baseTransport(s)
	t.MaxIdleConns = 2 * s.parallel
	t.MaxIdleConnsPerHost = s.parallel
	t.IdleConnTimeout = 90 * time.Second
	return t
}

// freshTransport opens a new connection for each request. net/http repeats a
// GET by itself when a kept connection breaks; a request that leaves a
// deployment record must not be repeated behind our back.
func freshTransport(s settings) *http.Transport {
	t := baseTransport(s)
	t.DisableKeepAlives = true
	return t
}

// baseTransport speaks HTTP/1.1 only: HTTP/2 streams share a connection, which
// hides whether a given request had begun to be written.
func baseTransport(s settings) *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               s.proxyFor,
		Protocols:           protocols,
		TLSClientConfig:     s.tls,
		TLSHandshakeTimeout: connectTimeout,
		// 1 MiB, a tenth of net/http's own limit: no server needs more.
		MaxResponseHeaderBytes: 1 << 20,
		// Package bytes must arrive as they are stored, and transparent
		// decompression would hide their length.
		DisableCompression: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: conn}, nil
		},
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			return &proxyError{host: proxy.Host, status: resp.StatusCode}
		},
	}
}

// byOrigin shows the client's certificate to its own origin alone: storage that
// a redirect leads to gets none.
type byOrigin struct {
	home       origin
	here, away http.RoundTripper
}

// RoundTrip sends req by the transport that is meant for its origin.
func (b byOrigin) RoundTrip(req *http.Request) (*http.Response, error) {
	if originOf(req.URL) == b.home {
		return b.here.RoundTrip(req)
	}
	return b.away.RoundTrip(req)
}

// transportFor makes the transport of a client for home.
func transportFor(home origin, s settings, build func(settings) *http.Transport) http.RoundTripper {
	here := build(s)
	if s.tls == nil || len(s.tls.Certificates) == 0 && s.tls.GetClientCertificate == nil {
		return here
	}
	here.DialTLSContext = dialTLS(here, home)
	s.tls = withoutCertificate(s.tls)
	return byOrigin{home, here, build(s)}
}

// countedConn counts what was written to the network, so that a failed request
// can tell whether any of it may have reached the server.
type countedConn struct {
	net.Conn
	written atomic.Int64
}

func (c *countedConn) Write(b []byte) (int, error) {
	// Counted before the write: a write that fails half-way has begun.
	c.written.Add(int64(len(b)))
	return c.Conn.Write(b)
}

// writtenTo returns the counter behind conn, through TLS, or nil.
func writtenTo(conn net.Conn) *atomic.Int64 {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	if c, ok := conn.(*countedConn); ok {
		return &c.written
	}
	return nil
}

// proxyError is a proxy that refused to connect to the server.
type proxyError struct {
	host   string
	status int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy %s answered %d %s", e.host, e.status, http.StatusText(e.status))
}
