package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/progetctl/progetctl/internal/safefile"
)

// transfer is one fetch under way. What may be sent next follows from its
// state: annotated until the annotated request may have done something, then
// plain, with a range once some of the content is here.
type transfer struct {
	c        *Client
	req      FetchRequest
	url      *url.URL
	attempts *attempts
	sink     *sink
	hash     *hasher
	result   Fetched

	annotate  bool   // the next request carries the annotation
	offset    int64  // bytes of the content that are here
	size      int64  // bytes in all, -1 where unknown
	validator string // of the version that is being fetched, "" where it has none that serves
}

func (s *FeedsService) newTransfer(req FetchRequest) (*transfer, error) {
	u, err := s.c.resolve(req.Content.Ref)
	if err != nil {
		return nil, err
	}
	t := &transfer{
		c: s.c, req: req, url: u, attempts: s.c.newAttempts(), sink: &sink{req: req},
		hash: newHasher(wantedChecksums(req)), size: -1,
	}
	t.result.URL = s.c.scrub.url(u)
	if req.Verify == VerifyRequired && len(t.hash.wanted) == 0 {
		return nil, &Error{Kind: KindIntegrity, Message: "the feed publishes no checksum for this package, and one is required"}
	}
	if req.Annotation == nil {
		return t, nil
	}
	if _, err := req.Annotation.Headers(); err != nil {
		return nil, err
	}
	if !sameOrigin(u, s.c.base) {
		return nil, s.c.foreign(u)
	}
	t.annotate, t.result.Deployment = true, DeploymentFailed
	return t, nil
}

// existing decides about a file that is there already. A plain download of
// what it holds is done. An annotated one is fetched all the same, for its
// record, and takes the file's place.
func (t *transfer) existing(err error) (done bool, _ error) {
	taken, ok := errors.AsType[*safefile.ExistsError](err)
	if !ok {
		return false, localError(err)
	}
	if len(t.hash.wanted) > 0 && t.holds(taken.Path) {
		if t.req.Annotation == nil {
			return true, nil
		}
		t.sink.req.Destination.Overwrite = true
		if err := t.sink.prepare(); err != nil {
			return false, localError(err)
		}
		return false, nil
	}
	return false, &Error{
		Kind: KindUsage, Message: fmt.Sprintf("the file %q is there already", taken.Path), Err: err,
		Hint: "use --force to replace it, or name another with --output-file",
	}
}

// holds reports whether the file at path is the package; for a plain download
// it describes it.
func (t *transfer) holds(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	defer t.hash.reset()
	n, err := io.Copy(t.hash, f)
	if err != nil {
		return false
	}
	verified, err := t.hash.check()
	if err != nil {
		return false
	}
	if t.req.Annotation == nil {
		t.result.File, t.result.Existing, t.result.Bytes = path, true, n
		t.result.SHA256, t.result.Verified = t.hash.sha256(), verified
	}
	return true
}

// run sends requests until the content is here or nothing more can be tried.
func (t *transfer) run(ctx context.Context) error {
	for {
		x := t.c.send(ctx, t.request(), t.follow)
		t.attempts.count(x)
		err := t.answer(ctx, x)
		if err == nil {
			return t.finish()
		}
		if e, ok := errors.AsType[*Error](err); !ok || !e.Transient {
			return err
		}
		if again, interruption := t.attempts.again(ctx, x); !again {
			if interruption != nil {
				return &Error{Kind: KindInterrupted, Message: "interrupted", Err: interruption}
			}
			return err
		}
	}
}

// request builds the next request. A range is asked for only where the server
// can tell whether the rest belongs to what is here.
func (t *transfer) request() request {
	r := request{
		method: http.MethodGet, url: t.url, annotated: t.annotate,
		header: http.Header{"Accept": {"*/*"}, "Accept-Encoding": {"identity"}},
	}
	switch {
	case t.annotate:
		t.req.Annotation.annotate(r.header)
	case t.offset > 0 && t.validator != "":
		r.header.Set("Range", fmt.Sprintf("bytes=%d-", t.offset))
		r.header.Set("If-Range", t.validator)
	}
	return r
}

// follow follows redirects of a download: on the same origin as they are, to
// another without anything of ours. https never becomes http.
func (t *transfer) follow(x exchange, target *url.URL) (request, bool) {
	next, ok := followReading(x, target)
	if ok || x.resp.StatusCode == http.StatusNotModified || x.resp.StatusCode == http.StatusMultipleChoices {
		return next, ok
	}
	from, to := originOf(x.request.url), originOf(target)
	downgrade := t.c.home.scheme == "https" && to.scheme == "http"
	if downgrade || to.upgradeOf(from) || t.c.scrub.text(target.String()) != target.String() {
		return next, false
	}
	if to.scheme != "http" && to.scheme != "https" {
		return next, false
	}
	next = x.request.to(target)
	if next.annotated {
		// The server has acted on the annotation: it sent us to the content.
		t.annotate, next.annotated = false, false
		t.result.Deployment = DeploymentUncertain
		next.header = next.header.Clone()
		stripPrefix(next.header, deploymentHeaderPrefix)
	}
	return next, true
}

// answer takes what became of one request. An error that is Transient may be
// followed by another attempt.
func (t *transfer) answer(ctx context.Context, x exchange) error {
	v := x.judge()
	page := x.isPage()
	if v == verdictDone {
		t.recorded(x)
		return t.receive(ctx, x)
	}
	if x.request.annotated && v == verdictUncertain {
		t.annotate = false
		t.result.Deployment = DeploymentUncertain
		t.result.DeploymentError = t.c.failure(ctx, x, v)
		e := *t.result.DeploymentError
		e.Transient = !page && e.Kind != KindInterrupted && ctx.Err() == nil
		return &e
	}
	if x.phase == phaseAnswered && x.resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && t.offset > 0 {
		drain(x.resp.Body)
		return t.startOver(x, "the server no longer has the rest of the package")
	}
	e := t.c.failure(ctx, x, v.reading(page))
	e.Transient = v.reading(page) == verdictAgain && e.Kind != KindInterrupted
	if x.request.annotated {
		t.result.DeploymentError = e
	}
	return e
}

// recorded notes that the annotated request was answered with the content.
func (t *transfer) recorded(x exchange) {
	if x.request.annotated || (t.result.Deployment == DeploymentUncertain && t.result.DeploymentError == nil) {
		t.annotate = false
		t.result.Deployment, t.result.DeploymentError = DeploymentRecorded, nil
	}
}

// consequence gives the error of a fetch that failed the kind that follows
// from what is known of its deployment record.
func (t *transfer) consequence(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = localError(err)
	}
	const again = "do not send the deployment headers again: fetch the package without them"
	final := e.Kind == KindIntegrity || e.Kind == KindInterrupted
	switch t.result.Deployment {
	case DeploymentRecorded:
		if !final {
			e.Kind = KindPartial
		}
		e.Message += "; the deployment is recorded all the same"
		e.Hint = again
	case DeploymentUncertain:
		if !final {
			e.Kind = KindUncertain
		}
		e.Message += "; the deployment may have been recorded"
		e.Hint = "look at the package's history; " + again
	}
	return e
}

// localError is a failure on this machine.
func localError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: KindInternal, Message: err.Error(), Err: err}
}
