package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
)

// stuck is a sign-in that takes no notice of a context: a hash of as many rounds as a server likes.
type stuck struct{ begun, end chan struct{} }

func (s stuck) Connect(context.Context) (driver.Conn, error) {
	close(s.begun)
	<-s.end
	return nil, errors.New("came to its end")
}

func (s stuck) Driver() driver.Driver { return nil }

// crashing is a sign-in in which the driver panics.
type crashing struct{ stuck }

func (crashing) Connect(context.Context) (driver.Conn, error) { panic("no such message") }

func TestSignInThatHeedsNothing(t *testing.T) {
	t.Parallel()
	s := stuck{make(chan struct{}), make(chan struct{})}
	defer close(s.end)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-s.begun
		cancel()
	}()
	if _, err := connection(ctx, sql.OpenDB(s)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestSignInThatPanics panics where [DB.survive] sees it.
func TestSignInThatPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() != "no such message" {
			t.Error("the panic was lost")
		}
	}()
	_, _ = connection(t.Context(), sql.OpenDB(crashing{}))
}

// TestPlain says the same of a connection on each platform.
func TestPlain(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"cannot connect to h: connection refused": &net.OpError{Op: "dial", Err: os.NewSyscallError("connectex", syscall.Errno(10061))},
		"cannot connect to h":                     &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)},
		"the connection to h was lost":            &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)},
	} {
		if got := plain("h", err); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}
