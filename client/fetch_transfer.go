package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// transferState is what the next request of a transfer asks for. The first state of an annotated
// transfer is askAnnotated, of any other askAll:
//
//	askAnnotated   certainly nothing was recorded     → askAnnotated
//	               sent on to another origin          → askForwarded
//	               sent and not answered              → askAll
//	               the content came, and broke off    → askRest, askAll
//	askForwarded   the content came, and broke off    → askRest, askAll
//	askAll         the content broke off              → askRest, askAll
//	askRest        the rest broke off, too            → askRest
//	               the rest cannot be had             → askWhole
//	askWhole       the content broke off              → askWhole
//
// Content that has been received to its end is checked, which ends the transfer.
type transferState int

const (
	askAnnotated transferState = iota // all of the content, with the annotation
	askForwarded                      // all of it; if it comes, the annotated request was carried out
	askAll                            // all of it
	askRest                           // what is missing of it, as a range
	askWhole                          // all of it, and never a range again: the server may not know how to send one
)

// transfer downloads one document: a package, or a part of an image.
type transfer struct {
	c          *Client
	url        *url.URL
	accept     string
	name       string // of the file, "" if unknown
	stated     statedSize
	note       string
	into       sink
	hash       *hasher
	attempts   *attempts // those of the whole fetch
	result     *Fetched  // that of the whole fetch
	progress   func(done, size int64)
	token      Secret
	annotation *Annotation // nil for none

	state     transferState
	offset    int64       // bytes of the content that were received
	size      int64       // bytes in all, -1 if unknown
	putOff    bool        // the server was too busy for the rest
	validator string      // of the version that is being fetched, "" if it has none that serves
	began     http.Header // of the answer that the content begins with; nil before it
	elsewhere bool        // that answer came from another origin than the one that was asked
}

// annotate makes the transfer leave a deployment record, unless a is nil.
func (t *transfer) annotate(a *Annotation) {
	if a != nil {
		t.state, t.annotation = askAnnotated, a
	}
}

// run sends requests until the content is received and checked, or nothing more can be tried. It
// lists the checksums that matched.
func (t *transfer) run(ctx context.Context) (verified []string, err error) {
	for {
		r := t.request()
		x := t.c.http.send(ctx, r, t.redirect)
		t.attempts.count(x)
		if r.annotation != nil {
			t.result.DeploymentAttempts += x.sends
		}
		t.result.Attempts = t.attempts.made
		err := t.take(ctx, x)
		if err == nil {
			return t.check()
		}
		if e, ok := errors.AsType[*Error](err); !ok || !e.Transient {
			return nil, err
		}
		if again, interruption := t.attempts.wait(ctx, x); !again {
			if interruption != nil {
				return nil, &Error{Kind: KindInterrupted, Message: "interrupted", Err: interruption}
			}
			return nil, err
		}
	}
}

// request builds the next request.
func (t *transfer) request() request {
	r := request{
		method: http.MethodGet, url: t.url, token: t.token, file: true, page: pageName(t.url),
		header: http.Header{"Accept": {t.accept}, "Accept-Encoding": {"identity"}},
	}
	switch t.state {
	case askAnnotated:
		r.annotation = t.annotation
	case askRest:
		r.header.Set("Range", fmt.Sprintf("bytes=%d-", t.offset))
		r.header.Set("If-Range", t.validator)
	}
	return r
}

// redirect follows redirects of a download: on the same origin as they are, to another (storage)
// without anything of ours. https never becomes http.
func (t *transfer) redirect(x exchange, target *url.URL) (request, bool) {
	if !isRedirect(x.resp.StatusCode) {
		return request{}, false
	}
	next := x.request.to(target)
	from, to := originOf(x.request.url), originOf(target)
	if from == to {
		return next, true
	}
	leaks := t.c.scrub.secrets.Text(target.String()) != target.String()
	if leaks || to.upgradeOf(from) || from.scheme == "https" && to.scheme != "https" || to.scheme != "http" && to.scheme != "https" {
		return next, false
	}
	next.token = Secret{}
	next.forwarded = next.forwarded || next.annotation != nil
	next.annotation = nil
	return next, true
}

// take moves on by the outcome of one request. An error that is Transient may be followed by
// another attempt.
func (t *transfer) take(ctx context.Context, x exchange) error {
	v := x.verdict()
	if x.request.forwarded {
		// The server has acted on the annotation: it sent us to the content.
		t.state, t.result.Deployment = askForwarded, DeploymentUncertain
	}
	switch {
	case v == verdictDone:
		t.recordSeen()
		return t.receive(ctx, x)
	case x.request.annotation != nil:
		return t.annotatedFailed(ctx, x, v)
	case x.phase == phaseAnswered && x.resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && t.offset > 0:
		return t.noRest(x)
	case t.refusesRange(x, v):
		return t.askWithoutRange(ctx, x, v)
	}
	return t.failed(ctx, x, v)
}

// failed is the error of a request that got nothing.
func (t *transfer) failed(ctx context.Context, x exchange, v verdict) *Error {
	return t.c.failures.of(ctx, x, v).with(func(e *Error) {
		e.Transient = v == verdictAgain && e.Kind != KindInterrupted
	})
}

// recordSeen notes that the annotated request, or the storage that it was sent on to, answered with
// the content.
func (t *transfer) recordSeen() {
	if t.state == askAnnotated || t.state == askForwarded {
		t.state = askAll
		t.result.Deployment, t.result.DeploymentError = DeploymentRecorded, nil
	}
}

// annotatedFailed takes the failure of an annotated request. One that may have been carried out is
// never sent again.
func (t *transfer) annotatedFailed(ctx context.Context, x exchange, v verdict) *Error {
	if v != verdictUncertain {
		e := t.failed(ctx, x, v)
		t.result.DeploymentError = e
		return e
	}
	t.state, t.result.Deployment = askAll, DeploymentUncertain
	t.result.DeploymentError = t.c.failures.of(ctx, x, v)
	return t.result.DeploymentError.with(func(e *Error) {
		// Asking again would give the same page or redirect.
		e.Transient = !x.page && !x.isRedirection() && ctx.Err() == nil
	})
}

// check compares length and checksums with what is known of the content.
func (t *transfer) check() (verified []string, err error) {
	warning, err := t.stated.compare(t.offset)
	if err == nil {
		verified, err = t.hash.check()
	}
	if err != nil {
		return nil, t.mismatch(err)
	}
	if warning != "" {
		t.result.Warnings = append(t.result.Warnings, warning)
	}
	return verified, nil
}

func (t *transfer) mismatch(err error) *Error {
	return &Error{
		Kind: KindIntegrity, Method: http.MethodGet, URL: t.c.scrub.url(t.url), Message: err.Error(), Err: err, Hint: t.note,
	}
}
