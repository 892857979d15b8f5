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
	"sync/atomic"
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
	// annotation makes the request leave a deployment record; nil for every
	// request but the one for a package's content. Its headers are put on in one
	// place, and the request goes over a connection of its own: see [Client.do].
	annotation *Annotation
	// token is sent as a bearer token in the place of the credentials.
	token Secret
	// pages are a fit answer: some indexes are written in HTML.
	pages bool
	// file tells that the answer is a file as somebody made it; page is its name
	// if it is a web page.
	file bool
	page string
}

// exchange is one request on the wire and what became of it.
type exchange struct {
	request request
	phase   phase
	resp    *http.Response // nil unless phaseAnswered; its body is open
	head    []byte         // the first bytes of the body, already read
	whole   bool           // head is all of the body
	broken  bool           // the body broke off after head
	err     error
	// sends counts connections used: net/http repeats a request by itself on a
	// new one when nothing was written to a kept one that had been closed.
	sends int
}

// errNoAnswer ends an attempt whose answer did not begin in time.
var errNoAnswer = errors.New("the server did not begin to answer in time")

// errStalled ends the reading of a body that stopped coming.
var errStalled = errors.New("the server stopped sending")

// do sends one request once. It follows no redirect and repeats nothing.
func (c *Client) do(parent context.Context, r request) exchange {
	ctx, cancel := context.WithCancelCause(parent)
	watch := time.AfterFunc(c.timeout, func() { cancel(errNoAnswer) })
	progress := &progress{}
	ctx = httptrace.WithClientTrace(ctx, progress.trace())
	ctx = withToken(ctx, r.token)
	rest := c.kept
	if r.annotation != nil {
		rest = c.fresh
	}
	resp, err := newRestyRequest(rest, r).SetContext(ctx).Execute(r.method, r.url.String())
	watch.Stop()
	x := exchange{request: r, err: err, sends: progress.sends()}
	if err == nil {
		x.phase, x.resp = phaseAnswered, resp.RawResponse
		// What the transport keeps here is the request on the wire, key and all.
		x.resp.Request = &http.Request{Method: r.method, URL: r.url}
		// Of a connection that goes on in another protocol, the context would end no read.
		if x.resp.StatusCode == http.StatusSwitchingProtocols {
			_ = x.resp.Body.Close()
			x.resp.Body = http.NoBody
		}
		if x.resp.Body == http.NoBody {
			cancel(nil)
			return x
		}
		x.resp.Body = &watchedBody{
			body: x.resp.Body, ctx: ctx, cancel: cancel, limit: c.timeout,
			// Nobody needs what follows the status of a record, or of an error.
			brief: r.body != nil || x.resp.StatusCode >= 300,
		}
		return x
	}
	if cause := context.Cause(ctx); cause != nil {
		x.err = cause
	}
	cancel(err)
	x.phase = failedPhase(progress, err)
	return x
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
	mu       sync.Mutex
	conns    int
	written  *atomic.Int64
	baseline int64
}

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.conns++
		if p.written = writtenTo(info.Conn); p.written != nil {
			p.baseline = p.written.Load()
		}
	}}
}

func (p *progress) sends() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(p.conns, 1)
}

// connected reports whether there was a connection, begun whether anything was
// written to it since.
func (p *progress) connected() (connected, begun bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == 0 {
		return false, false
	}
	return true, p.written == nil || p.written.Load() > p.baseline
}

func failedPhase(p *progress, err error) phase {
	connected, begun := p.connected()
	switch {
	case isHandshakeAlert(err):
		return phaseTLS
	case begun:
		return phaseSent
	case connected:
		return phaseConnected
	}
	if refusal, ok := errors.AsType[*proxyError](err); ok {
		// A proxy that says 5xx did not reach the server either: that may pass.
		if refusal.status >= 500 {
			return phaseConnecting
		}
		return phaseProxy
	}
	if isTLSFailure(err) {
		return phaseTLS
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return phaseResolving
	}
	return phaseConnecting
}
