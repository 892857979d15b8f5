package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
)

// index lets a feed type ask for index documents, with credentials and retries, on the server's
// origin only, and never annotated.
type index struct {
	c *Client
	// broke is true if a document broke off during its transfer.
	broke bool
}

var _ feedtype.Prober = (*index)(nil)

// askIndex looks a package up, and once more if an index breaks off.
func askIndex(ctx context.Context, c *Client, protocol feedtype.Protocol, feed string, pkg ecosystem.Package) (feedtype.Content, error) {
	a := newAttempts(c)
	for {
		ix := &index{c: c}
		content, err := protocol.Locate(ctx, ix, feed, pkg)
		if err == nil || !ix.broke {
			return content, err
		}
		if again, _ := a.wait(ctx, exchange{}); !again {
			return content, err
		}
	}
}

// indexBody is a document's body, which notes in its index that it breaks off.
type indexBody struct {
	io.ReadCloser
	ix  *index
	url string // redacted
}

// Read reads.
func (b indexBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.ix.broke = true
		err = &Error{
			Kind: KindUnavailable, Method: http.MethodGet, URL: b.url, Err: err, Transient: true,
			Message: "the index broke off: " + networkWords(err, b.ix.c.now()),
		}
	}
	return n, err
}

// Fetch asks for one index document.
func (ix *index) Fetch(ctx context.Context, ref, accept string) (*feedtype.Document, error) {
	u, err := ix.c.resolveLink(ref)
	if err != nil {
		return nil, err
	}
	if accept == "" {
		accept = "*/*"
	}
	resp, err := ix.c.read(ctx, u.String(), accept)
	if token, ok := (registryAuth{ix.c}).afterRefusal(ctx, err, u); ok {
		resp, err = ix.c.readAs(ctx, u.String(), accept, token)
	}
	if err != nil {
		e, ok := errors.AsType[*Error](err)
		switch {
		case ok && (e.Kind == KindNotFound || e.Status == http.StatusGone):
			return nil, fmt.Errorf("%w: %w", feedtype.ErrNotFound, err)
		case ok && e.Status != 0 && e.Kind != KindInterrupted:
			return nil, &feedtype.RefusedError{Status: e.Status, Err: err}
		}
		return nil, err
	}
	return &feedtype.Document{
		URL: resp.Request.URL.String(), ContentType: resp.Header.Get("Content-Type"), Header: resp.Header,
		Body: indexBody{resp.Body, ix, ix.c.scrub.url(resp.Request.URL)},
	}, nil
}

// Missing asks with HEAD, once, whether a file certainly does not exist.
func (ix *index) Missing(ctx context.Context, ref string) bool {
	u, err := ix.c.resolveLink(ref)
	if err != nil || !sameOrigin(u, ix.c.base) {
		return false
	}
	x := ix.c.http.send(ctx, request{method: http.MethodHead, url: u, brief: true}, followReading)
	if x.resp == nil {
		return false
	}
	defer x.resp.Body.Close()
	return x.resp.StatusCode == http.StatusNotFound || x.resp.StatusCode == http.StatusGone
}

// notLocated makes an error of this package of one of a feed type.
func (f failures) notLocated(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &Error{Kind: KindInterrupted, Message: "interrupted", Err: context.Cause(ctx)}
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Kind == KindNotFound {
			return e.with(func(e *Error) {
				e.Hint = "this is the index that would list the package, so there was nothing to search: " + MissingHint
			})
		}
		return e
	}
	e := &Error{Kind: KindUnavailable, Message: f.scrub.text(err.Error()), Err: err}
	_, name := errors.AsType[*feedtype.NameError](err)
	qualifier, unnamed := errors.AsType[*feedtype.QualifierError](err)
	_, mismatch := errors.AsType[*feedtype.MismatchError](err)
	switch {
	case mismatch:
		e.Kind, e.Hint = KindIntegrity, "the index changed between two requests, or on its way; try again, and if it persists ask the administrator of the server"
	case errors.Is(err, feedtype.ErrNotFound):
		e.Kind, e.Hint = KindNotFound, MissingHint
		if missing, ok := errors.AsType[*feedtype.MissingError](err); ok && len(missing.Others) > 0 {
			e.Hint, e.Reason = "", ReasonQualifier
			for _, value := range missing.Others {
				e.Choices = append(e.Choices, f.scrub.text(missing.Key+"="+value))
			}
		}
	case unnamed:
		e.Kind, e.Reason = KindUsage, ReasonNoQualifier
		for _, example := range append([]string{qualifier.Key + "=" + qualifier.Example}, qualifier.Also...) {
			e.Choices = append(e.Choices, f.scrub.text(example))
		}
	case name:
		e.Kind = KindUsage
	}
	return e
}
