//go:build unix

package client

import (
	"net"
	"syscall"
)

// peeker looks at what waits to be read from a connection. It is made once for each connection,
// because a batch looks before each record.
type peeker struct {
	raw  syscall.RawConn
	look func(fd uintptr)
	buf  [firstLength]byte
	n    int
	err  error
}

// newPeeker returns nil for a connection that is not the system's.
func newPeeker(conn net.Conn) *peeker {
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
	return p
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
