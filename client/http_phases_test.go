package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// failing is one way in which a server or the way to it fails.
type failing struct {
	name string
	// server returns the address to ask and the options that go with it.
	server func(t *testing.T) (string, []Option)
	// kinds of a record and of a list.
	record, list Kind
	attempts     int // of a record with two retries
	certificate  bool
	says         string
}

// TestFailures meets each failure on a real connection: a record that may have arrived is uncertain
// and was sent once, everything else is unavailable, and what another attempt may fix was tried
// again.
func TestFailures(t *testing.T) {
	t.Parallel()
	for _, c := range failureCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address, opts := c.server(t)
			p := newClient(t, address, append([]Option{WithRetries(2)}, opts...)...)
			receipt, err := p.Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
			e := wantKind(t, err, c.record)
			if receipt.Attempts != c.attempts {
				t.Errorf("%d attempts, want %d", receipt.Attempts, c.attempts)
			}
			if errors.Is(e, ReasonCertificate) != c.certificate {
				t.Errorf("certificate = %v, want %v (%v)", errors.Is(e, ReasonCertificate), c.certificate, err)
			}
			if !strings.Contains(e.Error(), c.says) {
				t.Errorf("%q does not say %q", e, c.says)
			}
			wantKind(t, listError(t.Context(), p), c.list)
		})
	}
}

func listError(ctx context.Context, c *Client) error {
	for _, err := range c.Promotions.List(ctx, PromotionQuery{}) {
		if err != nil {
			return err
		}
	}
	return nil
}

