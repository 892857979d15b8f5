package feedtype

import (
	"cmp"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
)

// maxExpandedBytes is the most that is read of the index of a whole feed: 600 MiB, which take up to
// 9 s as JSON. The largest known are 445 MB (conda-forge) and 300 MB (Fedora's primary.xml).
const maxExpandedBytes = 600 << 20

// MismatchError says that an index document does not match the checksum in the document above it:
// it was changed in transit, or rebuilt between two requests.
type MismatchError struct {
	URL       string
	Algorithm string
	Want, Got []byte
}

// Error shows both sums in hex.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("index document %s: %s is %x, expected %x", e.URL, e.Algorithm, e.Got, e.Want)
}

// stream is read for the indexes of whole feeds, which may be large and may have a checksum in
// another document.
func (q query) stream(ctx context.Context, ref string, want []Checksum, parse func(*Document, io.Reader) error) error {
	return q.fetch(ctx, ref, "", maxExpandedBytes, want, parse)
}

// Text reads a document as every index is read, whatever form it was asked for in: expanded, in
// UTF-8 and without a byte order mark. encoding is the server's Content-Encoding. release frees
// what that holds; the caller closes body.
func Text(body io.Reader, encoding string) (text io.Reader, release func(), err error) {
	doc := &Document{Body: io.NopCloser(body), Header: http.Header{"Content-Encoding": {encoding}}}
	in := newInput(doc, maxExpandedBytes, &work{}, nil)
	text, err = in.text()
	return text, in.close, err
}

// input is a document between the wire and a parser.
type input struct {
	doc     *Document
	bound   int64
	wire    *wireReader
	plain   io.Reader // expanded; nil until it is read
	release func()    // gives back what the decompressor holds
	// expanded counts what a parser got.
	expanded countingReader
	// sums are of the wire and, if the server says that it compressed the document for the way, of
	// what it compressed.
	wireSum, plainSum hash.Hash
	head              []byte // the first bytes of the text, for an error
}

// newInput computes a sum only if there is one to compare with.
func newInput(doc *Document, bound int64, spent *work, want []Checksum) *input {
	in := &input{doc: doc, bound: bound, wire: &wireReader{body: boundedReader{doc.Body, bound}, spent: spent}, release: func() {}}
	if len(want) > 0 {
		in.wireSum = newSum(want)
		in.wire.also = in.wireSum
		if doc.Header.Get("Content-Encoding") != "" {
			in.plainSum = newSum(want)
		}
	}
	return in
}

// text is the document for a parser.
func (in *input) text() (io.Reader, error) {
	encoding := in.doc.Header.Get("Content-Encoding")
	plain, release, err := expand(in.wire, in.wire, encoding, in.bound)
	in.release = release
	if err != nil {
		return nil, err
	}
	again, err := peekFormat(plain, "")
	if err != nil {
		return nil, err
	}
	in.plain = plain
	if in.plainSum != nil {
		in.plain = io.TeeReader(plain, in.plainSum)
	}
	unpacked := in.plain
	if again != nil {
		if unpacked, err = in.unpack(encoding); err != nil {
			return nil, err
		}
	}
	in.expanded.r = unpacked
	text, head, err := toUTF8(&in.expanded)
	in.head = head
	return text, err
}

// unpack expands a compressed file that was compressed once more for the way, as the server says.
// Nothing else is compressed twice.
func (in *input) unpack(encoding string) (io.Reader, error) {
	if encoding == "" || !isCompressed(in.doc.URL) {
		return nil, errNested
	}
	outer := in.release
	plain, release, err := expand(in.plain, in.wire, "", in.bound)
	in.release = func() { release(); outer() }
	if err != nil {
		return nil, err
	}
	if again, err := peekFormat(plain, ""); err != nil || again != nil {
		return nil, cmp.Or(err, errNested)
	}
	return plain, nil
}

func (in *input) close() { in.release() }

// verify compares the sums, for which it reads what parse left unread. A wrong sum is reported
// instead of the error of parse, which then read another document. A document that broke off has no
// valid sum.
func (in *input) verify(want []Checksum, parseErr error) error {
	if _, cut := errors.AsType[*transferError](parseErr); cut || in.wireSum == nil {
		return parseErr
	}
	if in.plainSum != nil && in.plain != nil {
		_, _ = io.Copy(io.Discard, in.plain) // if it is damaged, it has another sum
	}
	if _, err := io.Copy(io.Discard, in.wire); err != nil {
		return err
	}
	w, got := want[len(want)-1], in.wireSum.Sum(nil)
	if w.Matches(got) || in.plainSum != nil && w.Matches(in.plainSum.Sum(nil)) {
		return parseErr
	}
	return &MismatchError{in.doc.URL, w.Algorithm, w.Sum, got}
}

// newSum is the hash for the one checksum in want. Old repositories publish SHA-1 or MD5 only,
// which is better than nothing.
func newSum(want []Checksum) hash.Hash {
	algorithm := ""
	for _, w := range want {
		algorithm = w.Algorithm
	}
	switch algorithm {
	case "sha512":
		return sha512.New()
	case "sha384":
		return sha512.New384()
	case "sha1":
		return sha1.New()
	case "md5":
		return md5.New()
	}
	return sha256.New()
}

// countingReader counts the bytes that pass.
type countingReader struct {
	r io.Reader
	n int64
}

// Read reads on.
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// wireReader reads a body as it comes. It counts the bytes, because what they expand to is measured
// by them, and marks the errors of the transfer as such.
type wireReader struct {
	body boundedReader
	also io.Writer // takes the bytes too; may be nil
	n    int64     // bytes so far
	// spent is what its decompression takes.
	spent *work
}

// Read reads on.
func (w *wireReader) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	w.n += int64(n)
	if w.also != nil {
		_, _ = w.also.Write(p[:n]) // a hash never fails
	}
	if err != nil && err != io.EOF && !errors.Is(err, errTooLarge) {
		err = &transferError{err}
	}
	return n, err
}
