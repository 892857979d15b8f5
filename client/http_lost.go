package client

import (
	"bytes"
	"net/http"
	"strings"
)

// lostLength is 4 KiB: the pages of some proxies say below their style sheet that they lost the
// server.
const lostLength = 4 << 10

// mayBeLost reports whether the body of an answer decides whether a proxy had passed the request
// on: a 503 or 408. Most proxies answer 502 or 504 then; those named here do not. A 503 without
// such a mark is the server's own, or one of a proxy that found no server to pass the request to.
func (o *opening) mayBeLost() bool {
	status, h := o.resp.StatusCode, o.resp.Header
	return (status == http.StatusServiceUnavailable || status == http.StatusRequestTimeout) &&
		h.Get("X-Azure-ExternalError") == "" && h.Get("X-Squid-Error") == ""
}

// headerSaysLost is the same for the proxies that say it in a header.
func headerSaysLost(resp *http.Response) bool {
	if resp.StatusCode != http.StatusServiceUnavailable && resp.StatusCode != http.StatusRequestTimeout {
		return false
	}
	if resp.Header.Get("X-Azure-ExternalError") != "" {
		return true // Azure Front Door: the error of its own connection to the server
	}
	code := resp.Header.Get("X-Squid-Error")
	return code != "" && !squidFoundNoServer(code)
}

// squidFoundNoServer recognizes the errors of Squid that come before a request is sent
// (squid-cache.org, errors: ERR_CONNECT_FAIL, ERR_DNS_FAIL).
func squidFoundNoServer(code string) bool {
	code, _, _ = strings.Cut(code, " ")
	return code == "ERR_CONNECT_FAIL" || code == "ERR_DNS_FAIL"
}

// textSaysLost looks for the words of proxies in the body of a 503 or 408.
func textSaysLost(body []byte, h http.Header) bool {
	text := bytes.ToLower(body)
	if at := bytes.Index(text, []byte("disconnect/reset before headers")); at >= 0 {
		return !envoyDidNotConnect(string(text[at:]))
	}
	if h.Get("Apigw-Requestid") != "" && bytes.Contains(text, []byte(`"message":"service unavailable"`)) {
		return true // AWS API Gateway (HTTP APIs): also when the server took too long
	}
	for _, words := range []string{
		"stream timeout",                       // Envoy before 1.18: 408, also when the server did not answer in time
		"guru medi",                            // Varnish and Fastly: any failure to fetch
		"backend fetch failed",                 // Varnish
		"backend read error",                   // Fastly
		"first byte timeout",                   // Fastly
		"our services aren",                    // Azure Front Door: also when the server took too long
		"connection to the instance had",       // Google Cloud Run
		"herokucdn.com/error-pages",            // Heroku: one page for all failures
		"errors.edgesuite.net",                 // Akamai: one page for all failures
		"upstream prematurely closed",          // nginx, and gateways built on it
		"upstream timed out",                   // the same
		"error reading from remote server",     // Apache httpd
		"timeout waiting for response",         // several
		"timed out waiting for",                // several
		"connection reset",                     // several
		"connection terminat",                  // several
		"before receiving response",            // several
		"econnreset",                           // proxies in Node.js
		"socket hang up",                       // proxies in Node.js
		"unexpected eof",                       // proxies in Go
		"server closed the connection",         // several
		"connection was closed unexpectedly",   // proxies in .NET
		"the operation has timed out",          // proxies in .NET
		"zero sized reply", "zero size object", // Squid
	} {
		if bytes.Contains(text, []byte(words)) {
			return true
		}
	}
	return false
}

// envoyDidNotConnect recognizes the reasons for which Envoy gives up before a request is sent
// (source/common/http/utility.cc, resetReasonToString). One that follows a retry says nothing about
// the attempt before it.
func envoyDidNotConnect(text string) bool {
	if strings.Contains(text, "retried") {
		return false
	}
	_, reason, found := strings.Cut(text, "reset reason: ")
	reason, _, _ = strings.Cut(reason, ",")
	switch strings.TrimRight(reason, " .\r\n") {
	case "connection failure", "remote connection failure", "local connection failure", "overflow":
		return found
	}
	return false
}
