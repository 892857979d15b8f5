package client

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"github.com/go-resty/resty/v2"
)

// phase is how far one request came before it failed or was answered.
type phase int

const (
	phaseResolving     phase = iota // the name was not found
	phaseConnecting                 // no connection, or it broke in the handshake
	phaseProxy                      // the proxy refused for good
	phaseTLS                        // the two sides cannot agree on TLS
	phaseOtherProtocol              // the other side speaks another protocol
	phaseConnected                  // nothing of the request was written
	phaseSent                       // some of the request may have arrived
	phaseAnswered                   // a status line came back
)

// request is one request as it goes out, before credentials.
type request struct {
	method string
	url    *url.URL
	header http.Header // deployment headers don't belong here: see annotation
	body   []byte
	// asks is true if the body is a question, which is answered, and nothing is stored.
	asks bool
	// forwarded is true if it was annotated, until the server sent it on to another origin, which
	// gets no annotation.
	forwarded bool
	// annotation makes the request leave a deployment record; nil for every request but the one for
	// a package's content. Its headers are put on in one place, and the request goes over a
	// connection of its own: see [Client.do].
	annotation *Annotation
	// token is sent as a bearer token instead of the credentials.
	token Secret
	// pages are a valid answer: some indexes are written in HTML.
	pages bool
	// file is true if the answer is a file as somebody made it; page is its name if it is a web
	// page.
	file bool
	page string
	// brief is for an answer of a few lines, which has no longer to come than an answer has to
	// begin.
	brief bool
}

// exchange is one request on the wire and the outcome of it.
type exchange struct {
	request request
	phase   phase
	resp    *http.Response // nil unless phaseAnswered; its body is open
	head    []byte         // the first bytes of the body, as far as they were looked at
	page    bool           // answered 2xx with a web page instead of data
	lost    bool           // a proxy says that it lost the server after the request went on
	err     error
	said    string // the protocol that the other side spoke, if phaseOtherProtocol
	sends   int    // how often it was written, in part at least; 1 if never
	refused bool   // nothing was written, because the kept connection was no longer fit
}

// errNoAnswer ends an attempt whose answer did not begin in time.
var errNoAnswer = errors.New("the server did not begin to answer in time")

// errStalled ends the reading of a body that stopped coming.
var errStalled = errors.New("the server stopped sending")

// errTooSlow ends the reading of a document that comes too slowly.
var errTooSlow = errors.New("the server took too long to send all of its answer")

// exchanger sends requests and gets their answers.
type exchanger struct {
	timeout   time.Duration
	keepAlive *keepAlive
	pooled    *resty.Client // keeps connections
	oneShot   *resty.Client // a new connection for each request: see oneShotTransport
}

// do sends one request once. It follows no redirect and repeats nothing.
func (e *exchanger) do(parent context.Context, r request) exchange {
	oneShot := r.annotation != nil || r.effect() == effectRecord && !e.keepAlive.grantKeepAlive()
	x := e.doOver(parent, r, oneShot)
	if x.refused {
		// Nothing of it was sent. A new connection was not closed meanwhile, and has no answer that
		// is left over.
		again := e.doOver(parent, r, true)
		again.sends += x.sends
		return again
	}
	return x
}

// doOver sends one request over a new connection, or one that may be kept.
func (e *exchanger) doOver(parent context.Context, r request, oneShot bool) exchange {
	ctx, cancel := context.WithCancelCause(parent)
	watch := time.AfterFunc(e.timeout, func() { cancel(errNoAnswer) })
	progress := &progress{record: r.effect() == effectRecord, began: time.Now(), keepAlive: e.keepAlive, oneShot: oneShot}
	progress.waiting.Add(1)
	ctx = httptrace.WithClientTrace(ctx, progress.trace())
	ctx = withToken(ctx, r.token)
	rest := e.pooled
	if oneShot {
		rest = e.oneShot
	}
	resp, err := newRestyRequest(rest, r).SetContext(ctx).Execute(r.method, r.url.String())
	progress.waiting.Done()
	watch.Stop()
	x := exchange{request: r, err: err, sends: progress.sends()}
	unasked := progress.unasked()
	if err == nil && unasked {
		_ = resp.RawResponse.Body.Close()
		err = errUnasked
		e.keepAlive.lost()
	}
	if err == nil {
		x.phase, x.resp = phaseAnswered, resp.RawResponse
		e.keepAlive.readHeader(x.resp)
		x.watch(ctx, cancel, e.timeout, progress)
		x.look()
		return x
	}
	err = progress.ending(err)
	x.phase, x.said = failedPhase(progress, err)
	cause := context.Cause(ctx)
	x.refused = cause == nil && !oneShot && x.phase == phaseConnected && (unasked || progress.pooled())
	if cause != nil {
		err = cause
	} else if progress.reusing() {
		e.keepAlive.lost()
	}
	if unasked {
		err = errUnasked
	}
	x.err = err
	cancel(err)
	return x
}

// watch puts the answer's body under a time limit.
func (x *exchange) watch(ctx context.Context, cancel context.CancelCauseFunc, limit time.Duration, p *progress) {
	x.resp.TLS = p.connectionState() // net/http does not see it
	// What the transport keeps here is the request on the wire, key and all. Only documents need to
	// be named again.
	x.resp.Request = nil
	if x.request.effect() != effectRecord {
		x.resp.Request = &http.Request{Method: x.request.method, URL: x.request.url}
	}
	// Of a connection that goes on in another protocol, the context would end no read.
	if x.resp.StatusCode == http.StatusSwitchingProtocols {
		_ = x.resp.Body.Close()
		x.resp.Body = http.NoBody
	}
	if x.resp.Body == http.NoBody {
		cancel(nil)
		return
	}
	body := &watchedBody{
		body: x.resp.Body, ctx: ctx, cancel: cancel, limit: limit, inAll: bodyTime(x.request, x.resp.StatusCode, limit),
	}
	if x.resp.ContentLength < 0 && len(x.resp.TransferEncoding) == 0 {
		body.cutOff = p.cutOff
	}
	x.resp.Body = body
}

// look notes what the beginning of an answer's body says of it. It is the one place that looks at
// it: whatever judges an answer goes by what is noted here.
func (x *exchange) look() {
	o := &opening{request: x.request, resp: x.resp}
	switch {
	case o.mayBePage():
		o.readUntilClear()
		x.page = o.isPage()
	case o.mayBeLost():
		o.read(lostLength)
		x.lost = textSaysLost(o.head, x.resp.Header)
	default:
		x.page, x.lost = o.leadsElsewhere(), headerSaysLost(x.resp)
	}
	if x.request.file && x.resp.Header.Get("Content-Encoding") != "" {
		o.read(sniffLength)
	}
	x.head = o.head
}

func newRestyRequest(rest *resty.Client, r request) *resty.Request {
	out := rest.R().SetDoNotParseResponse(true)
	maps.Copy(out.Header, r.header) // resty adds the client's own to what it has
	if r.annotation != nil {
		annotate(out.Header, *r.annotation)
	}
	if r.body != nil {
		// A byte slice, because resty sends a reader's body once only.
		out.SetBody(r.body)
	}
	return out
}
