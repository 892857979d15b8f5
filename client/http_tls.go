package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"reflect"
	"strings"
)

// isTLSFailure reports whether the two sides could not agree on TLS, which another attempt does not
// fix.
func isTLSFailure(err error) bool {
	// net/http puts ErrSchemeMismatch instead of the TLS error of a server that answers in plain
	// HTTP.
	if isCertificateFailure(err) || isHandshakeAlert(err) || errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	return plain
}

// brokeTLS reports whether what came after the handshake is not the TLS that was agreed on. It is
// not from the server then.
func brokeTLS(err error) bool {
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	_, alerted := alertCode(err)
	return plain || errors.Is(err, http.ErrSchemeMismatch) || !alerted && strings.Contains(err.Error(), "tls: ")
}

// isCertificateFailure reports whether the server's certificate was refused.
func isCertificateFailure(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok
}

// Alerts by which a server ends a handshake over the client's certificate or the parameters (RFC
// 8446 section 6.2): 40 to 49, 70, 71 and 116.
const (
	alertHandshakeFailure     = 40
	alertAccessDenied         = 49
	alertProtocolVersion      = 70
	alertInsufficientSecurity = 71
	alertCertificateRequired  = 116
)

// isHandshakeAlert reports whether the server ended the handshake with an alert.
func isHandshakeAlert(err error) bool {
	code, ok := alertCode(err)
	switch code {
	case alertProtocolVersion, alertInsufficientSecurity, alertCertificateRequired:
		return ok
	default:
		return ok && code >= alertHandshakeFailure && code <= alertAccessDenied
	}
}

func isAlert(err error, want uint64) bool {
	code, ok := alertCode(err)
	return ok && code == want
}

// alertCode is the number of the alert with which the server ended a connection.
func alertCode(err error) (uint64, bool) {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return 0, false
	}
	// crypto/tls keeps the alert's type to itself; its number is all it is.
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return 0, false
	}
	return v.Uint(), true
}
