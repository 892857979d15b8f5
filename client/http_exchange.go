package client

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
)

// phase is how far one request came before it failed or was answered.
type phase int

const (
	phaseResolving  phase = iota // the name was not found
	phaseConnecting              // no connection, or it broke in the handshake
	phaseProxy                   // the proxy refused for good
	phaseTLS                     // the two sides cannot agree on TLS
	phaseForeign                 // the other side speaks another protocol
	phaseConnected               // nothing of the request was written
	phaseSent                    // some of the request may have arrived
	phaseAnswered                // a status line came back
)

// request is one request as it goes out, before credentials.
type request struct {
	method string
	url    *url.URL
	header http.Header // deployment headers don't belong here: see annotation
	body   []byte
	// asks tells that the body is a question: it is answered, and nothing is stored.
	asks bool
	// annotation makes the request leave a deployment record; nil for every
	// request but the one for a package's content. Its headers are put on in one
	// place, and the request goes over a connection of its own: see [Client.do].
	annotation *Annotation
	// token is sent as a bearer token instead of the credentials.
	token Secret
	// pages are a fit answer: some indexes are written in HTML.
	pages bool
	// file tells that the answer is a file as somebody made it; page is its name
	// if it is a web page.
	file bool
	page string
	// brief is for an answer of a few lines, which has no longer to come than an
	// answer has to begin.
	brief bool
}

// exchange is one request on the wire and the outcome of it.
type exchange struct {
	request request
	phase   phase
	resp    *http.Response // nil unless phaseAnswered; its body is open
	head    []byte         // the first bytes of the body, already read
	whole   bool           // head is all of the body
	broken  bool           // the body broke off after head
	err     error
	said    string // the protocol that the other side spoke, if phaseForeign
	sends   int    // how often it was written, in part at least; 1 if never
	refused bool   // nothing was written, because the kept connection was no longer fit
}

// errNoAnswer ends an attempt whose answer did not begin in time.
var errNoAnswer = errors.New("the server did not begin to answer in time")

// errStalled ends the reading of a body that stopped coming.
var errStalled = errors.New("the server stopped sending")

// errTooSlow ends the reading of a document that comes too slowly.
var errTooSlow = errors.New("the server took too long to send all of its answer")

// do sends one request once. It follows no redirect and repeats nothing.
func (c *Client) do(parent context.Context, r request) exchange {
	fresh := r.annotation != nil || r.effect() == effectRecord && !c.keeping.keep()
	x := c.doOver(parent, r, fresh)
	if x.refused {
		// Nothing of it was sent. A new connection was not closed meanwhile, and has
		// no answer that is left over.
		again := c.doOver(parent, r, true)
		again.sends += x.sends
		return again
	}
	return x
}

// doOver sends one request over a new connection, or one that may be kept.
func (c *Client) doOver(parent context.Context, r request, fresh bool) exchange {
	ctx, cancel := context.WithCancelCause(parent)
	watch := time.AfterFunc(c.timeout, func() { cancel(errNoAnswer) })
	progress := &progress{record: r.effect() == effectRecord, began: time.Now()}
	progress.waiting.Add(1)
	ctx = httptrace.WithClientTrace(ctx, progress.trace(c.keeping, fresh))
	ctx = withToken(ctx, r.token)
	rest := c.pooled
	if fresh {
		rest = c.oneShot
	}
	resp, err := newRestyRequest(rest, r).SetContext(ctx).Execute(r.method, r.url.String())
	progress.waiting.Done()
	watch.Stop()
	x := exchange{request: r, err: err, sends: progress.sends()}
	unasked := progress.unasked()
	if err == nil && unasked {
		_ = resp.RawResponse.Body.Close()
		err = errUnasked
		c.keeping.lost()
	}
	if err == nil {
		x.phase, x.resp = phaseAnswered, resp.RawResponse
		c.keeping.heed(x.resp)
		x.watch(ctx, cancel, c.timeout)
		return x
	}
	x.phase, x.said = failedPhase(progress, err)
	cause := context.Cause(ctx)
	x.refused = cause == nil && !fresh && x.phase == phaseConnected && (unasked || progress.kept())
	if cause != nil {
		err = cause
	} else if progress.reusing() {
		c.keeping.lost()
	}
	if unasked {
		err = errUnasked
	}
	x.err = err
	cancel(err)
	return x
}

// watch puts the answer's body under a time limit.
func (x *exchange) watch(ctx context.Context, cancel context.CancelCauseFunc, limit time.Duration) {
	// What the transport keeps here is the request on the wire, key and all.
	x.resp.Request = &http.Request{Method: x.request.method, URL: x.request.url}
	// Of a connection that goes on in another protocol, the context would end no read.
	if x.resp.StatusCode == http.StatusSwitchingProtocols {
		_ = x.resp.Body.Close()
		x.resp.Body = http.NoBody
	}
	if x.resp.Body == http.NoBody {
		cancel(nil)
		return
	}
	x.resp.Body = &watchedBody{
		body: x.resp.Body, ctx: ctx, cancel: cancel, limit: limit, inAll: x.bodyTime(limit),
	}
}

