package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// read sends a GET that stores nothing, with as many attempts as it takes, and returns the 2xx
// answer, whose body the caller closes.
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
		return nil, c.failures.otherOrigin(u)
	}
	return c.ask(ctx, request{
		method: http.MethodGet, url: u, header: http.Header{"Accept": {accept}}, token: token,
		pages: strings.Contains(accept, "text/html"),
	}, followReading)
}

// errPart refuses an answer that says it is not all there is.
const errPart = shapeError("this is a part (206)")

// ask sends a request that stores nothing, as read does a GET.
func (c *Client) ask(ctx context.Context, r request, follow follower) (*http.Response, error) {
	a := newAttempts(c)
	for {
		x := c.http.send(ctx, r, follow)
		a.count(x)
		v := x.verdict()
		if v == verdictDone && x.resp.StatusCode == http.StatusPartialContent {
			drain(x.resp.Body)
			return nil, c.failures.unreadable(ctx, x.resp, "all of it", errPart)
		}
		if v == verdictDone {
			return x.resp, nil
		}
		failed := c.failures.of(ctx, x, v)
		if v != verdictAgain {
			return nil, failed
		}
		if again, err := a.wait(ctx, x); !again {
			return nil, orInterrupted(failed, err)
		}
	}
}

// orInterrupted returns the error of an interruption of the wait that followed failed, if there was
// one.
func orInterrupted(failed *Error, interruption error) *Error {
	if interruption != nil {
		return failed.interrupted(interruption)
	}
	return failed
}

// readAnswer gives the text of an answer to use, in the forms in which a feed's index is read: a
// proxy or a cache may have compressed it without being asked.
func readAnswer(resp *http.Response, use func(text io.Reader) error) error {
	text, release, err := feedtype.Text(resp.Body, resp.Header.Get("Content-Encoding"))
	defer release()
	if err != nil {
		return err
	}
	return use(text)
}

// readJSON reads a small document into v.
func (c *Client) readJSON(ctx context.Context, ref, expected string, v any) error {
	resp, err := c.read(ctx, ref, "application/json")
	if err != nil {
		return err
	}
	defer drain(resp.Body)
	err = readAnswer(resp, func(text io.Reader) error {
		body, err := io.ReadAll(io.LimitReader(text, smallDocumentLimit))
		if err != nil {
			return err
		}
		return json.Unmarshal(body, v)
	})
	if err != nil {
		return c.failures.unreadable(ctx, resp, expected+" as JSON", err)
	}
	return nil
}
