package client

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/progetctl/progetctl/internal/jsontext"
)

// Limits on what is read of a server's error.
const (
	// errorBodyLimit is 64 KiB: enough for the title of a page or the message
	// in a JSON error, however long the rest is.
	errorBodyLimit = 64 << 10
	// serverWordsLimit is 1 KiB, what a person may be asked to read.
	serverWordsLimit = 1 << 10
)

// failure makes the error of an exchange that ended with verdict v, and closes
// the answer.
func (c *Client) failure(ctx context.Context, x exchange, v verdict) *Error {
	e := &Error{
		Kind: v.kind(), Method: x.request.method, URL: c.scrub.url(x.request.url), Err: x.err,
		Transient: v == verdictAgain || v == verdictUncertain,
	}
	if ctx.Err() != nil && (x.phase != phaseAnswered || v == verdictAgain) {
		return c.interrupted(ctx, x, e)
	}
	if x.phase != phaseAnswered {
		c.noResponse(e, x)
		return e
	}
	defer drain(x.resp.Body)
	e.Status, e.challenges = x.resp.StatusCode, x.resp.Header.Values("WWW-Authenticate")
	e.RetryAfter, _ = retryAfter(x.resp, c.now())
	e.Message = "the server answered " + statusText(x.resp.StatusCode)
	if x.isRedirection() {
		c.describeRedirect(e, x)
		return e
	}
	body, err := io.ReadAll(io.LimitReader(x.resp.Body, errorBodyLimit))
	said := serverWords(x.resp.Header.Get("Content-Type"), body)
	e.Server = shorten(c.scrub.words(x.request.url, said, err != nil || len(body) == errorBodyLimit))
	if x.isPage() {
		e.Message = "the server answered with a web page instead of data"
	}
	e.Hint = answerHint(x, v, e.RetryAfter)
	if x.request.url.Scheme == "http" && e.Status == http.StatusBadRequest && wantsTLS(body) {
		e.Hint = "use https: the address is https://" + x.request.url.Host
	}
	if v == verdictAuth && originOf(x.request.url) != c.home {
		e.Hint = "the server sent us to this address, which gets no credentials: has its signature run out?"
	}
	return e
}

// proxyHint is for a proxy that refuses, whichever way it says so.
const proxyHint = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and the proxy's user name and password"

// missingHint is for what the server, or an index of it, does not have.
const missingHint = "check the names of feed and package; a package blocked by policy is not found either"

// answerHint says what to do about an answer; "" where its words must do.
func answerHint(x exchange, v verdict, wait time.Duration) string {
	switch {
	case x.isPage():
		return "a sign-in or licence page in between? check the server's address and the credentials"
	case v == verdictNotFound:
		return missingHint
	case x.resp.StatusCode == http.StatusProxyAuthRequired:
		return proxyHint
	case v == verdictAgain && wait > 0:
		return fmt.Sprintf("the server asks for %s without requests: run it again after that", wait)
	case v == verdictAgain:
		return "run it again later: the server is busy, or out of order for a while"
	}
	return ""
}

