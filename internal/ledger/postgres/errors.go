package postgres

import (
	"context"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/lib/pq"

	"github.com/progetctl/progetctl/internal/ledger/engine"
	"github.com/progetctl/progetctl/internal/safefile"
)

// wrap makes an [engine.Error] of what the server or the network said, without secrets.
func wrap(a address, err error) error {
	if err == nil || errors.As(err, new(*engine.Error)) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	words := a.redact(plain(a.host(), err))
	return &engine.Error{Path: a.name(), Kind: kindOf(err), Err: engine.Reason{Words: words, Err: redacted{words, err}}}
}

// redacted is an error that can be unwrapped, and whose text has no secrets.
type redacted struct {
	words string
	err   error
}

func (r redacted) Error() string        { return r.words }
func (r redacted) Is(target error) bool { return errors.Is(r.err, target) }

// code is the server's code for an error (PostgreSQL, appendix A), "" for none.
func code(err error) string {
	var said *pq.Error
	if !errors.As(err, &said) {
		return ""
	}
	return string(said.Code)
}

// lost reports whether an error is one of the connection, not of a statement.
func lost(err error) bool {
	// The error number of a file that is missing, such as that of sslrootcert, looks like a network
	// error.
	if err == nil || errors.Is(err, errPooler) || errors.As(err, new(*fs.PathError)) {
		return false
	}
	if c := code(err); c != "" {
		// The session was ended, or the server stops or starts.
		return strings.HasPrefix(c, "57P") || strings.HasPrefix(c, "08")
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, errNoConnection) || broken(err)
}

// broken is true for the ends of a connection that are not network errors.
func broken(err error) bool {
	for _, end := range []error{net.ErrClosed, os.ErrDeadlineExceeded, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNREFUSED} {
		if errors.Is(err, end) {
			return true
		}
	}
	text := err.Error()
	return strings.HasSuffix(text, "EOF") || strings.Contains(text, "bad connection") || strings.Contains(text, "connection is already closed")
}

// refusedParameter is PgBouncer's answer to an unknown parameter.
func refusedParameter(err error) bool {
	return strings.Contains(err.Error(), "unsupported startup parameter")
}

func kindOf(err error) error {
	switch code(err) {
	case "55P03", "40P01": // lock_not_available, deadlock_detected
		return engine.ErrBusy
	}
	return engine.KindOf(err)
}

// plain says in plain words what went wrong.
func plain(host string, err error) string {
	var said *pq.Error
	var dns *net.DNSError
	var network *net.OpError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.Is(err, errPooler), errors.Is(err, errProtocol), errors.Is(err, engine.ErrNewer), errors.Is(err, engine.ErrDamaged), errors.Is(err, engine.ErrBusy):
		return err.Error()
	case errors.As(err, &said):
		return serverWords(said)
	case errors.As(err, new(*fs.PathError)):
		return safefile.Words(err)
	case errors.As(err, &authority):
		return "cannot connect to " + host + ": its certificate is signed by an unknown authority; name the authority's certificate with sslrootcert"
	case errors.As(err, &name):
		return "cannot connect to " + host + ": its certificate is for another host"
	case errors.As(err, &dns):
		return "cannot connect to " + host + ": unknown host"
	case errors.As(err, &network) && network.Timeout():
		return "cannot connect to " + host + ": timed out"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.Errno(10061)): // the latter is Windows'
		return "cannot connect to " + host + ": connection refused"
	case errors.As(err, &network) && network.Op == "dial":
		return "cannot connect to " + host
	case strings.Contains(err.Error(), "SSL is not enabled"):
		return "cannot connect to " + host + ": the server has no TLS; use another network or sslmode=disable"
	case errors.Is(err, engine.ErrLost), lost(err):
		return "the connection to " + host + " was lost"
	}
	return strings.TrimPrefix(err.Error(), "pq: ")
}

// serverWords are what the server said, with what to do.
func serverWords(e *pq.Error) string {
	switch e.Code {
	case "42501": // insufficient_privilege
		return e.Message + "; ask the database's owner for the rights of this role"
	case "28P01": // invalid_password
		return e.Message + "; check the user, and the password in PGPASSWORD, the password file or the address"
	case "3D000": // invalid_catalog_name
		return e.Message + "; check its name in the address, or create it"
	case "22012", "23502": // of the statement in Begin
		if e.Table == "writer" || e.Code == "22012" {
			return errPooler.Error()
		}
	case "53100": // disk_full
		return "the database's disk is full"
	}
	return e.Message
}
