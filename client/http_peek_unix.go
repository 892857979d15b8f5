//go:build unix

package client

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// peek returns up to n bytes that wait to be read from conn, and whether the
// other side has closed it. It takes nothing, and does not wait.
func peek(conn net.Conn, n int) (waiting []byte, closed bool) {
	holder, ok := conn.(syscall.Conn)
	if !ok {
		return nil, false
	}
	raw, err := holder.SyscallConn()
	if err != nil {
		return nil, true
	}
	var buf [firstLength]byte
	// Control, because Read would wait for the reader that has the connection.
	err = raw.Control(func(fd uintptr) {
		n, _, err := unix.Recvfrom(int(fd), buf[:n], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		switch {
		case err == unix.EAGAIN || err == unix.EINTR:
		case err != nil || n == 0:
			closed = true
		default:
			waiting = buf[:n]
		}
	})
	return waiting, closed || err != nil
}
