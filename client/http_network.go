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
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// noResponse says in plain words why there was no answer, the same on each platform: which host
// could not be reached, or lost the request, and why.
func noResponse(x exchange, now time.Time) string {
	host := hostPort(x.request.url)
	switch {
	case x.phase == phaseOtherProtocol && x.said == speaksTLS:
		return host + " speaks TLS, not plain HTTP"
	case x.phase == phaseOtherProtocol:
		return host + " speaks " + x.said + ", not HTTP"
	case x.phase == phaseProxy, isRefusalOfProxy(x.err):
		return fmt.Sprintf("cannot connect to %s: %s", host, networkWords(x.err, now))
	case isProxyFailure(x.err):
		return fmt.Sprintf("cannot connect to the proxy%s: %s", dialedAddress(x.err), networkWords(x.err, now))
	case isCertificateFailure(x.err):
		return fmt.Sprintf("cannot trust the certificate of %s: %s", host, networkWords(x.err, now))
	case x.phase == phaseSent && brokeTLS(x.err):
		return fmt.Sprintf("no answer from %s: something in between broke TLS", host)
	case x.phase == phaseSent, x.phase == phaseConnected:
		return fmt.Sprintf("no answer from %s: %s", host, networkWords(x.err, now))
	}
	return fmt.Sprintf("cannot connect to %s: %s", host, networkWords(x.err, now))
}

// hostPort is the host of u with its port, also where that is the default one.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = originOf(u).port
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// dialError is a connection that was not made, with the address that was asked for: net/http and
// the system name the one that it was resolved to, if any.
type dialError struct {
	address string // HOST:PORT
	err     error
}

// Error says both.
func (e *dialError) Error() string { return e.address + ": " + e.err.Error() }

// Unwrap returns the system's error.
func (e *dialError) Unwrap() error { return e.err }

// dialedAddress is " HOST:PORT" of a proxy that could not be reached, "" if unknown.
func dialedAddress(err error) string {
	if failed, ok := errors.AsType[*dialError](err); ok {
		return " " + failed.address
	}
	return ""
}

func isRefusalOfProxy(err error) bool {
	_, ok := errors.AsType[*proxyError](err)
	return ok
}

// errnoWords says what the system's error numbers mean. Windows has numbers of its own: those of
// WinSock, above 10000, and of the system, which are in [windowsWords] because other systems use
// the small ones for something else.
func errnoWords(errno syscall.Errno, goos string) string {
	switch errno {
	case syscall.ECONNREFUSED, 10061:
		return "connection refused"
	case syscall.ECONNRESET, 10054, 10052:
		return "the connection was reset"
	case syscall.ECONNABORTED, syscall.EPIPE, syscall.ENOTCONN, 10053, 10057, 10058:
		return "the connection was closed"
	case syscall.ETIMEDOUT, 10060:
		return "the connection timed out"
	case syscall.EHOSTUNREACH, syscall.EHOSTDOWN, 10064, 10065:
		return "the host cannot be reached"
	case syscall.ENETUNREACH, syscall.ENETDOWN, 10050, 10051:
		return "the network cannot be reached"
	case syscall.EADDRNOTAVAIL, syscall.EADDRINUSE, 10048, 10049:
		return "no free port on this machine"
	case syscall.EMFILE, syscall.ENFILE, 10024:
		return "too many open files on this machine"
	case syscall.ENOBUFS, syscall.ENOMEM, 10055:
		return "this machine is out of memory for connections"
	case syscall.EACCES, syscall.EPERM, 10013:
		return "not permitted on this machine"
	case syscall.EAFNOSUPPORT, 10047:
		return "this machine does not have that kind of network address"
	}
	if goos == "windows" {
		return windowsWords(errno)
	}
	return ""
}

// windowsWords is for the numbers of Windows itself, which its asynchronous calls give instead of
// WinSock's (Microsoft, System Error Codes).
func windowsWords(errno syscall.Errno) string {
	switch errno {
	case 1225: // ERROR_CONNECTION_REFUSED
		return "connection refused"
	case 64: // ERROR_NETNAME_DELETED
		return "the connection was reset"
	case 109, 1236: // ERROR_BROKEN_PIPE, ERROR_CONNECTION_ABORTED
		return "the connection was closed"
	case 121: // ERROR_SEM_TIMEOUT
		return "the connection timed out"
	case 1232, 1234: // ERROR_HOST_UNREACHABLE, ERROR_PORT_UNREACHABLE
		return "the host cannot be reached"
	case 1231: // ERROR_NETWORK_UNREACHABLE
		return "the network cannot be reached"
	}
	return ""
}

