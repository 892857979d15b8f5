package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// copyBuffer is 256 KiB: large enough that system calls do not matter.
const copyBuffer = 256 << 10

// receive reads the content of a 2xx answer into the sink.
func (t *transfer) receive(ctx context.Context, x exchange) error {
	defer func() { _ = x.resp.Body.Close() }()
	refused, warning := t.refusal(x)
	switch {
	case refused != "" && x.request.header.Get("Range") != "":
		return t.startOver(x, refused)
	case refused != "":
		return t.broken(x, refused, false)
	case warning != "":
		t.warn(warning)
	}
	if err := t.seek(x); err != nil {
		return err
	}
	err := t.into.open(x.resp.Header.Get("Content-Disposition"))
	if errors.Is(err, errExists) {
		return errExists
	}
	if err != nil {
		return afterAnswer(err)
	}
	if bound := t.stated.bound(); bound >= 0 && t.size > bound {
		return t.mismatch(t.stated.exceeded())
	}
	err = t.copyBody(x)
	if err == nil && t.offset < t.size {
		err = io.ErrUnexpectedEOF // a connection that is simply closed does not show it
	}
	if err == nil {
		return nil
	}
	if failed, ok := errors.AsType[*writeError](err); ok {
		return &Error{Kind: KindInternal, Message: failed.Error(), Err: failed.err}
	}
	if ctx.Err() != nil {
		return &Error{Kind: KindInterrupted, Message: "interrupted", Err: context.Cause(ctx)}
	}
	if refused, ok := errors.AsType[*Error](err); ok {
		return refused
	}
	return t.brokeOff(x, err)
}

// refusal says why an answer cannot be the content as it is stored, "" if it can, and what is odd
// of it.
func (t *transfer) refusal(x exchange) (refused, warning string) {
	switch x.resp.StatusCode {
	case http.StatusOK, http.StatusNonAuthoritativeInfo, http.StatusPartialContent:
	default:
		return fmt.Sprintf("the server answered %s instead of the package", statusText(x.resp.StatusCode)), ""
	}
	wrong, unknown := coding(x, t.name, path.Base(t.url.Path))
	switch {
	case wrong != "" && !t.codedBefore(x):
		return fmt.Sprintf("the server sent the package encoded as %q although it was asked not to", wrong), ""
	case wrong == "" && len(unknown) > 0:
		return "", fmt.Sprintf("the server calls the package encoded as %q, which it is not: it is saved as it came", strings.Join(unknown, ", "))
	}
	return "", ""
}

// codedBefore recognizes the rest of a file whose beginning had the same Content-Encoding.
func (t *transfer) codedBefore(x exchange) bool {
	const name = "Content-Encoding"
	return x.resp.StatusCode == http.StatusPartialContent && t.began != nil &&
		slices.Equal(x.resp.Header.Values(name), t.began.Values(name))
}

// warn adds a warning, once.
func (t *transfer) warn(text string) {
	if !slices.Contains(t.result.Warnings, text) {
		t.result.Warnings = append(t.result.Warnings, text)
	}
}

// afterAnswer is an error of this machine that shows once the server has answered: a usage error
// would say that nothing was sent.
func afterAnswer(err error) error {
	e := localError(err)
	if e.Kind == KindUsage {
		return e.as(KindInternal)
	}
	return e
}

// seek prepares for the body of x: the content from its beginning, or what is missing of it.
func (t *transfer) seek(x exchange) error {
	if x.resp.StatusCode == http.StatusPartialContent {
		total, ok := t.continues(x.resp.Header)
		if !ok || x.request.header.Get("Range") == "" {
			return t.startOver(x, "the server's partial answer does not continue what is here")
		}
		t.size, t.result.Resumed = total, true
		return nil
	}
	if t.offset > 0 {
		if !t.into.restart() {
			return t.broken(x, "the transfer broke off, and the server cannot continue it", false)
		}
		t.hash.reset()
		t.offset = 0
	}
	t.size, t.began, t.validator = x.resp.ContentLength, x.resp.Header, validator(x.resp.Header)
	t.elsewhere = !sameOrigin(x.request.url, t.url)
	return nil
}