// wantsTLS reports whether a 400 comes from a port for https, as nginx, Go, Apache
// httpd and Tomcat say it.
func wantsTLS(body []byte) bool {
	text := strings.ToLower(string(body))
	for _, words := range []string{"sent to https port", "to an https server", "to an ssl-enabled server port", "host and port requires tls"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// interrupted marks an error whose context ended: what was sent is uncertain,
// the rest was merely interrupted.
func (c *Client) interrupted(ctx context.Context, x exchange, e *Error) *Error {
	if x.resp != nil {
		_ = x.resp.Body.Close()
	}
	e.Err, e.Message, e.Transient = context.Cause(ctx), "interrupted", false
	if e.Kind != KindUncertain {
		e.Kind = KindInterrupted
	}
	return e
}

func (c *Client) noResponse(e *Error, x exchange) {
	e.Message = c.scrub.words(x.request.url, x.silence(c.now()), false)
	e.Certificate = isCertificateFailure(x.err)
	secure := *x.request.url
	secure.Scheme = "https"
	switch {
	case e.Certificate:
		e.Hint = c.certificateHint(x.err)
	case x.phase == phaseForeign && x.said == speaksTLS:
		e.Hint = fmt.Sprintf("use https: the address is https://%s", secure.Host)
	case x.phase == phaseForeign:
		e.Hint = "check the port in the server's address, and http against https"
	case errors.Is(x.err, http.ErrSchemeMismatch):
		e.Hint = fmt.Sprintf("use http, or the port for https: http://%s answers without TLS", secure.Host)
	case x.phase == phaseTLS:
		e.Hint = "the two sides cannot agree on TLS: check http against https, and the client certificate"
	case x.phase == phaseProxy:
		e.Hint = proxyHint
	case isProxyFailure(x.err):
		e.Hint = "the proxy cannot be reached: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
	case e.Kind == KindUnavailable:
		e.Hint = "check the server's address and that it can be reached from here"
	}
}

// certificateHint says what to do about a certificate that is not accepted.
func (c *Client) certificateHint(err error) string {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case ok && invalid.Reason == x509.Expired && invalid.Cert != nil && c.now().Before(invalid.Cert.NotBefore):
		return "check the clock of this machine, and the server's certificate"
	case ok && invalid.Reason == x509.Expired:
		return "the server needs a new certificate; check the clock of this machine, too"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "use a host name that the certificate is for"
	}
	return "name the certificate authority with --ca-cert, or check the host name in the server's address"
}

// isProxyFailure tells a connection that did not come as far as the proxy; net/http names it so.
func isProxyFailure(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "proxyconnect"
}

func (c *Client) describeRedirect(e *Error, x exchange) {
	e.Message = fmt.Sprintf("the server redirects (%s), which is not followed", statusText(x.resp.StatusCode))
	target, err := x.target()
	if err != nil {
		return
	}
	e.Message += ": " + c.scrub.url(target)
	switch {
	case x.request.effect() == effectRecord && x.resp.StatusCode == http.StatusSeeOther:
		// What to do about a record in doubt is said where it is reported.
	case originOf(target).upgradeOf(originOf(x.request.url)):
		e.Hint = fmt.Sprintf("the server is at https://%s: use that address", target.Host)
	case x.request.url.Scheme == "https" && target.Scheme == "http":
		e.Hint = "a redirect from https to http is never followed: the server, or its storage, needs an https address"
	case !sameOrigin(x.request.url, target):
		e.Hint = "is this the server's own address? a redirect to another one is not followed"
	case x.request.body != nil && !keepsMethod(x.resp.StatusCode):
		e.Hint = "a redirect that drops what was sent is not followed: check the path of the server's address, and the credentials"
	default:
		e.Hint = "the server redirects again and again: check the path of its address, and a proxy in between"
	}
}

func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

// serverWords reduces an error body to what the server has to say: the title
// of a page, the message in a JSON object, or the text. Control characters are
// kept: they are cleaned where they are shown.
func serverWords(contentType string, body []byte) string {
	body = bytes.TrimSpace(body)
	words := string(body)
	switch {
	case isHTMLType(contentType) || beginning(body, true) == beginsPage:
		words = pageTitle(body)
	case len(body) > 0 && body[0] == '{':
		if message := jsonMessage(body); message != "" {
			words = message
		}
	}
	return strings.ToValidUTF8(strings.TrimSpace(words), "\uFFFD")
}

// shorten cuts words to what a person may be asked to read, with the escapes in
// which they are shown. It comes after the scrubbing, which would not know half a
// secret.
func shorten(words string) string { return jsontext.Cut(words, serverWordsLimit) }

func pageTitle(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(errorBodyLimit)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "title" && z.Next() == html.TextToken {
				return strings.Join(strings.Fields(string(z.Text())), " ")
			}
		}
	}
}

// jsonMessage finds the message in the shapes that ProGet and the registries
// behind its feeds use: {"message"}, {"error"}, {"errors": [{"code", "message"}]}.
func jsonMessage(body []byte) string {
	var doc struct {
		Message string
		Error   json.RawMessage
		Errors  []struct{ Code, Message string }
	}
	// A field of another type than expected leaves the rest readable.
	_ = json.Unmarshal(body, &doc)
	if len(doc.Errors) > 0 {
		first := doc.Errors[0]
		return strings.TrimSuffix(strings.TrimPrefix(first.Code+": "+first.Message, ": "), ": ")
	}
	if doc.Message != "" {
		return doc.Message
	}
	var text string
	_ = json.Unmarshal(doc.Error, &text)
	return text
}
