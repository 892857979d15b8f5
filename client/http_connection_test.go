package client

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// recordServer answers records by hand and counts which it got.
type recordServer struct {
	mu   sync.Mutex
	got  map[string]int
	done chan struct{} // gets a value each time a connection was closed
}

// serve answers each connection with talk, until it returns.
func (s *recordServer) serve(t *testing.T, listener net.Listener, talk func(net.Conn, *bufio.Reader)) {
	t.Helper()
	s.got, s.done = map[string]int{}, make(chan struct{}, 1000)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				talk(conn, bufio.NewReader(conn))
				_ = conn.Close()
				s.done <- struct{}{}
			}()
		}
	}()
}

// read takes one record; false is the end of the connection.
func (s *recordServer) read(in *bufio.Reader) bool {
	r, err := http.ReadRequest(in)
	if err != nil {
		return false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got[string(body)]++
	return true
}

const keptAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

// numbered is one of several records.
func numbered(i int) Deployment {
	d := someDeployment()
	d.Target = fmt.Sprintf("web%03d", i)
	return d
}

// holds checks that what is called recorded was received, and that nothing was received twice.
func (s *recordServer) holds(t *testing.T, d Deployment, err error) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.got[string(d.AppendJSON(nil))]
	switch {
	case err == nil && n != 1:
		t.Errorf("%s is called recorded, and was received %d times", d.Target, n)
	case KindOf(err) == KindUnavailable && n != 0:
		t.Errorf("%s is called unavailable, and was received %d times: %v", d.Target, n, err)
	case n > 1:
		t.Errorf("%s was received %d times", d.Target, n)
	}
}

// TestServersThatCloseWithoutAWord: each record gets its answer, although each connection is closed
// a moment after its first.
func TestServersThatCloseWithoutAWord(t *testing.T) {
	t.Parallel()
	for name, secure := range map[string]bool{"plain": false, "TLS": true} {
		for _, parallel := range []int{1, 8} {
			t.Run(fmt.Sprintf("%s, %d at the same time", name, parallel), func(t *testing.T) {
				t.Parallel()
				s := &recordServer{}
				listener, address, opts := listen(t), "http://", []Option{WithParallel(parallel)}
				if secure {
					source := startTLS(t, nil, http.NotFoundHandler())
					listener, address = tls.NewListener(listener, source.TLS), "https://"
					opts = append(opts, trusting(source, ""))
				}
				address += listener.Addr().String()
				s.serve(t, listener, func(conn net.Conn, in *bufio.Reader) {
					if s.read(in) {
						_, _ = io.WriteString(conn, keptAnswer)
					}
				})
				c := newClient(t, address, opts...)
				// A busy machine may take its time to close a connection.
				c.http.keepAlive.least = time.Hour
				var all sync.WaitGroup
				for worker := range parallel {
					all.Go(func() {
						for i := worker; i < 40; i += parallel {
							_, err := c.Deployments.Record(t.Context(), numbered(i), RecordOptions{})
							if err != nil {
								t.Errorf("record %d: %v", i, err)
							}
							s.holds(t, numbered(i), err)
						}
					})
				}
				all.Wait()
			})
		}
	}
}

// TestClosedBeforeReuse: a kept connection that the server has closed since is not written to.
func TestClosedBeforeReuse(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the end of a connection shows only to its reader there, which may learn of it too late")
	}
	s := &recordServer{}
	listener := listen(t)
	s.serve(t, listener, func(conn net.Conn, in *bufio.Reader) {
		if s.read(in) {
			_, _ = io.WriteString(conn, keptAnswer)
		}
	})
	c := newClient(t, "http://"+listener.Addr().String())
	for i := range 20 {
		c.http.keepAlive.state.Store(keepAliveProven)
		receipt, err := c.Deployments.Record(t.Context(), numbered(i), RecordOptions{})
		if err != nil || receipt.Attempts != 1 {
			t.Errorf("record %d: %d attempts, %v", i, receipt.Attempts, err)
		}
		s.holds(t, numbered(i), err)
		<-s.done
	}
}

