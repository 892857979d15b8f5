package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// read sends a GET that stores nothing, with as many attempts as it takes, and
// returns the 2xx answer, whose body the caller closes.
func (c *Client) read(ctx context.Context, ref, accept string) (*http.Response, error) {
	return c.readAs(ctx, ref, accept, Secret{})
}

// readAs is read with a bearer token, or the zero Secret for the credentials.
func (c *Client) readAs(ctx context.Context, ref, accept string, token Secret) (*http.Response, error) {
	u, err := c.resolve(ref)
	if err != nil {
		return nil, err
	}
	if !sameOrigin(u, c.base) {
		return nil, c.otherOriginError(u)
	}
	return c.ask(ctx, request{
		method: http.MethodGet, url: u, header: http.Header{"Accept": {accept}}, token: token,
		pages: strings.Contains(accept, "text/html"),
	}, followReading)
}

// ask sends a request that stores nothing, as read does a GET.
func (c *Client) ask(ctx context.Context, r request, follow follower) (*http.Response, error) {
	a := c.newAttempts()
	for {
		x := c.send(ctx, r, follow)
		a.count(x)
		v := x.judge()
		if v == verdictDone {
			return x.resp, nil
		}
		failed := c.failure(ctx, x, v)
		if v != verdictAgain {
			return nil, failed
		}
		if again, err := a.again(ctx, x); !again {
			return nil, orInterrupted(failed, err)
		}
	}
}

// orInterrupted marks failed as interrupted where the wait after it was.
func orInterrupted(failed *Error, interruption error) *Error {
	if interruption != nil {
		failed.Kind, failed.Err, failed.Message, failed.Transient, failed.Hint = KindInterrupted, interruption, "interrupted", false, ""
	}
	return failed
}

// readJSON reads a small document into v.
func (c *Client) readJSON(ctx context.Context, ref, expected string, v any) error {
	resp, err := c.read(ctx, ref, "application/json")
	if err != nil {
		return err
	}
	defer drain(resp.Body)
	body, err := io.ReadAll(io.LimitReader(resp.Body, smallDocumentLimit))
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		return c.brokenAnswer(ctx, resp, expected+" as JSON", err)
	}
	return nil
}

// brokenAnswer is the error of a 2xx answer whose body cannot be read to its
// end. One that is whole and of another shape comes again however often one
// asks; any other may be the trace of a server that broke down meanwhile.
func (c *Client) brokenAnswer(ctx context.Context, resp *http.Response, expected string, err error) *Error {
	_, misshapen := errors.AsType[shapeError](err)
	e := &Error{
		Kind: KindUnavailable, Method: resp.Request.Method, URL: c.scrub.url(resp.Request.URL), Status: resp.StatusCode,
		Message: "the server's answer is not usable: expected " + expected + ", but " + c.scrub.text(answerFault(err)), Err: err,
		Transient: !misshapen,
		Hint:      "is this the address of a ProGet server? a proxy in between may have cut or changed its answer",
	}
	if ctx.Err() != nil {
		e.Kind, e.Message, e.Err, e.Transient, e.Hint = KindInterrupted, "interrupted", context.Cause(ctx), false, ""
	}
	return e
}

// answerFault says in plain words why the body of an answer cannot be read.
func answerFault(err error) string {
	if _, broke := errors.AsType[*bodyError](err); broke {
		return readable(err).Error()
	}
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if mistyped.Field == "" {
			return "it has another form"
		}
		return fmt.Sprintf("its %q has another form", mistyped.Field)
	}
	if garbled, ok := errors.AsType[*json.SyntaxError](err); ok {
		if strings.Contains(garbled.Error(), "unexpected end") {
			return errCutOff.Error()
		}
		return errNoJSON.Error()
	}
	return readable(err).Error()
}
