//go:build unix

package client

import (
	"io"
	"net"
	"sync"
	"testing"
)

// TestReadAndLock: while a read waits, others may look, and what it takes is taken under the lock,
// so that nobody looks in between and finds nothing.
func TestReadAndLock(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	server, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	p := newPeeker(conn, &mu)
	if p == nil {
		t.Fatal("a TCP connection has no peeker")
	}
	for _, test := range []struct {
		send func() error
		want string
		err  error
	}{
		{func() error { _, err := server.Write([]byte("one")); return err }, "one", nil},
		{server.Close, "", io.EOF},
	} {
		mu.Lock() // the read is held until the lock is free
		type result struct {
			text string
			err  error
		}
		done := make(chan result)
		go func() {
			into := make([]byte, 8)
			n, err := p.read(conn, &mu, into)
			if mu.TryLock() {
				t.Error("it returned without the lock")
			}
			mu.Unlock()
			done <- result{string(into[:n]), err}
		}()
		if err := test.send(); err != nil {
			t.Fatal(err)
		}
		seen, closed := waitFor(p)
		if string(seen) != test.want || closed != (test.err != nil) {
			t.Errorf("before the read: %q, closed %v", seen, closed)
		}
		mu.Unlock()
		if got := <-done; got.text != test.want || got.err != test.err {
			t.Errorf("%q, %v", got.text, got.err)
		}
	}
}

// waitFor looks until there is something.
func waitFor(p *peeker) (waiting []byte, closed bool) {
	for len(waiting) == 0 && !closed {
		waiting, closed = p.peek()
	}
	return waiting, closed
}
