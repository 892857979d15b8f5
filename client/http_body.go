package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// documentTimes is how many times the limit between two bytes a document may take in all: a server
// that sends it byte by byte would hold up the program for as long as it likes.
const documentTimes = 10

// watchedBody ends a read that gets no byte within limit, and a body that takes longer than inAll.
// It releases the exchange's context when it is closed.
type watchedBody struct {
	body   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	limit  time.Duration
	inAll  time.Duration // 0 for a package, which may take as long as it needs
	spent  time.Duration // in reads: how slow the reader is does not count
	timer  *time.Timer
	slow   bool // the timer ends the body, not this read alone
	// cutOff reports whether the body's end is not its real one; nil if the body has a length.
	cutOff func() bool
}

// bodyTime is how long the body of an answer to r may take in all.
func bodyTime(r request, status int, limit time.Duration) time.Duration {
	switch {
	case r.effect() == effectRecord || status >= 300 || r.brief:
		return limit // nobody needs what follows the status of a record, or of an error
	case r.file:
		return 0
	}
	return documentTimes * limit
}

// Read reads, under the watch.
func (b *watchedBody) Read(p []byte) (int, error) {
	wait, slow := b.limit, false
	if b.inAll > 0 && b.inAll-b.spent <= b.limit {
		wait, slow = b.inAll-b.spent, true
	}
	if b.timer == nil || b.slow != slow {
		b.slow = slow
		b.timer = time.AfterFunc(wait, func() { b.cancel(b.reason(slow)) })
	} else {
		b.timer.Reset(wait)
	}
	began := time.Now()
	n, err := b.body.Read(p)
	b.timer.Stop()
	b.spent += time.Since(began)
	if err == io.EOF && b.cutOff != nil && b.cutOff() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		if cause := context.Cause(b.ctx); cause != nil {
			err = cause
		}
		err = &bodyError{err}
	}
	return n, err
}

// bodyError is the body of an answer that broke off.
type bodyError struct{ err error }

// Error says why in plain words.
func (e *bodyError) Error() string { return networkWords(e.err, time.Now()) }

// Unwrap returns the network's error.
func (e *bodyError) Unwrap() error { return e.err }

// reason is why the timer ends a read.
func (b *watchedBody) reason(slow bool) error {
	if slow && b.inAll > b.limit {
		return errTooSlow
	}
	return errStalled
}

// Close releases the connection.
func (b *watchedBody) Close() error {
	if b.timer != nil {
		b.timer.Stop()
	}
	err := b.body.Close()
	b.cancel(nil)
	return err
}

// How much of a body is read to distinguish a page from data.
const (
	sniffLength = 512
	// sniffLimit is 64 KiB, for a page behind as many spaces or comments.
	sniffLimit = 64 << 10
)

// opening is the beginning of an answer's body, which is read once and put back.
type opening struct {
	request request
	resp    *http.Response
	head    []byte // what was read
	whole   bool   // head is all of the body
	broken  bool   // the body broke off after head
}

// readUntilClear reads 512 bytes, or more if these do not say what the body is.
func (o *opening) readUntilClear() {
	for n := sniffLength; ; n *= 2 {
		o.read(n)
		if o.whole || len(o.head) < n || n >= sniffLimit {
			return
		}
		if text, whole := o.decoded(); beginning(text, whole) != beginsUnclear {
			return
		}
	}
}

// read reads the first n bytes, or what there is of them.
func (o *opening) read(n int) {
	if o.whole || o.broken || len(o.head) >= n {
		return
	}
	if o.resp.Body == http.NoBody {
		o.whole = true
		return
	}
	body := o.resp.Body
	if joined, ok := body.(*joinedBody); ok {
		body = joined.rest // nothing was read from it yet
	}
	more, err := io.ReadAll(io.LimitReader(body, int64(n-len(o.head))))
	o.head = append(o.head, more...)
	o.whole, o.broken = err == nil && len(o.head) < n, err != nil
	rest := io.Reader(body)
	if err != nil {
		rest = failingReader{err}
	}
	o.resp.Body = &joinedBody{io.MultiReader(bytes.NewReader(o.head), rest), body}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// joinedBody is a body whose first bytes were read and put back.
type joinedBody struct {
	io.Reader
	rest io.ReadCloser
}

// Close closes the body.
func (b *joinedBody) Close() error { return b.rest.Close() }
