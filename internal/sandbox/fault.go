package sandbox

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Effect is what a fault does to a connection or to the body of an answer.
type Effect int

const (
	// Plain does nothing by itself: Status and Wait may still say something.
	Plain Effect = iota
	// ResetBefore resets the connection after the request was read and before anything is stored.
	ResetBefore
	// ResetReading resets the connection after the first After bytes of the request's body (at
	// least one) were read.
	ResetReading
	// ResetAfter stores what is to be stored, then resets the connection instead of answering.
	ResetAfter
	// Cut closes the connection after After bytes of the answer's body; the declared length is the
	// whole one.
	Cut
	// Stall stops the answer after After bytes of body, until Wait or Delay ends.
	Stall
	// Slow sends After bytes (at least one) at a time and pauses after each.
	Slow
	// Corrupt flips the bits of the byte at offset After, so that the content contradicts every
	// published checksum.
	Corrupt
	// IgnoreRange answers a Range request with the whole content, as servers without ranges do.
	IgnoreRange
)

// Fault is an error in one or several requests. The zero value is a request without an error, for
// the middle of a sequence.
type Fault struct {
	// Method limits the fault to one method; empty means any.
	Method string
	// Times is how many requests the fault applies to; 0 means one, a negative number all that
	// follow.
	Times int

	// Wait delays the answer until a value can be received: close it to continue all requests, or
	// send to end one pause. The end of the request's context ends every pause, too.
	Wait <-chan struct{}
	// Delay delays the answer for a time if Wait is nil. Without either, Stall lasts until the
	// client disconnects.
	Delay time.Duration

	// Status answers instead of the server, with Header and Body; nothing is stored. 0 lets the
	// server answer.
	Status int
	// Header replaces fields of whichever answer is sent; an empty value removes the field
	// (Content-Length: chunked).
	Header http.Header
	// Body is the answer's body when Status is set, repeated until it has Fill bytes if Fill is
	// larger.
	Body string
	Fill int64

	// Effect on the connection or the body, at byte After.
	Effect Effect
	After  int64
}

// faultBook holds the remaining faults.
type faultBook struct {
	mu    sync.Mutex
	rules []*faultRule
}

// faultRule is a sequence of faults for one pattern of paths.
type faultRule struct {
	pattern string
	queue   []Fault
}

// add takes the faults of one pattern.
func (b *faultBook) add(pattern string, faults []Fault) {
	rule := &faultRule{pattern: pattern}
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		rule.queue = append(rule.queue, f)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = append(b.rules, rule)
}

// take finds and uses up the fault that is due for a request.
func (b *faultBook) take(method, path string) (Fault, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, rule := range b.rules {
		if len(rule.queue) == 0 || !matches(rule.pattern, path) {
			continue
		}
		fault := rule.queue[0]
		if fault.Method != "" && !strings.EqualFold(fault.Method, method) {
			continue
		}
		rule.use()
		return fault, true
	}
	return Fault{}, false
}

// use takes one request off the first fault; negative counts are never used up.
func (r *faultRule) use() {
	first := &r.queue[0]
	if first.Times > 0 {
		first.Times--
	}
	if first.Times == 0 {
		r.queue = r.queue[1:]
	}
}

// matches compares a path with a pattern as Fault describes.
func matches(pattern, path string) bool {
	pattern, path = strings.ToLower(pattern), strings.ToLower(path)
	pattern, whole := strings.CutSuffix(pattern, "$")
	pieces := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(path, pieces[0])
	if !ok {
		return false
	}
	if len(pieces) == 1 {
		return !whole || rest == ""
	}
	last := len(pieces) - 1
	for _, piece := range pieces[1:last] {
		_, after, found := strings.Cut(rest, piece)
		if !found {
			return false
		}
		rest = after
	}
	if whole {
		return strings.HasSuffix(rest, pieces[last])
	}
	return strings.Contains(rest, pieces[last])
}

// SignInPage is what a proxy or an expired session sends instead of an answer: an HTML page
// with 200.
func SignInPage() Fault {
	return Fault{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body:   "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form></form></body></html>",
	}
}

// Challenge is a 401 that asks for Basic credentials.
func Challenge() Fault {
	return Fault{
		Status: http.StatusUnauthorized,
		Header: http.Header{"Www-Authenticate": {`Basic realm="ProGet"`}},
		Body:   "Authentication is required.",
	}
}

// Redirect is an answer that sends the client elsewhere.
func Redirect(status int, location string) Fault {
	return Fault{Status: status, Header: http.Header{"Location": {location}}}
}

// HugeError is a 500 whose text has a number of bytes.
func HugeError(bytes int64) Fault {
	return Fault{Status: http.StatusInternalServerError, Body: "An unexpected error occurred. ", Fill: bytes}
}
