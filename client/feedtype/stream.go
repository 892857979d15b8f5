package feedtype

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

const (
	// maxExpandedBytes bounds the index of a whole feed as it is read: 1 GiB. The largest known are 445 MB (conda-forge) and
	// 300 MB (Fedora's primary.xml); a compressed bomb ends here. What is on the wire is bounded by the same.
	maxExpandedBytes = 1 << 30
	// maxEntryBytes bounds what one package adds to the memory: 16 MiB, where real entries have some KiB.
	maxEntryBytes = 16 << 20
	// maxWindowBytes bounds the memory of the zstd decoder: 32 MiB, four times what levels up to 19 need.
	maxWindowBytes = 32 << 20
)

// MismatchError says that an index document is not the one that the document above it vouches for: it was changed on its
// way, or made anew between two requests.
type MismatchError struct {
	URL       string
	Algorithm string
	Want, Got []byte
}

// Error shows both sums in hex.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("index document %s: %s is %x, expected %x", e.URL, e.Algorithm, e.Got, e.Want)
}

// stream is read for the indexes of whole feeds: it expands them, whatever their names say, and verifies the bytes on the
// wire against want, if there is one. Since it must read to the end for that, parse has been called when it fails.
func (q query) stream(ctx context.Context, ref string, want []Checksum, parse func(*Document, io.Reader) error) error {
	doc, err := q.Fetch(ctx, ref, "")
	if err != nil {
		return err
	}
	defer doc.Body.Close()
	sum := newSum(want)
	wire := io.TeeReader(&boundedReader{doc.Body, maxExpandedBytes}, sum)
	if err := expand(wire, func(r io.Reader) error { return parse(doc, r) }); err != nil {
		return broken(doc.URL, err)
	}
	if _, err := io.Copy(io.Discard, wire); err != nil {
		return broken(doc.URL, err)
	}
	for _, w := range want {
		if got := sum.Sum(nil); !bytes.Equal(got, w.Sum) {
			return &MismatchError{doc.URL, w.Algorithm, w.Sum, got}
		}
	}
	return nil
}

// newSum is the hash for the one checksum in want. Old repositories vouch by SHA-1 or MD5 only, which is better than nothing.
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

// expand tells the compression from the first bytes and calls f with what it holds, bounded.
func expand(r io.Reader, f func(io.Reader) error) error {
	buffered := bufio.NewReaderSize(r, 64<<10)
	magic, err := buffered.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	expanded, err := decompressor(buffered, magic)
	if err != nil {
		return err
	}
	if z, ok := expanded.(*zstd.Decoder); ok {
		defer z.Close()
	}
	return f(&boundedReader{expanded, maxExpandedBytes})
}

// decompressor goes by the magic number, because a server may answer an index plain under the name of a compressed one, and the
// other way round.
func decompressor(r io.Reader, magic []byte) (io.Reader, error) {
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		return gzip.NewReader(r)
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxWindowBytes), zstd.WithDecoderMaxMemory(maxExpandedBytes))
	case bytes.Equal(magic, []byte("\xfd7zXZ\x00")):
		// The decoder makes a dictionary as large as the file says, but uses no more of it than the bound on its output.
		return xz.NewReader(r)
	case bytes.HasPrefix(magic, []byte("BZh")):
		return bzip2.NewReader(r), nil
	}
	return r, nil
}