func failureCases() []failing {
	return []failing{
		{"name that does not exist", fixed("http://no-such-host.invalid"), KindUnavailable, KindUnavailable, 3, false, "cannot connect to no-such-host.invalid:80: "},
		{"nobody listens", closedPort, KindUnavailable, KindUnavailable, 3, false, ": connection refused (POST"},
		{"unknown certificate authority", unknownAuthority, KindUnavailable, KindUnavailable, 1, true, "unknown authority"},
		{"certificate of another host", wrongHost, KindUnavailable, KindUnavailable, 1, true, "it is for example.com, *.example.com, 127.0.0.1, others, not for proget.invalid"},
		{"https to a server that speaks http", plainBehindHTTPS, KindUnavailable, KindUnavailable, 1, false, "the server speaks plain HTTP, not TLS"},
		{"client certificate wanted", clientCertificateWanted, KindUnavailable, KindUnavailable, 1, false, "certificate required"},
		{"expired certificate", validBetween(-48*time.Hour, -24*time.Hour), KindUnavailable, KindUnavailable, 1, true, "it expired on "},
		{"certificate of tomorrow", validBetween(24*time.Hour, 48*time.Hour), KindUnavailable, KindUnavailable, 1, true, "it is not valid before "},
		{"proxy requires a password, by CONNECT", proxied("https://proget.invalid", 407), KindUnavailable, KindUnavailable, 1, false, "407"},
		{"proxy forbids, by CONNECT", proxied("https://proget.invalid", 403), KindUnavailable, KindUnavailable, 1, false, "403"},
		{"proxy cannot reach it, by CONNECT", proxied("https://proget.invalid", 502), KindUnavailable, KindUnavailable, 3, false, "502"},
		{"proxy requires a password, in plain", proxied("http://proget.invalid", 407), KindUnavailable, KindUnavailable, 1, false, "407"},
		{"reset before anything is stored", faulty("effect=reset-before"), KindUncertain, KindUnavailable, 1, false, "no answer"},
		{"reset while the request is read", faulty("effect=reset-reading"), KindUncertain, KindUnavailable, 1, false, "no answer"},
		{"reset after it was stored", faulty("effect=reset-after"), KindUncertain, KindUnavailable, 1, false, "no answer"},
		{"no answer in time", hanging, KindUncertain, KindUnavailable, 1, false, "did not begin to answer"},
		{"closed without a word", silentServer, KindUncertain, KindUnavailable, 1, false, "the connection was closed"},
		{"something that is not HTTP", speaking("just some text\r\n"), KindUncertain, KindUnavailable, 1, false, "the answer is not valid HTTP"},
		{"SSH", speaking("SSH-2.0-OpenSSH_9.7\r\n"), KindUnavailable, KindUnavailable, 1, false, "speaks SSH, not HTTP"},
		{"http to a port for https", speaking("\x15\x03\x03\x00\x02\x02\x46"), KindUnavailable, KindUnavailable, 1, false, "speaks TLS, not plain HTTP"},
		{"http to a server of Go for https", plainToTLS, KindRejected, KindRejected, 1, false, "400"},
		{"HTTP/2 alone", speaking("\x00\x00\x12\x04\x00\x00\x00\x00\x00" + strings.Repeat("\x00\x03\x00\x00\x00\x80", 3)), KindUnavailable, KindUnavailable, 1, false, "speaks HTTP/2 only"},
		{"headers without end", speaking("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20)), KindUncertain, KindUnavailable, 1, false, "headers of the answer are too large"},
		{"sign-in page with 200", faulty("answer=sign-in"), KindUncertain, KindUnavailable, 1, false, "web page"},
		{"page that never came", speaking("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n"), KindUncertain, KindUnavailable, 1, false, "web page"},
		{"page in chunks that never came", speaking("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"), KindUncertain, KindUnavailable, 1, false, "web page"},
		{"page that begins with blank lines", speaking("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("\r\n", sniffLength) + "<html>"), KindUncertain, KindUnavailable, 1, false, "web page"},
		{"asked to retry later", faulty("status=503;retry-after=1"), KindUnavailable, KindUnavailable, 3, false, "503 Service Unavailable"},
		{"too many requests", faulty("status=429"), KindUnavailable, KindUnavailable, 3, false, "429 Too Many Requests"},
		{"request timeout", faulty("status=408"), KindUnavailable, KindUnavailable, 3, false, "408 Request Timeout"},
		{"gateway gave up", faulty("status=504"), KindUncertain, KindUnavailable, 1, false, "504 Gateway Timeout"},
		{"server broke", faulty("status=500;body=Object reference not set"), KindUncertain, KindUnavailable, 1, false, "Object reference not set"},
		{"refused", faulty("status=400;body=Target is required"), KindRejected, KindRejected, 1, false, "Target is required"},
		{"wrong method", faulty("status=405"), KindRejected, KindRejected, 1, false, "405"},
		{"unauthorised", faulty("answer=challenge"), KindAuth, KindAuth, 1, false, "401 Unauthorized"},
		{"forbidden", faulty("status=403"), KindAuth, KindAuth, 1, false, "403 Forbidden"},
		{"missing", faulty("status=404"), KindNotFound, KindNotFound, 1, false, "404 Not Found"},
		{"redirect to another server", faulty("status=307;location=http://elsewhere.invalid/"), KindUnavailable, KindUnavailable, 1, false, "elsewhere.invalid"},
		{"redirect to nowhere", faulty("status=302"), KindUnavailable, KindUnavailable, 1, false, "302"},
		{"redirect to what is not an address", faulty("status=307;location=http://elsewhere.invalid/%zz?sig=s3cret"), KindUnavailable, KindUnavailable, 1, false, "307 Temporary Redirect), which is not followed (POST"},
		{"see other", faulty("status=303;location=/api/package-deployment/1"), KindUncertain, KindUnavailable, 1, false, "303 See Other"},
		{"proxy lost the server", faulty("status=503;body=upstream connect error or disconnect/reset before headers. reset reason: connection termination"), KindUncertain, KindUnavailable, 1, false, "connection termination"},
		{"protocol switched", switching, KindUncertain, KindUnavailable, 1, false, "101"},
	}
}

func fixed(address string) func(*testing.T) (string, []Option) {
	return func(*testing.T) (string, []Option) { return address, nil }
}

// faulty is a fake ProGet with a fault that every request meets.
func faulty(spec string) func(*testing.T) (string, []Option) {
	return func(t *testing.T) (string, []Option) {
		s, address := startSandbox(t, sandbox.Options{})
		pattern, fault, err := sandbox.ParseFault("path=/;times=always;" + spec)
		if err != nil {
			t.Fatal(err)
		}
		s.Fault(pattern, fault)
		return address, nil
	}
}

// closedPort is one at which nobody listens, and which no system gives to another test.
func closedPort(*testing.T) (string, []Option) { return "http://127.0.0.1:1", nil }

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// startTLS runs a server with a certificate for 127.0.0.1 and example.com.
func startTLS(t *testing.T, config *tls.Config, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.TLS = config
	server.Config.ErrorLog = quiet()
	server.Listener = polite{server.Listener}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func trusting(server *httptest.Server, name string) Option {
	return WithTLS(&tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: name})
}

func unknownAuthority(t *testing.T) (string, []Option) {
	return startTLS(t, nil, http.NotFoundHandler()).URL, nil
}

func wrongHost(t *testing.T) (string, []Option) {
	server := startTLS(t, nil, http.NotFoundHandler())
	return server.URL, []Option{trusting(server, "proget.invalid")}
}

func plainBehindHTTPS(t *testing.T) (string, []Option) {
	return strings.Replace(startServer(t, http.NotFoundHandler()), "http:", "https:", 1), nil
}

// clientCertificateWanted refuses after the handshake, as TLS 1.3 does: the request has left by
// then.
func clientCertificateWanted(t *testing.T) (string, []Option) {
	server := startTLS(t, &tls.Config{ClientAuth: tls.RequireAnyClientCert}, http.NotFoundHandler())
	return server.URL, []Option{trusting(server, "")}
}

// polite accepts connections that end with what was said on them: a connection that is closed with
// bytes unread is reset, and its last words, such as the alert for a client certificate, may be
// lost.
type polite struct{ net.Listener }

func (l polite) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return parting{conn.(*net.TCPConn)}, nil
}

type parting struct{ *net.TCPConn }

// Close ends what this side says, and the connection once the other side has ended, too.
func (c parting) Close() error {
	if err := c.CloseWrite(); err != nil {
		return c.TCPConn.Close()
	}
	go func() {
		_, _ = io.Copy(io.Discard, c.TCPConn)
		_ = c.TCPConn.Close()
	}()
	return nil
}

// TestLateRequestWithoutCertificate: if the server has ended the connection before the request
// is written, it wanted a certificate as well, and another attempt does not fix that.
func TestLateRequestWithoutCertificate(t *testing.T) {
	t.Parallel()
	address, opts := clientCertificateWanted(t)
	c := newClient(t, address, opts...)
	transport := c.http.pooled.GetClient().Transport.(*authenticator).next.(*http.Transport)
	dial := transport.DialTLSContext
	transport.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err == nil {
			_, _ = conn.Read(make([]byte, 1)) // until the alert is there
		}
		return conn, err
	}
	receipt, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
	if e := wantKind(t, err, KindUnavailable); receipt.Attempts != 1 || !strings.Contains(e.Message, "certificate required") {
		t.Errorf("%d attempts, %v", receipt.Attempts, err)
	}
}

// plainToTLS asks for http at a port for https, where Go answers with a 400.
func plainToTLS(t *testing.T) (string, []Option) {
	return strings.Replace(startTLS(t, nil, http.NotFoundHandler()).URL, "https:", "http:", 1), nil
}

// validBetween has a certificate that is valid from and until a time that far away.
func validBetween(from, until time.Duration) func(*testing.T) (string, []Option) {
	return func(t *testing.T) (string, []Option) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
			NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(until),
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		cert, _ := x509.ParseCertificate(der)
		roots := x509.NewCertPool()
		roots.AddCert(cert)
		server := startTLS(t, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, http.NotFoundHandler())
		return server.URL, []Option{WithTLS(&tls.Config{RootCAs: roots}), WithClock(time.Now)}
	}
}

// proxied asks a server that does not exist through a proxy that answers status.
func proxied(address string, status int) func(*testing.T) (string, []Option) {
	return func(t *testing.T) (string, []Option) {
		proxy, err := url.Parse(startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
		})))
		if err != nil {
			t.Fatal(err)
		}
		return address, []Option{WithProxy(func(*url.URL) (*url.URL, error) { return proxy, nil })}
	}
}

