package client

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// connection is one connection to a server or a proxy. It is watched, so that a failed request can
// say whether any of it may have reached the server, and so that nothing is written to one that
// the other side has closed.
type connection struct {
	net.Conn
	address   string // that was asked for
	keepAlive *keepAlive
	peeker    *peeker
	written   atomic.Int64
	atEnd     atomic.Bool // the other side sends no more
	read      atomic.Int64

	mu      sync.Mutex
	changed sync.Cond
	user    *progress // the request that has it, or had it last
	before  *progress // the request that had it before, until user writes
	secure  bool      // TLS is spoken on it
	reused  bool
	opening bool   // user has written nothing yet
	reading bool   // a read waits for the network, so nothing is buffered above it
	early   bool   // something came before user wrote: it is not an answer
	readYet int64  // bytes read before user wrote
	ended   bool   // it is closed, by either side
	idle    bool   // no request uses it
	first   []byte // what the other side sent first
}

// firstLength is enough for otherProtocolOf to recognize a protocol.
const firstLength = 24

// errUnasked refuses a connection on which something came before the request.
var errUnasked = errors.New("the server answered before it was asked")

// silence is a proxy, or a server behind it, that was not ready for a request in time.
type silence struct {
	proxy string // HOST:PORT
	err   error
}

// Error names the proxy.
func (s *silence) Error() string { return "no answer came through the proxy " + s.proxy + " in time" }

// Unwrap returns the system's error.
func (s *silence) Unwrap() error { return s.err }

// newConnection is one that has so long until its first request. A proxy may have to answer first,
// and net/http would wait a minute for that, or with SOCKS forever.
func newConnection(conn net.Conn, address string, limit time.Duration, k *keepAlive) *connection {
	_ = conn.SetDeadline(time.Now().Add(limit))
	c := &connection{Conn: conn, address: address, keepAlive: k}
	c.changed.L = &c.mu
	c.peeker = newPeeker(conn, &c.mu)
	return c
}

// carrier is what TLS is spoken on.
type carrier interface {
	// ranOut reports whether it came to its end. TLS does not read on after the other side has said
	// that it is done, so it was cut off then.
	ranOut() bool
}

// connectionOf returns what is below conn and TLS, or nil, and what carries its TLS, nil without.
func connectionOf(conn net.Conn) (c *connection, carries carrier) {
	for {
		t, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = t.NetConn() // twice through a proxy at an https address
		if carries == nil {
			carries, _ = conn.(carrier)
		}
	}
	c, _ = conn.(*connection)
	return c, carries
}

func (c *connection) ranOut() bool { return c.atEnd.Load() }

// begin hands the connection to a request.
func (c *connection) begin(user *progress, secure, reused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.user == nil {
		_ = c.SetDeadline(time.Time{})
	}
	c.before, c.user, c.secure, c.reused = c.user, user, secure, reused
	c.leaveRest()
	c.opening, c.early = true, false
}

// rest takes it back from a request, unless another has it already.
func (c *connection) rest(user *progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.user == user && !c.opening && !c.ended {
		c.idle = true
		c.keepAlive.addIdle(1)
	}
}

func (c *connection) leaveRest() {
	if c.idle {
		c.idle = false
		c.keepAlive.addIdle(-1)
	}
}

// answerBegins notes that the first byte of an answer to user was read. If nothing came since user
// wrote, it was there before, left over in a buffer.
func (c *connection) answerBegins(user *progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.user == user && (c.opening || c.read.Load() == c.readYet) {
		c.early = true
		c.changed.Broadcast()
	}
}

// Read reads, and notes what the other side does while nothing is asked of it.
func (c *connection) Read(b []byte) (int, error) {
	c.mu.Lock()
	c.reading = true
	c.changed.Broadcast()
	c.mu.Unlock()
	n, err := c.peeker.read(c.Conn, &c.mu, b)
	defer c.mu.Unlock()
	if err == io.EOF {
		c.atEnd.Store(true)
	}
	c.reading = false
	c.came(b[:n])
	c.read.Add(int64(n))
	if err != nil && !isTimeout(err) {
		c.ended = true
		c.changed.Broadcast()
	}
	switch {
	case c.user == nil && isTimeout(err):
		err = &silence{c.address, err}
	case c.idle && !errors.Is(err, net.ErrClosed):
		c.keepAlive.lost()
		c.leaveRest()
		c.ended = true
		if c.secure {
			break // most likely the alert with which TLS is closed
		}
		// An unrequested answer ends the connection. net/http would end it as well, but show the
		// answer in a log.
		return 0, io.EOF
	case c.opening && c.secure && c.reused && n > 0:
		// TLS is being closed. The alert with which we answer is not a request.
		c.ended = true
	case c.opening && !c.secure && n > 0:
		c.early = true
		c.changed.Broadcast()
	}
	return n, err
}

func (c *connection) came(b []byte) {
	if len(c.first) == 0 {
		c.first = bytes.Clone(b[:min(len(b), firstLength)])
	}
}

// Write writes, if the connection is still good for a request.
func (c *connection) Write(b []byte) (int, error) {
	if err := c.open(); err != nil {
		return 0, err
	}
	// Counted before the write: a write that fails half-way has begun.
	c.written.Add(int64(len(b)))
	return c.Conn.Write(b)
}

// open refuses the first write of a request to a connection that the other side has closed, or may
// close, or on which something unrequested came: it would be taken for the answer. To see that
// nothing is buffered, it waits until the reader has returned to the network. Not with TLS: its
// reader writes as well.
func (c *connection) open() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.opening {
		return nil
	}
	c.awaitBefore()
	if c.reused && c.user.record && !c.keepAlive.grantReuse() {
		return net.ErrClosed
	}
	for !c.secure && !c.reading && !c.early && !c.ended {
		c.changed.Wait()
	}
	// A new connection with TLS has session tickets to send, which are not an answer.
	if !c.early && !c.ended && (c.reused || !c.secure) {
		waiting, closed := c.peeker.peek()
		c.early, c.ended = len(waiting) > 0, closed
		c.came(waiting)
	}
	switch {
	case c.early:
		return errUnasked
	case c.ended:
		return net.ErrClosed
	}
	c.opening, c.readYet = false, c.read.Load()
	return nil
}

// awaitBefore waits until the request before has its answer. net/http hands a connection to the
// next request a moment before it delivers an answer without a body, and loses that answer if the
// next request ends the connection.
func (c *connection) awaitBefore() {
	if before := c.before; before != nil {
		c.before = nil
		c.mu.Unlock()
		before.waiting.Wait()
		c.mu.Lock()
	}
}

// Close closes it.
func (c *connection) Close() error {
	c.mu.Lock()
	c.leaveRest()
	c.ended = true
	c.changed.Broadcast()
	c.mu.Unlock()
	return c.Conn.Close()
}

// spokeFirst reports whether what looks like an answer to user came before user wrote.
func (c *connection) spokeFirst(user *progress) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.user == user && c.early
}

func (c *connection) isSecure() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secure
}

// said returns what the other side sent first.
func (c *connection) said() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
