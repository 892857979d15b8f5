package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// watchedBody ends a read that brings no byte within limit, and releases the
// exchange's context when it is closed.
type watchedBody struct {
	body   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	limit  time.Duration
	// brief makes limit the time for the whole body: an error that comes drop by
	// drop would hold up the program for as long as the server likes.
	brief bool
	timer *time.Timer
}

// Read reads, under the watch.
func (b *watchedBody) Read(p []byte) (int, error) {
	if b.timer == nil {
		b.timer = time.AfterFunc(b.limit, func() { b.cancel(errStalled) })
	} else if !b.brief {
		b.timer.Reset(b.limit)
	}
	n, err := b.body.Read(p)
	if !b.brief {
		b.timer.Stop()
	}
	if err != nil && err != io.EOF {
		if cause := context.Cause(b.ctx); cause != nil {
			err = cause
		}
	}
	return n, err
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

// How much of a body is looked at to tell a page from data.
const (
	sniffLength = 512
	// sniffLimit is 64 KiB, for a page behind as many spaces or comments.
	sniffLimit = 64 << 10
)

// sniff reads the first bytes of the body and puts them back: 512, or more
// where these do not say what the body is.
func (x *exchange) sniff() []byte {
	for n := sniffLength; ; n *= 2 {
		head := x.sniffAtLeast(n)
		if x.whole || len(head) < n || n >= sniffLimit {
			return head
		}
		if text, whole := x.decoded(head); beginning(text, whole) != beginsUnclear {
			return head
		}
	}
}

// sniffAtLeast reads the first n bytes of the body, or what there is of them, and
// puts them back.
func (x *exchange) sniffAtLeast(n int) []byte {
	if x.resp == nil || x.whole || x.broken || len(x.head) >= n {
		return x.head
	}
	if x.resp.Body == http.NoBody {
		x.whole = true
		return x.head
	}
	body := x.resp.Body
	if joined, ok := body.(*joinedBody); ok {
		body = joined.rest // nobody has read of it yet
	}
	more, err := io.ReadAll(io.LimitReader(body, int64(n-len(x.head))))
	x.head = append(x.head, more...)
	x.whole, x.broken = err == nil && len(x.head) < n, err != nil
	rest := io.Reader(body)
	if err != nil {
		rest = failingReader{err}
	}
	x.resp.Body = &joinedBody{io.MultiReader(bytes.NewReader(x.head), rest), body}
	return x.head
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
