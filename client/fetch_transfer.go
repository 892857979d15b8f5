package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// transfer brings one document over: a package, or a part of an image. What may
// be sent next follows from its state: annotated until the annotated request
// may have done something, then plain, with a range once some of the content is
// here.
type transfer struct {
	c        *Client
	url      *url.URL
	accept   string
	name     string // of the file, "" if it is not known
	stated   statedSize
	note     string
	into     sink
	hash     *hasher
	attempts *attempts // those of the whole fetch
	result   *Fetched  // that of the whole fetch
	progress func(done, size int64)
	token    Secret

	annotation *Annotation // what the next request carries
	handedOn   bool        // the annotated request was sent on to another origin
	offset     int64       // bytes of the content that are here
	size       int64       // bytes in all, -1 where unknown
	whole      bool        // no part of the content is asked for any more
	validator  string      // of the version that is being fetched, "" where it has none that serves
	header     http.Header // of the answer that brought the content
}

// run sends requests until the content is here and checked, or nothing more can
// be tried. It lists the checksums that matched.
func (t *transfer) run(ctx context.Context) (verified []string, err error) {
	for {
		r := t.request()
		x := t.c.send(ctx, r, t.follow)
		t.attempts.count(x)
		if r.annotation != nil {
			t.result.DeploymentAttempts += x.sends
		}
		t.result.Attempts = t.attempts.made
		err := t.answer(ctx, x)
		if err == nil {
			return t.check()
		}
		if e, ok := errors.AsType[*Error](err); !ok || !e.Transient {
			return nil, err
		}
		if again, interruption := t.attempts.again(ctx, x); !again {
			if interruption != nil {
				return nil, &Error{Kind: KindInterrupted, Message: "interrupted", Err: interruption}
			}
			return nil, err
		}
	}
}

// request builds the next request. A range is asked for only where the server
// can tell whether the rest belongs to what is here, and never with an
// annotation.
func (t *transfer) request() request {
	r := request{
		method: http.MethodGet, url: t.url, annotation: t.annotation, token: t.token, file: true, page: pageName(t.url),
		header: http.Header{"Accept": {t.accept}, "Accept-Encoding": {"identity"}},
	}
	if t.annotation == nil && t.offset > 0 && t.validator != "" && !t.whole {
		r.header.Set("Range", fmt.Sprintf("bytes=%d-", t.offset))
		r.header.Set("If-Range", t.validator)
	}
	return r
}

// follow follows redirects of a download: on the same origin as they are, to
// another (storage) without anything of ours. https never becomes http.
func (t *transfer) follow(x exchange, target *url.URL) (request, bool) {
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
	if next.annotation != nil {
		// The server has acted on the annotation: it sent us to the content.
		next.annotation, t.annotation, t.handedOn = nil, nil, true
		t.result.Deployment = DeploymentUncertain
	}
	return next, true
}

// answer takes the outcome of one request. An error that is Transient may be
// followed by another attempt.
func (t *transfer) answer(ctx context.Context, x exchange) error {
	v := x.judge()
	annotated := x.request.annotation != nil
	if v == verdictDone {
		t.recorded(annotated)
		return t.receive(ctx, x)
	}
	if annotated && v == verdictUncertain {
		t.annotation = nil
		t.result.Deployment = DeploymentUncertain
		t.result.DeploymentError = t.c.failure(ctx, x, v)
		e := *t.result.DeploymentError
		// A page and a redirect come again however often one asks.
		e.Transient = !x.isPage() && !x.isRedirection() && ctx.Err() == nil
		return &e
	}
	if x.phase == phaseAnswered && x.resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && t.offset > 0 {
		return t.unsatisfiable(x)
	}
	if refusesRange(x, v) {
		return t.withoutRange(ctx, x, v)
	}
	e := t.c.failure(ctx, x, v)
	e.Transient = v == verdictAgain && e.Kind != KindInterrupted
	if annotated {
		t.result.DeploymentError = e
	}
	return e
}

// recorded notes that the annotated request, or the storage that it was sent on
// to, answered with the content.
func (t *transfer) recorded(annotated bool) {
	if annotated || t.handedOn {
		t.annotation, t.handedOn = nil, false
		t.result.Deployment, t.result.DeploymentError = DeploymentRecorded, nil
	}
}

// check compares length and checksums with what is known of the content.
func (t *transfer) check() (verified []string, err error) {
	if t.result.Existing {
		return t.result.Verified, nil
	}
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
