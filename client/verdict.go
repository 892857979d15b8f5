package client

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
)

// verdict is what one exchange means for a request that stores something.
type verdict int

const (
	verdictDone      verdict = iota // answered 2xx: it is stored
	verdictAgain                    // certainly nothing stored, and it may pass
	verdictNothing                  // certainly nothing stored, and it will not pass by itself
	verdictRedirect                 // sent elsewhere, nothing stored
	verdictUncertain                // sent, and it may have been stored
	verdictRejected                 // the data was refused
	verdictAuth                     // 401, 403
	verdictNotFound                 // 404
)

// judge decides what an exchange means, from how far it came, the status and
// whether the answer is a page for people. It is the only place that does:
// what is tried again, what is uncertain and which kind an error has all
// follow from it.
//
// For a request that stores nothing, uncertain is merely unavailable: see
// [verdict.reading].
func judge(at phase, status int, page bool) verdict {
	switch at {
	case phaseResolving, phaseConnecting, phaseConnected:
		return verdictAgain
	case phaseProxy, phaseTLS:
		return verdictNothing
	case phaseSent:
		return verdictUncertain
	}
	switch {
	case status >= 200 && status < 300 && !page:
		return verdictDone
	case status < 300:
		return verdictUncertain
	case status < 400:
		return verdictRedirect
	}
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return verdictAgain
	case http.StatusUnauthorized, http.StatusForbidden:
		return verdictAuth
	case http.StatusNotFound:
		return verdictNotFound
	case http.StatusProxyAuthRequired:
		return verdictNothing
	}
	if status < 500 {
		return verdictRejected
	}
	return verdictUncertain
}

// reading turns a verdict into what it means for a request that stores
// nothing: an uncertain one may be repeated, but a page in the place of data
// (a sign-in form) comes again however often one asks.
func (v verdict) reading(page bool) verdict {
	switch {
	case v != verdictUncertain:
		return v
	case page:
		return verdictNothing
	default:
		return verdictAgain
	}
}

// kind is the error kind of a verdict once no further attempt follows.
func (v verdict) kind() Kind {
	switch v {
	case verdictUncertain:
		return KindUncertain
	case verdictRejected:
		return KindRejected
	case verdictAuth:
		return KindAuth
	case verdictNotFound:
		return KindNotFound
	default:
		return KindUnavailable
	}
}

// judge applies the rules to x.
func (x *exchange) judge() verdict {
	if x.phase != phaseAnswered {
		return judge(x.phase, 0, false)
	}
	return judge(x.phase, x.resp.StatusCode, x.isPage())
}

// isPage reports whether a successful answer is an HTML page rather than data.
// An empty body is none, whatever its type says: IIS labels those text/html.
// One that broke off, or goes on, behind nothing but blanks is not empty.
func (x *exchange) isPage() bool {
	if x.request.pages || x.phase != phaseAnswered || x.resp.StatusCode < 200 || x.resp.StatusCode > 299 {
		return false
	}
	head := bytes.TrimSpace(x.sniff())
	if isHTMLType(x.resp.Header.Get("Content-Type")) {
		return len(head) > 0 || !x.whole
	}
	// The middle of a file may look like anything.
	return x.resp.StatusCode != http.StatusPartialContent && looksLikeHTML(head)
}

func isHTMLType(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind, _, _ = strings.Cut(contentType, ";")
	}
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "text/html" || kind == "application/xhtml+xml"
}

func looksLikeHTML(head []byte) bool {
	head = bytes.ToLower(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}
