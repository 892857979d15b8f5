package client

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// failures makes the errors of requests: what happened in plain words, without secrets, and what to
// do about it if that does not depend on the program.
type failures struct {
	scrub scrubber
	home  origin
	now   func() time.Time
}

// advice is what an error says beside its message.
type advice struct {
	hint   string
	reason Reason
}

// of makes the error of an exchange that ended with verdict v, and closes the answer.
func (f failures) of(ctx context.Context, x exchange, v verdict) *Error {
	e := &Error{
		Kind: v.kind(), Method: x.request.method, URL: f.scrub.url(x.request.url), Err: x.err,
		Transient: v == verdictAgain || v == verdictUncertain,
	}
	if ctx.Err() != nil && (x.phase != phaseAnswered || v == verdictAgain) {
		return f.interrupted(ctx, x, e)
	}
	if x.phase != phaseAnswered {
		said := f.unanswered(x, v)
		e.Message, e.Hint, e.Reason = f.scrub.words(x.request.url, noResponse(x, f.now()), false), said.hint, said.reason
		return e
	}
	defer drain(x.resp.Body)
	e.Status = x.resp.StatusCode
	if originOf(x.request.url) == f.home { // no other may choose what our server is asked for
		e.challenges = x.resp.Header.Values("WWW-Authenticate")
	}
	e.RetryAfter, _ = retryAfter(x.resp, f.now())
	if x.isRedirection() {
		e.Message, e.Hint = f.redirected(x)
		return e
	}
	body, err := io.ReadAll(io.LimitReader(x.resp.Body, errorBodyLimit))
	said := serverWords(x.resp.Header.Get("Content-Type"), body)
	e.Server = shorten(f.scrub.words(x.request.url, said, err != nil || len(body) == errorBodyLimit))
	e.Message = "the server answered " + statusText(x.resp.StatusCode)
	if x.page {
		e.Message = "the server answered with a web page instead of data"
	}
	advised := f.answered(x, v, body, e.RetryAfter)
	e.Hint, e.Reason = advised.hint, advised.reason
	return e
}

// interrupted closes the answer of a request whose context ended: what was sent is uncertain, the
// rest was merely interrupted.
func (f failures) interrupted(ctx context.Context, x exchange, e *Error) *Error {
	if x.resp != nil {
		_ = x.resp.Body.Close()
	}
	stopped := e.interrupted(context.Cause(ctx))
	if e.Kind == KindUncertain {
		return stopped.as(KindUncertain)
	}
	return stopped
}

// MissingHint is the hint, or its beginning, of an error about what the server, or an index of it,
// does not have.
const MissingHint = "check the names of feed and package; a package blocked by policy is not found either"

// answered says what to do about an answer; nothing if its words must do.
func (f failures) answered(x exchange, v verdict, body []byte, wait time.Duration) advice {
	status := x.resp.StatusCode
	switch {
	case v == verdictAuth && originOf(x.request.url) != f.home:
		return advice{hint: "the server redirected to this address, which gets no credentials: has its signature expired?"}
	case x.request.url.Scheme == "http" && status == http.StatusBadRequest && saysTLS(body):
		return advice{hint: "use https: the address is https://" + x.request.url.Host}
	case x.page:
		return advice{hint: "a sign-in or licence page in between? check the server's address and the credentials"}
	case v == verdictNotFound:
		return advice{hint: MissingHint}
	case status == http.StatusProxyAuthRequired:
		return advice{reason: ReasonProxyRefused}
	case v == verdictAgain && wait > 0:
		return advice{hint: fmt.Sprintf("the server asked to retry after %s", shortDuration(wait))}
	case v == verdictAgain:
		return advice{hint: "the server is busy or temporarily down; try again later"}
	}
	return advice{}
}

