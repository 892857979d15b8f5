package client

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what a failure means to the caller; its values are words that scripts may rely on.
type Kind string

// The kinds of failure.
const (
	// KindInternal is an internal error or a local problem: disk full, no permission.
	KindInternal Kind = "internal"
	// KindUsage is a request that could not be built: nothing was sent.
	KindUsage Kind = "usage"
	// KindRejected is data that the server refused: 400, and every 4xx without a kind of its own.
	KindRejected Kind = "rejected"
	// KindAuth is 401 or 403.
	KindAuth Kind = "auth"
	// KindNotFound is 404: feed, package or endpoint.
	KindNotFound Kind = "not-found"
	// KindUnavailable means that there was no usable answer, and nothing was stored.
	KindUnavailable Kind = "unavailable"
	// KindUncertain is a request that was sent and not answered: it may have been stored.
	KindUncertain Kind = "uncertain"
	// KindPartial is a fetch that left its deployment record and got no file.
	KindPartial Kind = "partial"
	// KindIntegrity is content whose checksum or length does not match.
	KindIntegrity Kind = "integrity"
	// KindInterrupted is a context that ended.
	KindInterrupted Kind = "interrupted"
)

// Error is a failed request. It is never changed after it was returned: what is said of it later is
// a new error around it.
type Error struct {
	Kind    Kind
	Reason  Reason // more than the kind says; may be empty
	Method  string // empty if nothing was sent
	URL     string // redacted; empty if nothing was sent
	Status  int    // HTTP status of the answer; 0 without one
	Message string // what happened, in our words
	Server  string // the server's own words, without secrets, at most 1 KiB; may hold control characters
	Hint    string // what to do about it, if that is the same in every program; may be empty
	// Right is what a request with [KindAuth] takes, in a sentence; "" if unknown. It comes
	// before the hint.
	Right string
	// Choices are the qualifiers, as KEY=VALUE, with which the request may succeed, for
	// ReasonQualifier, ReasonNoQualifier and ReasonPlatform.
	Choices []string
	Err     error // the cause; may be nil
	// Transient is true if the same request may succeed a little later.
	Transient bool
	// RetryAfter is how long the server asked to wait; 0 if it did not say.
	RetryAfter time.Duration

	challenges []string // the WWW-Authenticate headers of a 401
}

// Error gives the message, the request and the server's words on one line each. The server's words
// may hold control characters: clean them before a person sees them.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(shorten(e.Message)) // a server's value in it, or a flag's, may be megabytes
	if e.Method != "" {
		fmt.Fprintf(&b, " (%s %s)", e.Method, shorten(e.URL))
	}
	if e.Server != "" {
		b.WriteString(": " + e.Server)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes e its reason, for errors.Is.
func (e *Error) Is(target error) bool { return e.Reason != "" && errors.Is(e.Reason, target) }

// As gives the reason, for errors.As and errors.AsType.
func (e *Error) As(target any) bool {
	reason, ok := target.(*Reason)
	if ok && e.Reason != "" {
		*reason = e.Reason
		return true
	}
	return false
}

// with returns a copy that change has changed, for errors that say something else of what has
// failed.
func (e *Error) with(change func(*Error)) *Error {
	changed := *e
	change(&changed)
	return &changed
}

// as returns e with another kind.
func (e *Error) as(kind Kind) *Error { return e.with(func(e *Error) { e.Kind = kind }) }

// interrupted returns the error of a request whose context ended with cause.
func (e *Error) interrupted(cause error) *Error {
	return &Error{Kind: KindInterrupted, Method: e.Method, URL: e.URL, Status: e.Status, Message: "interrupted", Err: cause}
}

// KindOf returns the kind of the [*Error] in err's chain, [KindInternal] for any other error and ""
// for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindInternal
}

func usageError(format string, args ...any) *Error {
	return &Error{Kind: KindUsage, Message: fmt.Sprintf(format, args...)}
}
