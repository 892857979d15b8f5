package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// errSlowHandshake is net/http's error for the same, which it keeps to itself.
var errSlowHandshake = errors.New("the TLS handshake took too long")

// secured is a TLS connection that may carry another one, to a server behind a proxy.
type secured struct {
	*tls.Conn
	atEnd atomic.Bool
}

func (s *secured) ranOut() bool { return s.atEnd.Load() }

// Read reads, and notes the end.
func (s *secured) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if err == io.EOF {
		s.atEnd.Store(true)
	}
	return n, err
}

// dialContext is how a transport makes its connections.
type dialContext func(ctx context.Context, network, address string) (net.Conn, error)

// dialTLS makes the TLS connections that a transport begins with: to the server, and to a proxy at
// an https address. configOf says what is shown to each.
func dialTLS(dial dialContext, configOf func(origin) *tls.Config) dialContext {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		config := configOf(origin{"https", DialedHost(host), port})
		if config.ServerName == "" {
			config = config.Clone()
			config.ServerName = host
		}
		client := tls.Client(conn, config)
		if err := client.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			if isTimeout(err) {
				err = errSlowHandshake
			}
			return nil, err
		}
		return &secured{Conn: client}, nil
	}
}

// shownTo is a configuration that shows the client's certificate to home alone. net/http would show
// it to a proxy, too.
func shownTo(home origin, config *tls.Config) func(origin) *tls.Config {
	hidden := withoutCertificate(config)
	return func(to origin) *tls.Config {
		if to == home {
			return config
		}
		return hidden
	}
}

func withoutCertificate(config *tls.Config) *tls.Config {
	config = config.Clone()
	config.Certificates, config.GetClientCertificate = nil, nil
	return config
}