func hanging(t *testing.T) (string, []Option) {
	done := make(chan struct{})
	address := startServer(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}))
	t.Cleanup(func() { close(done) })
	return address, []Option{WithTimeout(time.Second)}
}

// silentServer reads the request and closes.
func silentServer(t *testing.T) (string, []Option) { return speaking("")(t) }

// speaking answers each connection with a text, once something was read, and closes it.
func speaking(text string) func(*testing.T) (string, []Option) {
	return saying(text, func(conn net.Conn) { _ = parting{conn.(*net.TCPConn)}.Close() })
}

// switching says that it goes on in another protocol, and waits for it.
func switching(t *testing.T) (string, []Option) {
	return saying("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", func(conn net.Conn) {
		go func() { _, _ = io.Copy(io.Discard, conn) }()
	})(t)
}

// saying answers each connection with a text, once something was read.
func saying(text string, then func(net.Conn)) func(*testing.T) (string, []Option) {
	return func(t *testing.T) (string, []Option) {
		listener := listen(t)
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Read(make([]byte, 64<<10))
				_, _ = io.WriteString(conn, text)
				then(conn)
			}
		}()
		return "http://" + listener.Addr().String(), nil
	}
}

// TestRequestStaysAsItWas: a request is sent on and sent again, and what was put on it for one
// server must not come to be a part of it.
func TestRequestStaysAsItWas(t *testing.T) {
	t.Parallel()
	_, address := startSandbox(t, sandbox.Options{})
	c := newClient(t, address)
	for _, annotation := range []*Annotation{nil, someAnnotation()} {
		x := c.http.do(t.Context(), request{method: http.MethodGet, url: c.base, header: http.Header{"Accept": {"*/*"}}, annotation: annotation})
		if x.phase != phaseAnswered || len(x.request.header) != 1 {
			t.Errorf("%v: the request has become %v", x.err, x.request.header)
		}
		drain(x.resp.Body)
	}
}

