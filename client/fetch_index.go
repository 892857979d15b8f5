package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
)

// otherOriginError is the error for a link to another origin instead of one of ours.
func (c *Client) otherOriginError(u *url.URL) *Error {
	return &Error{
		Kind:    KindUnavailable,
		Message: fmt.Sprintf("the server's index points to another server, %s, which is not asked", c.scrub.url(u)),
		Hint:    "behind a proxy, ProGet needs its public address in the setting Web.BaseUrl",
	}
}

// resolveLink is resolve for the links of an index, or of a registry: the names
// were fit to be asked for, so one that is not is the server's fault.
func (c *Client) resolveLink(ref string) (*url.URL, error) {
	u, err := c.resolve(ref)
	if err != nil {
		return nil, &Error{Kind: KindUnavailable, Message: "the server's index has a link that cannot be asked for: " + c.scrub.text(err.Error()), Err: err}
	}
	return c.onOurOrigin(u), nil
}

// onOurOrigin puts a link on the base URL's scheme where it names the same host:
// behind a proxy that ends TLS, indexes say http.
func (c *Client) onOurOrigin(u *url.URL) *url.URL {
	if c.home.upgradeOf(originOf(u)) && (u.Port() == "" || u.Port() == "80" || u.Port() == c.base.Port()) {
		moved := *u
		moved.Scheme, moved.Host = c.base.Scheme, c.base.Host
		return &moved
	}
	return u
}

// index lets a feed type ask for index documents, with credentials and retries,
// on the server's origin only, and never annotated.
type index struct {
	c *Client
	// broke tells that a document broke off on its way.
	broke bool
}

var _ feedtype.Prober = (*index)(nil)

// locate looks a package up, and again where an index breaks off on its way.
func (c *Client) locate(ctx context.Context, protocol feedtype.Protocol, feed string, pkg ecosystem.Package) (feedtype.Content, error) {
	a := c.newAttempts()
	for {
		ix := &index{c: c}
		content, err := protocol.Locate(ctx, ix, feed, pkg)
		if err == nil || !ix.broke {
			return content, err
		}
		if again, _ := a.again(ctx, exchange{}); !again {
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
	if token, ok := ix.c.tokenAfter(ctx, err, u); ok {
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

// Missing asks with HEAD, once, whether a file is certainly not there.
func (ix *index) Missing(ctx context.Context, ref string) bool {
	u, err := ix.c.resolveLink(ref)
	if err != nil || !sameOrigin(u, ix.c.base) {
		return false
	}
	x := ix.c.send(ctx, request{method: http.MethodHead, url: u, brief: true}, followReading)
	if x.resp == nil {
		return false
	}
	defer x.resp.Body.Close()
	return x.resp.StatusCode == http.StatusNotFound || x.resp.StatusCode == http.StatusGone
}
