package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// systemError is how net reports a failed call of the system on any platform.
func systemError(op, call string, errno syscall.Errno) error {
	from, to := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 50001}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443}
	return &url.Error{Op: "Get", URL: "https://proget.corp.local/x", Err: &net.OpError{
		Op: op, Net: "tcp", Source: from, Addr: to, Err: os.NewSyscallError(call, errno),
	}}
}

// TestErrnoWords says the same of the numbers of Unix, of WinSock and of Windows.
func TestErrnoWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		words   string
		unix    []syscall.Errno
		winsock []syscall.Errno
		windows []syscall.Errno
	}{
		{"connection refused", []syscall.Errno{syscall.ECONNREFUSED}, []syscall.Errno{10061}, []syscall.Errno{1225}},
		{"the connection was reset", []syscall.Errno{syscall.ECONNRESET}, []syscall.Errno{10054, 10052}, []syscall.Errno{64}},
		{"the connection was closed", []syscall.Errno{syscall.ECONNABORTED, syscall.EPIPE, syscall.ENOTCONN}, []syscall.Errno{10053, 10057, 10058}, []syscall.Errno{109, 1236}},
		{"the connection timed out", []syscall.Errno{syscall.ETIMEDOUT}, []syscall.Errno{10060}, []syscall.Errno{121}},
		{"the host cannot be reached", []syscall.Errno{syscall.EHOSTUNREACH, syscall.EHOSTDOWN}, []syscall.Errno{10064, 10065}, []syscall.Errno{1232, 1234}},
		{"the network cannot be reached", []syscall.Errno{syscall.ENETUNREACH, syscall.ENETDOWN}, []syscall.Errno{10050, 10051}, []syscall.Errno{1231}},
		{"no free port on this machine", []syscall.Errno{syscall.EADDRNOTAVAIL, syscall.EADDRINUSE}, []syscall.Errno{10048, 10049}, nil},
		{"too many open files on this machine", []syscall.Errno{syscall.EMFILE, syscall.ENFILE}, []syscall.Errno{10024}, nil},
		{"this machine is out of memory for connections", []syscall.Errno{syscall.ENOBUFS, syscall.ENOMEM}, []syscall.Errno{10055}, nil},
		{"not permitted on this machine", []syscall.Errno{syscall.EACCES, syscall.EPERM}, []syscall.Errno{10013}, nil},
		{"this machine does not have that kind of network address", []syscall.Errno{syscall.EAFNOSUPPORT}, []syscall.Errno{10047}, nil},
	} {
		for _, errno := range append(test.unix, test.winsock...) {
			if got := networkWords(systemError("dial", "connectex", errno), noon()); got != test.words {
				t.Errorf("errno %d: %q, want %q", errno, got, test.words)
			}
		}
		for _, errno := range test.windows {
			if got := errnoWords(errno, "windows"); got != test.words {
				t.Errorf("Windows %d: %q, want %q", errno, got, test.words)
			}
		}
	}
	if got := errnoWords(64, "linux"); got != "" {
		t.Errorf("64 is another error on Linux: %q", got)
	}
}

// certificate is a server's, valid for a year before and after noon.
func certificate() *x509.Certificate {
	return &x509.Certificate{
		DNSNames: []string{"a.example", "b.example"}, NotBefore: noon().AddDate(-1, 0, 0), NotAfter: noon().AddDate(1, 0, 0),
		RawIssuer: []byte("issuer"), RawSubject: []byte("subject"),
	}
}

// named is a certificate for one name of a host.
func named(host string) *x509.Certificate {
	c := certificate()
	c.DNSNames = []string{host}
	return c
}