// TestResend sends again what was sent and not answered, because it was asked to, and says what
// that may have done.
func TestResend(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	s.Fault("/api/package-deployment", sandbox.Fault{Effect: sandbox.ResetAfter})
	receipt, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{Resend: true})
	if err != nil || !receipt.PossiblyDuplicated || receipt.Attempts != 2 {
		t.Errorf("got %+v, %v; want two attempts, possibly duplicated", receipt, err)
	}
	if n := len(s.Deployments()); n != 2 {
		t.Errorf("%d records; the sandbox should have stored both", n)
	}
}

// TestResendStaysUncertain holds that a refusal of the second copy says nothing about the first.
func TestResendStaysUncertain(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	s.Fault("/api/package-deployment", sandbox.Fault{Effect: sandbox.ResetAfter}, sandbox.Fault{Status: 400})
	receipt, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{Resend: true})
	wantKind(t, err, KindUncertain)
	if !receipt.PossiblyDuplicated {
		t.Error("not marked as possibly duplicated")
	}
}

// TestNeverArrivedIsRepeated holds that a record is stored once, however often it was asked to
// retry later before.
func TestNeverArrivedIsRepeated(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	s.Fault("/api/package-deployment", sandbox.Fault{Status: 503, Times: 2}, sandbox.Fault{Status: 429})
	receipt, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
	if err != nil || receipt.PossiblyDuplicated || receipt.Attempts != 4 {
		t.Errorf("got %+v, %v; want four attempts", receipt, err)
	}
	if n := len(s.Deployments()); n != 1 {
		t.Errorf("%d records, want 1", n)
	}
}

// TestKeptConnectionClosed has a server close connections between requests: a record must still be
// stored exactly once, on a new connection.
func TestKeptConnectionClosed(t *testing.T) {
	t.Parallel()
	var stored atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		stored.Add(1)
	}))
	t.Cleanup(server.Close)
	c := newClient(t, server.URL)
	for i := range 20 {
		if _, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{}); err != nil {
			if KindOf(err) != KindUncertain {
				t.Fatal(err)
			}
			// A request can meet the closing of its connection half-way: then it is not repeated,
			// and not counted as stored either.
			stored.Add(1)
		}
		server.CloseClientConnections()
		if got := stored.Load(); got != int64(i+1) {
			t.Fatalf("%d stored after %d records", got, i+1)
		}
	}
}

// TestInterrupted ends the context while a record is under way.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	address := startServer(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err := newClient(t, address).Deployments.Record(ctx, someDeployment(), RecordOptions{})
	wantKind(t, err, KindUncertain)

	_, err = newClient(t, address).Deployments.Record(ctx, someDeployment(), RecordOptions{})
	e := wantKind(t, err, KindInterrupted)
	if fmt.Sprint(e.Unwrap()) != context.Canceled.Error() {
		t.Errorf("the cause is %v", e.Unwrap())
	}
}
