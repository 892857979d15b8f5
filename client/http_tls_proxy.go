package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
)

// errSlowHandshake is net/http's error for the same, which it keeps to itself.
var errSlowHandshake = errors.New("the TLS handshake took too long")

// dialTLS makes the TLS connections that t begins with: to the server, and to a proxy at an https
// address. net/http would show the client's certificate to either; it is shown to home alone.
func dialTLS(t *http.Transport, home origin) func(ctx context.Context, network, address string) (net.Conn, error) {
	shown := t.TLSClientConfig
	hidden := withoutCertificate(shown)
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		conn, err := t.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		config := hidden.Clone()
		if (origin{"https", DialedHost(host), port}) == home {
			config = shown.Clone()
		}
		if config.ServerName == "" {
			config.ServerName = host
		}
		secured := tls.Client(conn, config)
		limited, cancel := context.WithTimeoutCause(ctx, connectTimeout, errSlowHandshake)
		defer cancel()
		if err := secured.HandshakeContext(limited); err != nil {
			_ = conn.Close()
			if context.Cause(limited) == errSlowHandshake {
				err = errSlowHandshake
			}
			return nil, err
		}
		return secured, nil
	}
}

func withoutCertificate(config *tls.Config) *tls.Config {
	config = config.Clone()
	config.Certificates, config.GetClientCertificate = nil, nil
	return config
}
