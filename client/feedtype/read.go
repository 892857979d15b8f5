package feedtype

import (
	"context"
	"errors"
	"io"
	"strings"
)

// maxIndexBytes bounds the index of one package: 64 MiB. The largest packuments and simple pages in public use have half of
// that.
const maxIndexBytes = 64 << 20

// errTooLarge says that a document went over its bound, which real ones don't.
var errTooLarge = errors.New("the document is larger than any index that this program reads")

// errTooDeep says the same of a document's nesting.
var errTooDeep = errors.New("the document is nested more deeply than any index that this program reads")

// boundedReader fails, unlike an io.LimitedReader, which ends: half a document must not pass for a whole one.
type boundedReader struct {
	r    io.Reader
	left int64 // bytes
}

// Read never asks for more than is left, so a body of any size costs no more than the bound.
func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return b.atBound()
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// atBound tells a document that ends exactly at the bound from one that goes on.
func (b *boundedReader) atBound() (int, error) {
	var one [1]byte
	if n, err := io.ReadFull(b.r, one[:]); n == 0 {
		return 0, err
	}
	return 0, errTooLarge
}

// read fetches one document and hands its body, bounded, to parse.
func (q query) read(ctx context.Context, ref, accept string, parse func(*Document, io.Reader) error) error {
	doc, err := q.Fetch(ctx, ref, accept)
	if err != nil {
		return err
	}
	defer doc.Body.Close()
	if err := parse(doc, &boundedReader{doc.Body, maxIndexBytes}); err != nil {
		return broken(doc.URL, err)
	}
	return nil
}

// optional turns the absence of a document into no error, for those that a package can do without.
func optional(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// isHTML tells a page for people, which servers answer in place of many a missing document, from an index.
func isHTML(doc *Document) bool {
	return strings.Contains(strings.ToLower(doc.ContentType), "html")
}
