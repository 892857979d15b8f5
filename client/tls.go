package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"reflect"
)

// isTLSFailure reports whether the two sides could not agree on TLS, which
// another attempt does not mend.
func isTLSFailure(err error) bool {
	// net/http puts ErrSchemeMismatch in the place of the TLS error of a server
	// that answers in plain HTTP.
	if isCertificateFailure(err) || isHandshakeAlert(err) || errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	return plain
}

// isCertificateFailure reports whether the server's certificate was refused.
func isCertificateFailure(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.HostnameError](err)
	return ok
}

// Alerts by which a server ends a handshake over the client's certificate or
// the parameters (RFC 8446 section 6.2): 40 to 49, 70, 71 and 116.
const (
	alertHandshakeFailure     = 40
	alertAccessDenied         = 49
	alertProtocolVersion      = 70
	alertInsufficientSecurity = 71
	alertCertificateRequired  = 116
)

// isHandshakeAlert reports whether the server ended the handshake with an
// alert. In TLS 1.3 the alert for a missing client certificate comes after the
// request was written, but no server acts on a request before its handshake is
// done.
func isHandshakeAlert(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return false
	}
	// crypto/tls keeps the alert's type to itself; its number is all it is.
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return false
	}
	switch code := v.Uint(); code {
	case alertProtocolVersion, alertInsufficientSecurity, alertCertificateRequired:
		return true
	default:
		return code >= alertHandshakeFailure && code <= alertAccessDenied
	}
}