func newRestyRequest(rest *resty.Client, r request) *resty.Request {
	out := rest.R().SetDoNotParseResponse(true)
	maps.Copy(out.Header, r.header) // resty adds the client's own to what it is given
	if r.annotation != nil {
		annotate(out.Header, *r.annotation)
	}
	if r.body != nil {
		// A byte slice, because resty sends a reader's body once only.
		out.SetBody(r.body)
	}
	return out
}

// progress watches one request through httptrace.
type progress struct {
	record  bool
	began   time.Time
	waiting sync.WaitGroup // until net/http has handed over the answer, or failed

	mu       sync.Mutex
	used     int // connections on which something was written before this one
	conn     *connection
	other    bool // there was a connection that is none of ours
	reused   bool
	baseline int64 // bytes written to conn before
	answered int64 // bytes read from conn before
}

// trace watches for the connections that the request gets. One that is made for
// it alone says nothing about whether the server keeps them.
func (p *progress) trace(k *keeping, fresh bool) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { p.got(info) },
		GotFirstResponseByte: func() {
			conn, reused := p.current()
			if conn != nil {
				conn.answerBegins(p)
			}
			if !fresh {
				k.answered(reused, time.Since(p.began))
			}
		},
		PutIdleConn: func(err error) {
			if conn, _ := p.current(); conn != nil && err == nil {
				conn.rest(p)
			}
		},
	}
}

func (p *progress) got(info httptrace.GotConnInfo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begunLocked() {
		p.used++
	}
	conn, secure := connectionOf(info.Conn)
	p.conn, p.other, p.reused = conn, conn == nil, info.Reused
	if conn != nil {
		p.baseline, p.answered = conn.written.Load(), conn.read.Load()
		conn.begin(p, secure, info.Reused)
	}
}

func (p *progress) current() (conn *connection, reused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn, p.reused
}

// sends counts the connections to which the request was written, in part at
// least: net/http repeats it by itself on a new one where nothing was written to
// a kept one that had been closed.
func (p *progress) sends() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begunLocked() {
		return p.used + 1
	}
	return max(p.used, 1)
}

func (p *progress) begunLocked() bool {
	return p.other || p.conn != nil && p.conn.written.Load() > p.baseline
}

// connected reports whether there was a connection, begun whether anything was
// written to it since.
func (p *progress) connected() (connected, begun bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn != nil || p.other, p.begunLocked()
}

// kept reports whether the request got a connection that was used before.
func (p *progress) kept() bool {
	_, reused := p.current()
	return reused
}

// reusing reports whether the request went over a connection used before.
func (p *progress) reusing() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reused && p.begunLocked()
}

// unasked reports whether an answer came before the request was written.
func (p *progress) unasked() bool {
	conn, _ := p.current()
	return conn != nil && conn.spokeFirst(p)
}

// failedPhase tells how far a request came that was not answered, and which
// protocol the other side spoke if it was another.
func failedPhase(p *progress, err error) (at phase, said string) {
	connected, begun := p.connected()
	if connected {
		if said = p.otherProtocol(); said != "" {
			return phaseForeign, said
		}
	}
	switch {
	case begun && p.wantedCertificate(err):
		return phaseTLS, ""
	case begun:
		return phaseSent, ""
	case connected:
		return phaseConnected, ""
	}
	if refusal, ok := errors.AsType[*proxyError](err); ok {
		// A proxy that says 5xx did not reach the server either: that may pass.
		if refusal.status >= 500 {
			return phaseConnecting, ""
		}
		return phaseProxy, ""
	}
	if isTLSFailure(err) {
		return phaseTLS, ""
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return phaseResolving, ""
	}
	return phaseConnecting, ""
}

// otherProtocol names the protocol of a server that does not speak HTTP at all.
func (p *progress) otherProtocol() string {
	conn, _ := p.current()
	if conn == nil || conn.isSecure() {
		return ""
	}
	return foreignProtocol(conn.said())
}

// wantedCertificate reports whether the server ended a TLS 1.3 handshake because
// it asked for a certificate and got none. Its alert comes after the request was written, but
// before the server has read any of it: nothing else has come since the
// handshake, not even a session ticket.
func (p *progress) wantedCertificate(err error) bool {
	// 24 bytes: a record of TLS 1.3 with an alert and nothing else.
	const alertLength = 5 + 2 + 1 + 16
	if !isAlert(err, alertCertificateRequired) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn != nil && p.conn.keeping.asked.Load() && !p.reused && p.conn.read.Load()-p.answered == alertLength
}
