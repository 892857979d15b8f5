package feedtype

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
)

const (
	// maxIndexBytes is the most that is read of the index of one package: 64 MiB, on the wire and
	// expanded. The largest package documents and simple pages in public use have half of that.
	maxIndexBytes = 64 << 20
	// maxEntryBytes is the most that one entry of an index may take: 4 MiB. Real entries have a few
	// KiB, with a readme some hundred.
	maxEntryBytes = 4 << 20
	// maxVersions is the most versions of a package that are kept, or lines with one each: a
	// million. Real packages have a few thousand.
	maxVersions = 1_000_000
	// maxEntries is the most entries that are looked at in one document: 4 million, four times what
	// conda-forge has. A document of empty entries would take minutes of CPU time otherwise.
	maxEntries = 4_000_000
	// maxTokens bounds in the same way what is skipped by the token: 8 million, of 64 MiB of JSON.
	maxTokens = 8_000_000
)

var (
	errTooLarge = errors.New("it is larger than any index that this program reads")
	errTooDeep  = errors.New("it is nested more deeply than any index that this program reads")
	errTooMany  = errors.New("it has more entries than any index that this program reads")
)

// boundedReader fails at its bound, unlike an io.LimitedReader, which ends: half a document must
// not pass for a whole one.
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

// atBound is the read at the bound: an error, unless the document ends exactly there.
func (b *boundedReader) atBound() (int, error) {
	var one [1]byte
	if n, err := io.ReadFull(b.r, one[:]); n == 0 {
		return 0, err
	}
	return 0, errTooLarge
}

// read fetches one document and passes its text to parse: expanded, in UTF-8 without a byte order
// mark, and bounded.
func (q query) read(ctx context.Context, ref, accept string, parse func(*Document, io.Reader) error) error {
	return q.fetch(ctx, ref, accept, maxIndexBytes, nil, parse)
}

// together bounds the documents that are read by it in all, because they are the parts of one list:
// a server can make any number of them.
func (q query) together(bound int64) query {
	q.list = &work{left: bound}
	return q
}

// work counts what a document takes, or those of a list together: its bytes, and what costs more
// CPU time than its bytes do.
type work struct {
	left    int64 // bytes that may still come
	entries int
	tokens  int // of XML, and of the JSON that was skipped
	lines   int
	slow    int64 // of maxSlowBytes
}

// partText is the text of a document, with what the other documents of its list took.
type partText struct {
	io.Reader
	spent *work
}

// workOf is the count for the parser of a text. One that is no whole document has its own.
func workOf(r io.Reader) *work {
	if part, ok := r.(partText); ok {
		return part.spent
	}
	return &work{}
}

// fetch is how every index document is read. bound is for the wire and for what it expands to. If
// want is not empty, the document must have that checksum; a wrong one is reported first, because
// parse has then read something else.
func (q query) fetch(ctx context.Context, ref, accept string, bound int64, want []Checksum, parse func(*Document, io.Reader) error) error {
	doc, err := q.Fetch(ctx, ref, accept)
	if err != nil {
		return err
	}
	defer doc.Body.Close()
	spent := cmp.Or(q.list, &work{left: bound})
	in := newInput(doc, min(bound, spent.left), spent, want)
	defer in.close()
	defer func() { spent.left -= max(in.wire.n, in.expanded.n) }()
	text, err := in.text()
	if err == nil {
		err = parse(doc, partText{text, spent})
	}
	if err == nil && in.wire.n == 0 && isCompressed(ref) {
		err = errEmpty
	}
	err = in.verify(want, err)
	if _, mismatch := errors.AsType[*MismatchError](err); mismatch || err == nil {
		return err
	}
	return q.broken(doc.URL, describeFault(err, in.head))
}

// isCompressed reports whether a document is compressed by its name. Even an empty list is not an
// empty file then.
func isCompressed(ref string) bool {
	switch path.Ext(ref) {
	case ".gz", ".xz", ".zst", ".bz2", ".lzma":
		return true
	}
	return false
}

// optional turns the absence of a document into no error, for those that a package can do without.
func optional(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// extra is [optional] for documents that only help to verify: if the server answers something else,
// or they are invalid, they are ignored. A connection that breaks, or a checksum that does not
// match, stays an error.
func extra(err error) error {
	_, unreadable := errors.AsType[*documentError](err)
	_, cut := errors.AsType[*transferError](err)
	_, refused := errors.AsType[*RefusedError](err)
	if refused || unreadable && !cut {
		return nil
	}
	return optional(err)
}

// refusable is [optional] for indexes that a fully named package does not need: the server may
// refuse them. The refusal is noted, because it is the reason if the package is then not found. A
// page or a redirect in its place, or garbage, stays an error.
func (q query) refusable(err error) error {
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok || refused.Status < http.StatusBadRequest {
		return optional(err)
	}
	if *q.doubt == nil {
		*q.doubt = err
	}
	return nil
}

// isHTML recognizes a page for people, which servers answer instead of a missing index.
func isHTML(doc *Document) bool {
	return strings.Contains(strings.ToLower(doc.ContentType), "html")
}

// broken names the document in an error about it.
func (q query) broken(url string, err error) error { return &documentError{q.pkg.Type, url, err} }