// TestNetworkWords shows nothing of Go's own text for any error of the network.
func TestNetworkWords(t *testing.T) {
	t.Parallel()
	expired, early, selfSigned := certificate(), certificate(), certificate()
	expired.NotAfter, early.NotBefore, selfSigned.RawIssuer = noon().AddDate(0, 0, -1), noon().AddDate(0, 0, 1), []byte("subject")
	verification := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	lookup := func(e net.DNSError) error {
		e.Name, e.Server, e.Err = "proget.corp.local", "127.0.0.53:53", "server misbehaving"
		return &net.OpError{Op: "dial", Net: "tcp", Err: &e}
	}
	for _, test := range []struct {
		err   error
		words string
	}{
		{lookup(net.DNSError{IsNotFound: true}), "no such host"},
		{lookup(net.DNSError{IsTimeout: true}), "the name lookup took too long"},
		{lookup(net.DNSError{IsTemporary: true}), "the name lookup failed"},
		{&net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}, "it took too long"},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), "it took too long"},
		{context.Canceled, "interrupted"},
		{fmt.Errorf("Get: %w", io.EOF), "the connection was closed"},
		{io.ErrUnexpectedEOF, "the connection was closed"},
		{&net.OpError{Op: "read", Net: "tcp", Err: net.ErrClosed}, "the connection was closed"},
		{errors.New("http: server closed idle connection"), "the connection was closed"},
		{errStalled, "the server stopped sending"},
		{errNoAnswer, "the server did not begin to answer in time"},
		{verification(x509.UnknownAuthorityError{Cert: certificate()}), "it is signed by an unknown authority"},
		{verification(x509.UnknownAuthorityError{Cert: selfSigned}), "it is self-signed"},
		{verification(x509.CertificateInvalidError{Cert: expired, Reason: x509.Expired}), "it expired on 2026-11-20"},
		{verification(x509.CertificateInvalidError{Cert: early, Reason: x509.Expired}), "it is not valid before 2026-11-22T12:00:00Z"},
		{verification(x509.CertificateInvalidError{Cert: certificate(), Reason: x509.Expired}), "one of its issuers has expired"},
		{verification(x509.CertificateInvalidError{Cert: certificate(), Reason: x509.IncompatibleUsage}), "it is not meant for a server"},
		{verification(x509.CertificateInvalidError{Cert: certificate(), Reason: x509.NotAuthorizedToSign}), "it, or one of its issuers, is not valid"},
		{verification(x509.HostnameError{Certificate: certificate(), Host: "c.example"}), "it is for a.example, b.example, not for c.example"},
		{verification(x509.HostnameError{Certificate: named("192.0.2.1"), Host: "192.0.2.1"}), "it has 192.0.2.1 as the name of a host, not as an IP address"},
		{verification(x509.HostnameError{Certificate: named("192.0.2.2"), Host: "192.0.2.1"}), "it is for 192.0.2.2, not for 192.0.2.1"},
		{x509.SystemRootsError{Err: errors.New("x509: no roots")}, "the certificate authorities of this machine cannot be loaded"},
		{verification(errors.New("x509: what no platform reports yet")), "it cannot be verified"},
		{fmt.Errorf("x: %w", http.ErrSchemeMismatch), "the server speaks plain HTTP, not TLS"},
		{tls.RecordHeaderError{Msg: "tls: first record does not look like a TLS handshake"}, "the server does not speak TLS"},
		{errors.New("net/http: TLS handshake timeout"), "the TLS handshake took too long"},
		{errors.New("tls: server selected unsupported protocol version 301"), "the server has only versions of TLS that are no longer safe"},
		{errors.New("tls: server chose an unconfigured cipher suite"), "the server asks for a kind of TLS that is no longer safe"},
		{errors.New("tls: something new"), "the TLS handshake failed"},
		{errors.New(`net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0"`), "the answer is not valid HTTP"},
		{errors.New("net/http: server response headers exceeded 1048576 bytes; aborted"), "the headers of the answer are too large"},
		{errors.New("socks connect tcp 127.0.0.1:1080->proget:443: unknown error"), "the SOCKS proxy did not connect to it"},
		{&proxyError{host: "proxy.corp:3128", status: 407}, "the proxy proxy.corp:3128 answered 407 Proxy Authentication Required"},
		{systemError("read", "wsarecv", 99999), "the connection failed"},
		{errors.New("dial tcp 127.0.0.1:443: something new"), "the connection failed"},
	} {
		if got := networkWords(test.err, noon()); got != test.words {
			t.Errorf("%v: %q, want %q", test.err, got, test.words)
		}
	}
}

// TestWordsForNoConnection names the host, the port and the reason, whatever the platform says, and
// the proxy by the name that it was given.
func TestWordsForNoConnection(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{systemError("dial", "connectex", 10061), "cannot connect to proget.corp.local:443: connection refused"},
		{systemError("dial", "connect", syscall.ECONNREFUSED), "cannot connect to proget.corp.local:443: connection refused"},
		{&net.OpError{Op: "proxyconnect", Net: "tcp", Err: &dialError{"proxy.corp:3128", systemError("dial", "connect", syscall.ECONNREFUSED)}},
			"cannot connect to the proxy proxy.corp:3128: connection refused"},
		{&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{Cert: certificate()}},
			"cannot trust the certificate of proget.corp.local:443: it is signed by an unknown authority"},
	} {
		x := exchange{request: request{url: mustParse(t, "https://proget.corp.local/x")}, phase: phaseConnecting, err: test.err}
		if got := noResponse(x, noon()); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestBodyThatBreaksOff says so in plain words, not in the system's, in the middle of a document.
func TestBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "[")
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*net.TCPConn).SetLinger(0) // so that closing resets it
		_ = conn.Close()
	}))
	err := listError(t.Context(), newClient(t, address, WithRetries(0), WithTimeout(time.Minute)))
	e := wantKind(t, err, KindUnavailable)
	for _, own := range []string{"127.0.0.1:", "read tcp", "EOF", "->"} {
		if strings.Contains(e.Message, own) {
			t.Errorf("%q holds %q", e.Message, own)
		}
	}
}

// TestAnswerOfAnotherForm names no type of this program.
func TestAnswerOfAnotherForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"feedType": 7}`: `its "feedType" has another form`,
		`[]`:              "it has another form",
		`{"name":`:        "it is cut off",
		`no JSON`:         "it is not valid JSON",
	} {
		c := newClient(t, startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })))
		_, err := c.Feeds.Info(t.Context(), "f")
		if e := wantKind(t, err, KindUnavailable); !strings.HasSuffix(e.Message, want) {
			t.Errorf("%s: %q, want %q", body, e.Message, want)
		}
	}
}
