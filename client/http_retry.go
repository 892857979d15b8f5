package client

import "net/http"

// verdict is what one exchange means for its request.
type verdict int

const (
	verdictDone      verdict = iota // answered 2xx: it is stored, or here to be read
	verdictAgain                    // certainly nothing stored, and a retry may succeed
	verdictNothing                  // certainly nothing stored, and a retry does not help
	verdictUncertain                // sent, and it may have been stored
	verdictRejected                 // the data was refused
	verdictAuth                     // 401, 403
	verdictNotFound                 // 404
)

// effect is what a request leaves on the server if it is carried out.
type effect int

const (
	effectNone      effect = iota // nothing: an index, a list, a package without headers
	effectRecord                  // a POST that stores a deployment record
	effectAnnotated               // a GET whose headers leave a deployment record
)

func (r request) effect() effect {
	switch {
	case r.annotation != nil:
		return effectAnnotated
	case r.body != nil && !r.asks:
		return effectRecord
	}
	return effectNone
}

// observed is all that a verdict depends on.
type observed struct {
	effect effect
	at     phase
	status int  // 0 unless answered
	page   bool // answered 2xx with a web page
	lost   bool // a proxy says that it lost the server after the request went on
}

// classify decides what an exchange means. It is the only place that does: which request is
// retried, which one is uncertain and which kind an error has all follow from it.
func classify(o observed) verdict {
	v := o.storing()
	switch {
	case v != verdictUncertain || o.effect != effectNone:
		return v
	case o.page || isRedirection(o.status):
		// Asking again would give the same sign-in form or redirect.
		return verdictNothing
	}
	return verdictAgain
}

// storing is the verdict on a request that stores something. In doubt, it is uncertain.
func (o observed) storing() verdict {
	switch o.at {
	case phaseResolving, phaseConnecting, phaseConnected:
		return verdictAgain
	case phaseProxy, phaseTLS, phaseOtherProtocol:
		return verdictNothing
	case phaseSent:
		return verdictUncertain
	}
	switch {
	case o.lost:
		return verdictUncertain
	case o.status >= 200 && o.status < 300 && !o.page:
		return verdictDone
	case isRedirection(o.status):
		return o.redirected()
	}
	switch o.status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return verdictAgain
	case http.StatusUnauthorized, http.StatusForbidden:
		return verdictAuth
	case http.StatusNotFound:
		return verdictNotFound
	case http.StatusProxyAuthRequired:
		return verdictNothing
	}
	if o.status >= 400 && o.status < 500 {
		return verdictRejected
	}
	return verdictUncertain
}

// redirected is the verdict on a redirect that is not followed. A 303 answers what was carried out
// (RFC 9110 section 15.4.4). A server may note a download before it says where the content is. Any
// other redirect of a record means that it is to be sent elsewhere.
func (o observed) redirected() verdict {
	if o.effect == effectRecord && o.status != http.StatusSeeOther {
		return verdictNothing
	}
	return verdictUncertain
}

func (x *exchange) isRedirection() bool {
	return x.phase == phaseAnswered && isRedirection(x.resp.StatusCode)
}

func isRedirection(status int) bool { return status >= 300 && status < 400 }

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

// verdict applies the rules to x.
func (x *exchange) verdict() verdict {
	o := observed{effect: x.request.effect(), at: x.phase}
	if x.phase == phaseAnswered {
		o.status, o.page, o.lost = x.resp.StatusCode, x.page, x.lost
	}
	return classify(o)
}
