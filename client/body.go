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

// sniffLength is how much of a body is looked at to tell a page from data.
const sniffLength = 512

// sniff reads the first bytes of the body and puts them back.
func (x *exchange) sniff() []byte {
	if x.head != nil || x.resp == nil {
		return x.head
	}
	if x.resp.Body == http.NoBody {
		x.head, x.whole = []byte{}, true
		return x.head
	}
	head, err := io.ReadAll(io.LimitReader(x.resp.Body, sniffLength))
	x.head, x.whole = head, err == nil && len(head) < sniffLength
	rest := io.Reader(x.resp.Body)
	if err != nil {
		rest = failingReader{err}
	}
	x.resp.Body = &joinedBody{io.MultiReader(bytes.NewReader(head), rest), x.resp.Body}
	return x.head
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

type joinedBody struct {
	io.Reader
	io.Closer
}
