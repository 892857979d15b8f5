package postgres

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// silence is how long the server may take to answer. It is longer than the server waits for a lock.
const silence = time.Minute

// dialer makes connections that notice when the other end is gone.
type dialer struct{ last atomic.Pointer[link] }

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	to := net.Dialer{Timeout: connectTimeout, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3,
	}}
	c, err := to.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	made := &link{Conn: c}
	d.last.Store(made)
	return made, nil
}

// end closes the last connection.
func (d *dialer) end() {
	if last := d.last.Load(); last != nil {
		last.end()
	}
}

// DialContext connects.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d.dial(ctx, network, address)
}

// Dial connects.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.dial(context.Background(), network, address)
}

// DialTimeout connects within a time.
func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.dial(ctx, network, address)
}

// link is a connection that fails if the other end sends nothing, if signing in takes longer than
// the driver allows, and after it was ended, because a server that never stops sending would keep
// the program running.
type link struct {
	net.Conn
	limit atomic.Pointer[time.Time] // the driver's, for the sign-in
	ended atomic.Bool
}

// end lets every read and write fail, those that are under way too.
func (l *link) end() {
	l.ended.Store(true)
	_ = l.Conn.SetDeadline(time.Now())
}

// SetDeadline stores the driver's limit, which each read would otherwise move.
func (l *link) SetDeadline(at time.Time) error {
	l.limit.Store(&at)
	return l.Conn.SetDeadline(at)
}

// extend sets the deadline of a read or write.
func (l *link) extend(set func(time.Time) error) error {
	until := time.Now().Add(silence)
	if limit := l.limit.Load(); limit != nil && !limit.IsZero() && limit.Before(until) {
		until = *limit
	}
	if err := set(until); err != nil {
		return err
	}
	if l.ended.Load() { // read after the deadline was set, which might otherwise undo that of end
		return os.ErrDeadlineExceeded
	}
	return nil
}

func (l *link) Read(b []byte) (int, error) {
	if err := l.extend(l.SetReadDeadline); err != nil {
		return 0, err
	}
	return l.Conn.Read(b)
}

func (l *link) Write(b []byte) (int, error) {
	if err := l.extend(l.SetWriteDeadline); err != nil {
		return 0, err
	}
	return l.Conn.Write(b)
}

// connection signs in. If ctx ends first, or it takes too long, the sign-in is abandoned: the
// driver computes as many rounds of a password's hash as the server asks for (RFC 5802), which may
// take years, and can't be stopped meanwhile.
func connection(ctx context.Context, db *sql.DB) (*sql.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, silence, errSlowSignIn)
	defer cancel()
	type made struct {
		conn  *sql.Conn
		err   error
		crash any
	}
	done := make(chan made, 1)
	go func() {
		defer func() {
			if crash := recover(); crash != nil {
				done <- made{crash: crash} // see [DB.survive]
			}
		}()
		conn, err := db.Conn(ctx)
		done <- made{conn: conn, err: err}
	}()
	select {
	case got := <-done:
		if got.crash != nil {
			panic(got.crash)
		}
		return got.conn, got.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

var errSlowSignIn = errors.New("the server took too long to let this program sign in")