// saysTLS reports whether a 400 comes from a port for https, as nginx, Go, Apache httpd and Tomcat
// say it.
func saysTLS(body []byte) bool {
	text := strings.ToLower(string(body))
	for _, words := range []string{"sent to https port", "to an https server", "to an ssl-enabled server port", "host and port requires tls"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// unanswered says what to do about a request that got no answer.
func (f failures) unanswered(x exchange, v verdict) advice {
	host := x.request.url.Host
	switch {
	case isCertificateFailure(x.err):
		return f.certificate(x.err)
	case x.phase == phaseOtherProtocol && x.said == speaksTLS:
		return advice{hint: "use https: the address is https://" + host}
	case x.phase == phaseOtherProtocol:
		return advice{hint: "check the port in the server's address, and whether it should start with http or https"}
	case x.phase == phaseTLS && errors.Is(x.err, http.ErrSchemeMismatch):
		return advice{hint: fmt.Sprintf("use http, or the port for https: http://%s answers without TLS", host)}
	case x.phase == phaseTLS:
		return advice{hint: "the two sides cannot agree on TLS: check whether the address should start with http or https, and the client certificate"}
	case x.phase == phaseProxy:
		return advice{reason: ReasonProxyRefused}
	case isProxyFailure(x.err), isSilence(x.err):
		return advice{reason: ReasonProxyDown}
	case v.kind() == KindUnavailable:
		return advice{hint: "check the server's address and that it can be reached from here"}
	}
	return advice{}
}

// certificate says what to do about a certificate that is not accepted.
func (f failures) certificate(err error) advice {
	said := advice{reason: ReasonCertificate}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		said.hint = "use a host name that the certificate is for"
		return said
	}
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case ok && invalid.Reason == x509.Expired && invalid.Cert != nil && f.now().Before(invalid.Cert.NotBefore):
		said.hint = "check the clock of this machine, and the server's certificate"
	case ok && invalid.Reason == x509.Expired:
		said.hint = "the server needs a new certificate; check the clock of this machine, too"
	default:
		said.reason = ReasonUnknownAuthority
	}
	return said
}

// isProxyFailure recognizes a connection that did not come as far as the proxy; net/http names it
// so.
func isProxyFailure(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "proxyconnect"
}

func isSilence(err error) bool {
	_, ok := errors.AsType[*silence](err)
	return ok
}

// redirected describes a redirect that is not followed.
func (f failures) redirected(x exchange) (message, hint string) {
	message = fmt.Sprintf("the server redirects (%s), which is not followed", statusText(x.resp.StatusCode))
	target, err := x.target()
	if err != nil {
		return message, ""
	}
	message += ": " + f.scrub.url(target)
	switch {
	case x.request.effect() == effectRecord && x.resp.StatusCode == http.StatusSeeOther:
		// What to do about an uncertain record is said where it is reported.
	case originOf(target).upgradeOf(originOf(x.request.url)):
		hint = fmt.Sprintf("the server is at https://%s: use that address", target.Host)
	case x.request.url.Scheme == "https" && target.Scheme == "http":
		hint = "a redirect from https to http is never followed: the server, or its storage, needs an https address"
	case !sameOrigin(x.request.url, target):
		hint = "is this the server's own address? a redirect to another one is not followed"
	case x.request.body != nil && !keepsMethod(x.resp.StatusCode):
		hint = "a redirect that drops what was sent is not followed: check the path of the server's address, and the credentials"
	default:
		hint = "the server redirects again and again: check the path of its address, and a proxy in between"
	}
	return message, hint
}

// otherOrigin is the error for a link that leads to another server.
func (f failures) otherOrigin(u *url.URL) *Error {
	return &Error{
		Kind:    KindUnavailable,
		Message: fmt.Sprintf("the server's index points to another server, %s, which is not asked", f.scrub.url(u)),
		Hint:    "behind a proxy, ProGet needs its public address in the setting Web.BaseUrl",
	}
}

// unreadable is the error of a 2xx answer whose body cannot be read to its end. One that is whole
// and of another shape would be the same again; any other may come from a server that broke down
// meanwhile.
func (f failures) unreadable(ctx context.Context, resp *http.Response, expected string, err error) *Error {
	_, misshapen := errors.AsType[shapeError](err)
	e := &Error{
		Kind: KindUnavailable, Method: resp.Request.Method, URL: f.scrub.url(resp.Request.URL), Status: resp.StatusCode,
		Message: "the server's answer is not usable: expected " + expected + ", but " + f.scrub.text(answerFault(err)), Err: err,
		Transient: !misshapen,
		Hint:      "is this the address of a ProGet server? a proxy in between may have cut or changed its answer",
	}
	if ctx.Err() != nil {
		return e.interrupted(context.Cause(ctx))
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

// shortDuration writes a duration to the second, without the units that are zero at its end: 2h,
// not 2h0m0s.
func shortDuration(d time.Duration) string {
	text := d.Round(time.Second).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-len("0s")]
		}
	}
	return text
}

func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}
