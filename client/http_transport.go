package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// pooledTransport keeps as many connections as requests run at the same time; net/http's own
// default of two would open a connection for nearly each of them.
func pooledTransport(s settings, k *keepAlive) *http.Transport {
	t := baseTransport(s, k)
	t.MaxIdleConns = 2 * s.parallel
	t.MaxIdleConnsPerHost = s.parallel
	t.IdleConnTimeout = idleLimit
	return t
}

// oneShotTransport opens a new connection for each request. net/http repeats a GET by itself when a
// kept connection breaks; a request that leaves a deployment record must not be repeated without
// our knowledge.
func oneShotTransport(s settings, k *keepAlive) *http.Transport {
	t := baseTransport(s, k)
	t.DisableKeepAlives = true
	return t
}

// baseTransport speaks HTTP/1.1 only: HTTP/2 streams share a connection, which hides whether a
// given request had begun to be written.
func baseTransport(s settings, k *keepAlive) *http.Transport {
	dialer := &net.Dialer{Timeout: s.connect, KeepAlive: 30 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, addr)
		if err != nil {
			return nil, &dialError{addr, err}
		}
		return newConnection(conn, addr, s.connect, k), nil
	}
	config := notingRequests(s.tls, k)
	return &http.Transport{
		Proxy:           s.proxyFor,
		Protocols:       protocols,
		TLSClientConfig: config,
		// 1 MiB, a tenth of net/http's own limit: no server needs more.
		MaxResponseHeaderBytes: 1 << 20,
		// Package bytes must arrive as they are stored, and transparent decompression would hide
		// their length.
		DisableCompression: true,
		DialContext:        dial,
		DialTLSContext:     dialTLS(dial, func(origin) *tls.Config { return config }),
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			return &proxyError{host: proxy.Host, status: resp.StatusCode}
		},
	}
}

// notingRequests notes that a server asks for a client certificate, and answers as crypto/tls does:
// with the first that the server can take, or with none.
func notingRequests(config *tls.Config, k *keepAlive) *tls.Config {
	if config == nil {
		config = &tls.Config{}
	}
	if config.GetClientCertificate != nil {
		return config
	}
	noting, own := config.Clone(), config.Certificates
	noting.GetClientCertificate = func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		k.asked.Store(true)
		for i := range own {
			if asked.SupportsCertificate(&own[i]) == nil {
				return &own[i], nil
			}
		}
		return &tls.Certificate{}, nil
	}
	return noting
}

// byOrigin shows the client's certificate to its own origin alone: storage that a redirect leads to
// gets none.
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
func transportFor(home origin, s settings, k *keepAlive, build func(settings, *keepAlive) *http.Transport) http.RoundTripper {
	here := build(s, k)
	if s.tls == nil || len(s.tls.Certificates) == 0 && s.tls.GetClientCertificate == nil {
		return here
	}
	here.DialTLSContext = dialTLS(here.DialContext, shownTo(home, here.TLSClientConfig))
	s.tls = withoutCertificate(s.tls)
	return byOrigin{home, here, build(s, k)}
}

// proxyError is a proxy that refused to connect to the server.
type proxyError struct {
	host   string
	status int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy %s answered %d %s", e.host, e.status, http.StatusText(e.status))
}
