//go:build unix

package client

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// peeker looks at what waits to be read from a connection, and reads it. It is made once for each
// connection, because a batch looks before each record.
type peeker struct {
	raw  syscall.RawConn
	look func(fd uintptr)
	buf  [firstLength]byte
	n    int
	err  error

	reads sync.Mutex // one read at a time
	take  func(fd uintptr) bool
	into  []byte
	taken int
	fault error
}

// newPeeker returns nil for a connection that is not the system's. What it reads is taken from the
// system under mu.
func newPeeker(conn net.Conn, mu *sync.Mutex) *peeker {
	holder, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := holder.SyscallConn()
	if err != nil {
		return nil
	}
	p := &peeker{raw: raw}
	p.look = func(fd uintptr) {
		p.n, _, p.err = syscall.Recvfrom(int(fd), p.buf[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	}
	p.take = func(fd uintptr) bool {
		mu.Lock()
		for {
			p.taken, p.fault = syscall.Read(int(fd), p.into)
			if p.fault != syscall.EINTR {
				break
			}
		}
		if p.fault == syscall.EAGAIN {
			mu.Unlock()
			return false
		}
		return true
	}
	return p
}

// read reads as conn does, and returns with mu locked. Between the two nobody may peek: what is no
// longer with the system, and not yet noted, would be seen by nobody.
func (p *peeker) read(conn net.Conn, mu *sync.Mutex, b []byte) (int, error) {
	if p == nil {
		n, err := conn.Read(b)
		mu.Lock()
		return n, err
	}
	p.reads.Lock()
	defer p.reads.Unlock()
	p.into = b
	err := p.raw.Read(p.take)
	p.into = nil
	switch {
	case err != nil: // closed, or too late
		mu.Lock()
		return 0, err
	case p.fault != nil:
		return 0, &net.OpError{Op: "read", Net: conn.LocalAddr().Network(), Source: conn.LocalAddr(), Addr: conn.RemoteAddr(),
			Err: os.NewSyscallError("read", p.fault)}
	case p.taken == 0 && len(b) > 0:
		return 0, io.EOF
	}
	return p.taken, nil
}

// peek returns what waits to be read, at most firstLength bytes that are valid until the next call,
// and whether the other side has closed the connection. It takes nothing, and does not wait.
func (p *peeker) peek() (waiting []byte, closed bool) {
	if p == nil {
		return nil, false
	}
	// Control, because Read would wait for the reader that has the connection.
	if err := p.raw.Control(p.look); err != nil {
		return nil, true
	}
	switch {
	case p.err == syscall.EAGAIN || p.err == syscall.EINTR:
		return nil, false
	case p.err != nil || p.n == 0:
		return nil, true
	}
	return p.buf[:p.n], false
}