// networkWords is the one table from the errors of the network, of TLS and of net/http to plain
// words. None of their own text is shown.
func networkWords(err error, now time.Time) string {
	if refusal, ok := errors.AsType[*proxyError](err); ok {
		return refusal.Error()
	}
	if silent, ok := errors.AsType[*silence](err); ok {
		return silent.Error()
	}
	for _, ours := range []error{errNoAnswer, errStalled, errTooSlow, errUnasked, errSlowHandshake} {
		if errors.Is(err, ours) {
			return ours.Error()
		}
	}
	if words := certificateWords(err, now); words != "" {
		return words
	}
	if words := tlsWords(err); words != "" {
		return words
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookupWords(lookup)
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		if words := errnoWords(errno, runtime.GOOS); words != "" {
			return words
		}
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return "the connection was closed"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return "it took too long"
	}
	return httpWords(err)
}

// httpWords is for what net/http has no types for.
func httpWords(err error) string {
	text := err.Error()
	for _, known := range []struct{ part, words string }{
		{"response headers exceeded", "the headers of the answer are too large"},
		{"server closed idle connection", "the connection was closed"},
		{"malformed", "the answer is not valid HTTP"},
		{"bad Content-Length", "the answer is not valid HTTP"},
		{"unsupported transfer encoding", "the answer is not valid HTTP"},
		{"too many transfer encodings", "the answer is not valid HTTP"},
		{"invalid", "the answer is not valid HTTP"},
		{"socks connect", "the SOCKS proxy did not connect to it"},
		{"unsupported protocol scheme", "the scheme of the address is not supported"},
	} {
		if strings.Contains(text, known.part) {
			return known.words
		}
	}
	return "the connection failed"
}

func lookupWords(err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return "no such host"
	case err.IsTimeout:
		return "the name lookup took too long"
	}
	return "the name lookup failed"
}

// tlsWords says why two sides cannot agree on TLS; "" for other errors.
func tlsWords(err error) string {
	if errors.Is(err, http.ErrSchemeMismatch) {
		return "the server speaks plain HTTP, not TLS"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the server does not speak TLS"
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		// The name of the alert is the standard's (RFC 8446 section 6).
		return "the server ended TLS: " + strings.TrimPrefix(op.Err.Error(), "tls: ")
	}
	if text := err.Error(); strings.Contains(text, "tls: ") || strings.Contains(text, "TLS handshake timeout") {
		switch {
		case strings.Contains(text, "timeout"):
			return "the TLS handshake took too long"
		case strings.Contains(text, "protocol version"):
			return "the server has only versions of TLS that are no longer safe"
		case strings.Contains(text, "cipher suite"), strings.Contains(text, "no renegotiation"):
			return "the server asks for a kind of TLS that is no longer safe"
		case strings.Contains(text, "failed to parse certificate"):
			return "the server's certificate cannot be read"
		}
		return "the TLS handshake failed"
	}
	return ""
}

// certificateWords says what is wrong with a server's certificate; "" for other errors.
func certificateWords(err error, now time.Time) string {
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		return hostnameWords(wrong)
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if cert := unknown.Cert; cert != nil && slices.Equal(cert.RawIssuer, cert.RawSubject) && !cert.IsCA {
			return "it is self-signed"
		}
		return "it is signed by an unknown authority"
	}
	if _, ok := errors.AsType[x509.SystemRootsError](err); ok {
		return "the certificate authorities of this machine cannot be loaded"
	}
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case ok && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return validityWords(invalid.Cert, now)
	case ok && invalid.Reason == x509.IncompatibleUsage:
		return "it is not meant for a server"
	case ok:
		return "it, or one of its issuers, is not valid"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "it cannot be verified"
	}
	return ""
}

// validityWords says when a certificate is valid. If it is valid now, it is one of its issuers that
// is not: macOS and Windows name the server's own anyway.
func validityWords(cert *x509.Certificate, now time.Time) string {
	switch {
	case now.Before(cert.NotBefore):
		return "it is not valid before " + cert.NotBefore.UTC().Format(time.RFC3339)
	case now.After(cert.NotAfter):
		return "it expired on " + cert.NotAfter.UTC().Format(time.DateOnly)
	}
	return "one of its issuers has expired"
}

// hostnameWords names no more than three of the hosts that a certificate is for.
func hostnameWords(wrong x509.HostnameError) string {
	if wrong.Certificate == nil {
		return "it is for another host"
	}
	names := slices.Clone(wrong.Certificate.DNSNames)
	if slices.Contains(names, wrong.Host) && net.ParseIP(wrong.Host) != nil {
		return fmt.Sprintf("it has %s as the name of a host, not as an IP address", wrong.Host)
	}
	for _, ip := range wrong.Certificate.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0:
		return "it names no host"
	case len(names) > 3:
		names = append(names[:3], "others")
	}
	return fmt.Sprintf("it is for %s, not for %s", strings.Join(names, ", "), wrong.Host)
}