// noRest takes a 416: either all of the content has been received and only its end was not known,
// or what was received belongs to nothing any more.
func (t *transfer) noRest(x exchange) error {
	drain(x.resp.Body)
	total, known := strings.CutPrefix(x.resp.Header.Get("Content-Range"), "bytes */")
	if known && t.size < 0 && total == strconv.FormatInt(t.offset, 10) && !otherVersion(x.resp.Header, t.began) {
		return nil
	}
	return t.startOver(x, "the server no longer has the rest of the package")
}

// startOver drops what was received, for another attempt from the beginning.
func (t *transfer) startOver(x exchange, why string) error {
	if !t.into.restart() {
		return t.broken(x, why, false)
	}
	t.restart()
	return t.broken(x, why, true)
}

// restart goes back to the beginning.
func (t *transfer) restart() {
	t.hash.reset()
	t.state, t.offset, t.size, t.began, t.validator = askWhole, 0, -1, nil, ""
}

// refusesRange recognizes the answers to a request for the rest after which the same request
// without a range may succeed. A server that is busy is asked for the rest once more, since it may
// be nearly all there: then the range is perhaps what it does not serve.
func (t *transfer) refusesRange(x exchange, v verdict) bool {
	if x.phase != phaseAnswered || x.request.header.Get("Range") == "" {
		return false
	}
	later := v == verdictAgain && (x.resp.StatusCode < 500 || x.resp.StatusCode == http.StatusServiceUnavailable)
	if later && (!t.putOff || t.into.streams()) {
		t.putOff = true
		return false
	}
	return true
}

// askWithoutRange takes the refusal of a range, whatever it says: what was received is dropped for
// another attempt from the beginning, if it can be.
func (t *transfer) askWithoutRange(ctx context.Context, x exchange, v verdict) error {
	e := t.c.failures.of(ctx, x, v)
	again := e.Kind != KindInterrupted && t.into.restart()
	if again {
		t.restart()
	}
	return e.with(func(e *Error) { e.Transient = again })
}

// copyBody writes the body as it comes. What is beyond a size that was stated or announced is not
// written, and not waited for.
func (t *transfer) copyBody(x exchange) error {
	buf := make([]byte, copyBuffer)
	bound := t.stated.bound()
	for {
		n, err := x.resp.Body.Read(buf)
		if bound >= 0 && t.offset+int64(n) > bound {
			return t.mismatch(t.stated.exceeded())
		}
		if t.size >= 0 && t.offset+int64(n) > t.size {
			return t.startOver(x, fmt.Sprintf("the server sent more than the %d bytes that it announced", t.size))
		}
		if n > 0 {
			if _, werr := t.into.Write(buf[:n]); werr != nil {
				return werr
			}
			_, _ = t.hash.Write(buf[:n])
			t.offset += int64(n)
			if t.progress != nil {
				t.progress(t.offset, t.size)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// brokeOff takes a body that broke off: the rest is asked for if the server can say whether it
// belongs to what was received.
func (t *transfer) brokeOff(x exchange, err error) error {
	if t.state != askWhole {
		t.state = askAll
		if t.offset > 0 && t.validator != "" {
			t.state = askRest
		}
	}
	return t.broken(x, fmt.Sprintf("the transfer broke off after %d bytes: %s", t.offset, networkWords(err, t.c.now())), true)
}

// broken is the error of an answer without the whole content. What is on a stream already can only
// be continued.
func (t *transfer) broken(x exchange, why string, transient bool) *Error {
	if t.into.streams() && t.offset > 0 && t.validator == "" {
		transient = false
	}
	return &Error{
		Kind: KindUnavailable, Method: x.request.method, URL: t.c.scrub.url(x.request.url),
		Status: x.resp.StatusCode, Message: why, Transient: transient,
	}
}
