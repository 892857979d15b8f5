//go:build !unix

package client

import "net"

// peek sees nothing: on this platform the reader of a connection is told as soon
// as something comes, or the other side closes it.
func peek(net.Conn, int) (waiting []byte, closed bool) { return nil, false }