// TestAnswersThatComeUnasked: what a server sends beyond an answer is not taken for the answer to
// the next request.
func TestAnswersThatComeUnasked(t *testing.T) {
	t.Parallel()
	half := keptAnswer[:20]
	for name, talk := range map[string]func(*recordServer, net.Conn, *bufio.Reader){
		"two answers together": func(s *recordServer, conn net.Conn, in *bufio.Reader) {
			if s.read(in) {
				_, _ = io.WriteString(conn, keptAnswer+keptAnswer)
				_, _ = in.ReadByte()
			}
		},
		"many answers together": func(s *recordServer, conn net.Conn, in *bufio.Reader) {
			if s.read(in) {
				_, _ = io.WriteString(conn, strings.Repeat(keptAnswer, 3))
				_, _ = in.ReadByte()
			}
		},
		"an answer and a half": func(s *recordServer, conn net.Conn, in *bufio.Reader) {
			if s.read(in) {
				_, _ = io.WriteString(conn, keptAnswer+half)
				if _, err := in.ReadByte(); err == nil {
					_, _ = io.WriteString(conn, keptAnswer[20:])
				}
			}
		},
		"an answer longer than it says": func(s *recordServer, conn net.Conn, in *bufio.Reader) {
			if s.read(in) {
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"+keptAnswer)
				_, _ = in.ReadByte()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &recordServer{}
			listener := listen(t)
			s.serve(t, listener, func(conn net.Conn, in *bufio.Reader) { talk(s, conn, in) })
			c := newClient(t, "http://"+listener.Addr().String(), WithRetries(0))
			for i := range 10 {
				c.http.keepAlive.state.Store(keepAliveProven)
				_, err := c.Deployments.Record(t.Context(), numbered(i), RecordOptions{})
				s.holds(t, numbered(i), err)
			}
		})
	}
}

// TestKeeping: what makes a connection fit for another record.
func TestKeeping(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens     func(*keepAlive)
		reuse, keep bool
	}{
		"nothing yet":                {func(*keepAlive) {}, false, true},
		"answered just now":          {func(k *keepAlive) { k.answered(false, time.Now()); k.addIdle(1) }, false, false},
		"answered, nothing to watch": {func(k *keepAlive) { k.answered(false, time.Now()); time.Sleep(mostWatch) }, false, true},
		"kept for a while":           {func(k *keepAlive) { k.answered(false, time.Now()); k.addIdle(1); time.Sleep(leastWatch) }, true, true},
		"a slow server, too early": {func(k *keepAlive) {
			k.answered(false, time.Now().Add(-time.Second))
			k.addIdle(1)
			time.Sleep(leastWatch)
		}, false, false},
		"a slow server": {func(k *keepAlive) {
			k.answered(false, time.Now().Add(-time.Second))
			k.addIdle(1)
			time.Sleep(mostWatch)
		}, true, true},
		"answered twice":     {func(k *keepAlive) { k.answered(false, time.Now()); k.answered(true, time.Now()) }, true, true},
		"closed early":       {func(k *keepAlive) { k.answered(false, time.Now()); k.addIdle(1); k.lost(); time.Sleep(mostWatch) }, false, false},
		"closed later":       {func(k *keepAlive) { k.answered(true, time.Now()); k.answered(true, time.Now()); k.lost() }, false, false},
		"announced as short": {func(k *keepAlive) { k.answered(true, time.Now()); k.readHeader(keepAliveHeader("timeout=1, max=100")) }, false, false},
		"announced as long": {func(k *keepAlive) {
			k.answered(false, time.Now())
			k.answered(true, time.Now())
			k.readHeader(keepAliveHeader("max=100, TIMEOUT=5"))
		}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := &keepAlive{}
				c.happens(k)
				if reuse, keep := k.grantReuse(), k.grantKeepAlive(); reuse != c.reuse || keep != c.keep {
					t.Errorf("reuse %v, keep %v; want %v, %v", reuse, keep, c.reuse, c.keep)
				}
			})
		})
	}
}

func keepAliveHeader(value string) *http.Response {
	return &http.Response{Header: http.Header{"Keep-Alive": {value}}}
}

// TestForeignProtocol: what a server says first names its protocol only if it cannot be HTTP.
func TestForeignProtocol(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"\x15\x03\x03\x00\x02\x02\x46": speaksTLS, "\x15\x03\x01\x00\x02\x02\x16": speaksTLS, "\x16\x03\x01\x02\x00": "", "\x16\x03\x01\x00 not http at all": "", "\x15\x03\x01\x00 not http": "",
		"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03": "HTTP/2 only", "\x00\x00\x00\x04\x00\x00\x00\x00\x00": "HTTP/2 only",
		"\x00\x00\x08\x07\x00\x00\x00\x00\x00": "HTTP/2 only",
		"SSH-2.0-OpenSSH_9.6\r\n":              "SSH", "220 mail.corp.local ESMTP": "SMTP or FTP", "-ERR wrong number": "Redis or POP3",
		"+OK POP3 ready": "POP3", "* OK IMAP4rev1": "IMAP", "RFB 003.008\n": "VNC", "\x4a\x00\x00\x00\x0a8.0.36": "MySQL",
		"HTTP/1.1 200 OK": "", "HTTP/1.0 503 X": "", "": "", "\x15": "", "<html>": "", "OK\r\n": "", "ERROR\r\n": "", "ICY 200 OK": "",
		"\x00\x00\x12\x04\x00\x00\x00\x00\x01": "", "\x00\x00\x13\x04\x00\x00\x00\x00\x00": "", "\x00\x00\x00\x00\x00\x00\x00\x00\x00": "",
	} {
		if got := otherProtocolOf([]byte(said)); got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
}
