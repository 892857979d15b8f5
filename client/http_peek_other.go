//go:build !unix

package client

import (
	"net"
	"sync"
)

// peeker sees nothing: on this platform the reader of a connection learns of it as soon as
// something comes, or the other side closes it.
type peeker struct{}

func newPeeker(net.Conn, *sync.Mutex) *peeker { return nil }

func (p *peeker) peek() (waiting []byte, closed bool) { return nil, false }

// read reads as conn does, and returns with mu locked.
func (p *peeker) read(conn net.Conn, mu *sync.Mutex, b []byte) (int, error) {
	n, err := conn.Read(b)
	mu.Lock()
	return n, err
}
