package client

import (
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// accepting runs a server that does something with each connection, and then leaves it open.
func accepting(t *testing.T, f func(net.Conn)) string {
	listener := listen(t)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			f(conn)
			go func() { _, _ = io.Copy(io.Discard, conn); _ = conn.Close() }()
		}
	}()
	return listener.Addr().String()
}

// withLimit is the time until a connection is ready for a request.
func withLimit(d time.Duration) Option {
	return func(s *settings) error {
		s.connect = d
		return nil
	}
}

// TestSilence: who accepts a connection and then doesn't answer is waited for as long as who cannot
// be reached, and nothing was sent.
func TestSilence(t *testing.T) {
	t.Parallel()
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	t.Cleanup(certificate.Close)
	say := func(text string) func(net.Conn) { return func(conn net.Conn) { _, _ = io.WriteString(conn, text) } }
	handshake := func(conn net.Conn) { _ = tls.Server(conn, certificate.TLS).Handshake() }
	for name, tt := range map[string]struct {
		server, proxy string // "" for the one that is silent
		f             func(net.Conn)
		reason        Reason
		says          string
	}{
		"a server":                      {"", "none", say(""), "", "the TLS handshake took too long"},
		"a server after half a record":  {"", "none", say("\x16\x03\x03\x40\x00\x02"), "", "the TLS handshake took too long"},
		"a proxy":                       {"https://proget.invalid", "http://", say(""), ReasonProxyDown, "no answer came through the proxy 127.0.0.1:"},
		"a proxy in its status":         {"https://proget.invalid", "http://", say("HTTP/1.1 200"), ReasonProxyDown, "no answer came through the proxy 127.0.0.1:"},
		"a proxy in its headers":        {"https://proget.invalid", "http://", say("HTTP/1.1 200 OK\r\nVia: x\r\n"), ReasonProxyDown, "no answer came through the proxy 127.0.0.1:"},
		"a server behind a proxy":       {"https://proget.invalid", "http://", say("HTTP/1.1 200 OK\r\n\r\n"), ReasonProxyDown, "no answer came through the proxy 127.0.0.1:"},
		"a proxy with TLS":              {"https://proget.invalid", "https://", say(""), ReasonProxyDown, "cannot connect to the proxy"},
		"a proxy with TLS, for http":    {"http://proget.invalid", "https://", say(""), ReasonProxyDown, "cannot connect to the proxy"},
		"a proxy after its TLS":         {"https://proget.invalid", "https://", handshake, ReasonProxyDown, "the proxy"},
		"a SOCKS proxy":                 {"https://proget.invalid", "socks5://", say(""), ReasonProxyDown, "no answer came through the proxy 127.0.0.1:"},
		"a SOCKS proxy, for http":       {"http://proget.invalid", "socks5h://", say(""), ReasonProxyDown, "no answer came through the proxy 127.0.0.1:"},
		"a SOCKS proxy after its hello": {"http://proget.invalid", "socks5://", say("\x05\x00"), ReasonProxyDown, "no answer came through the proxy 127.0.0.1:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := accepting(t, tt.f)
			find := func(*url.URL) (*url.URL, error) { return url.Parse(tt.proxy + address) }
			if tt.proxy == "none" {
				tt.server = "https://" + address
				find = func(*url.URL) (*url.URL, error) { return nil, nil }
			}
			insecure := WithTLS(&tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it is our own
			c := newClient(t, tt.server, insecure, WithRetries(2), withLimit(200*time.Millisecond), WithProxy(find))
			receipt, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
			e := wantKind(t, err, KindUnavailable)
			if receipt.Attempts != 3 || e.Reason != tt.reason || !strings.Contains(e.Message, tt.says) {
				t.Errorf("%d attempts, reason %q, %v; want it to say %q", receipt.Attempts, e.Reason, e, tt.says)
			}
		})
	}
}

// limited notes the deadline of a connection.
type limited struct {
	net.Conn
	until time.Time
}

func (l *limited) SetDeadline(until time.Time) error {
	l.until = until
	return nil
}

// TestLimitEnds: a request has its own limits.
func TestLimitEnds(t *testing.T) {
	t.Parallel()
	conn := &limited{}
	c := newConnection(conn, "127.0.0.1:1", time.Second, &keepAlive{})
	if conn.until.IsZero() {
		t.Error("a connection may wait forever for its first request")
	}
	c.begin(&progress{}, false, false)
	if !conn.until.IsZero() {
		t.Errorf("a request has until %s, whatever its own limit", conn.until)
	}
}
