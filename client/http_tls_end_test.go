package client

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// startEnding runs a TLS server that gives one answer, and ends its connections with the word of
// TLS that all was sent, or without it.
func startEnding(t *testing.T, answer string, withWord bool) string {
	return startAnswering(t, func(conn *tls.Conn) {
		_, _ = io.WriteString(conn, answer)
		if withWord {
			_ = conn.Close()
		}
	})
}

// startAnswering runs a TLS server that reads a request from each connection and answers by give.
func startAnswering(t *testing.T, give func(*tls.Conn)) string {
	t.Helper()
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	defer certificate.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", certificate.TLS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	serve := func(conn *tls.Conn) {
		defer func() { _ = conn.NetConn().Close() }()
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body) // what stands unread would reset the connection
		give(conn)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn.(*tls.Conn))
		}
	}()
	return "https://" + listener.Addr().String()
}

// TestEndOfTLS: if an answer does not say how long it is, the end of the connection is its end only
// if the other side says so. Otherwise anyone on the network could cut a package or an index off.
func TestEndOfTLS(t *testing.T) {
	t.Parallel()
	var seen certified
	secure := startAsking(t, tunnel(&seen))
	plain := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.TLS = &tls.ConnectionState{}
		tunnel(&seen)(w, r)
	}))
	insecure := WithTLS(&tls.Config{InsecureSkipVerify: true}) //nolint:gosec // all are our own
	for through, proxy := range map[string]string{"directly": "", "by a proxy": plain, "by a proxy with TLS": secure.URL} {
		for name, tt := range map[string]struct {
			answer   string
			withWord bool
			cut      bool
		}{
			"no length":                 {answer: "\r\n[]", withWord: true},
			"no length, cut off":        {answer: "\r\n[]", cut: true},
			"nothing, cut off":          {answer: "\r\n", cut: true},
			"old HTTP, cut off":         {answer: "Connection: close\r\n\r\n[]", cut: true},
			"a length, no word":         {answer: "Content-Length: 2\r\n\r\n[]"},
			"a length, cut off":         {answer: "Content-Length: 3\r\n\r\n[]", cut: true},
			"chunks, no word":           {answer: "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n"},
			"chunks, cut off":           {answer: "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n", cut: true},
			"chunks, cut off with word": {answer: "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n", withWord: true, cut: true},
		} {
			t.Run(name+" "+through, func(t *testing.T) {
				t.Parallel()
				find := func(*url.URL) (*url.URL, error) { return nil, nil }
				if proxy != "" {
					find = func(*url.URL) (*url.URL, error) { return url.Parse(proxy) }
				}
				c := newClient(t, startEnding(t, "HTTP/1.1 200 OK\r\n"+tt.answer, tt.withWord), insecure, WithProxy(find))
				resp, err := c.read(t.Context(), "index", "text/plain")
				if err != nil {
					t.Fatal(err)
				}
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if cut := errors.Is(err, io.ErrUnexpectedEOF); cut != tt.cut || !cut && err != nil {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// TestBrokenTLS is what somebody on the network puts into a connection after the handshake: the
// record may be stored, and no hint suggests to continue without TLS.
func TestBrokenTLS(t *testing.T) {
	t.Parallel()
	insecure := WithTLS(&tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it is our own
	for name, put := range map[string]string{
		"HTTP":               "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"a redirect":         "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://elsewhere.invalid/\r\n\r\n",
		"SSH":                "SSH-2.0-OpenSSH_9.7\r\n",
		"an alert":           "\x15\x03\x03\x00\x02\x02\x50",
		"a wanted handshake": "\x16\x03\x03\x00\x04\x00\x00\x00\x00",
		"data":               "\x17\x03\x03\x00\x02[]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, startAnswering(t, func(conn *tls.Conn) { _, _ = io.WriteString(conn.NetConn(), put) }), insecure, WithRetries(0))
			receipt, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
			e := wantKind(t, err, KindUncertain)
			if receipt.Attempts != 1 || e.Hint != "" || !strings.Contains(e.Error(), "something in between broke TLS") {
				t.Errorf("%d attempts, hint %q, %v", receipt.Attempts, e.Hint, e)
			}
			wantKind(t, listError(t.Context(), c), KindUnavailable)
		})
	}
}

// TestEndWithoutTLS is the answer's end: nothing says more.
func TestEndWithoutTLS(t *testing.T) {
	t.Parallel()
	server := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func(conn net.Conn) { _ = conn.Close() }(conn)
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n[]")
	}))
	if err := listError(t.Context(), newClient(t, server)); err != nil {
		t.Error(err)
	}
}
