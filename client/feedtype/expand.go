package feedtype

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

const (
	// maxRatio is how many times its size on the wire a document may expand to. Real indexes shrink
	// to a tenth or a fiftieth.
	maxRatio = 100
	// freeBytes is what any document may expand to, however small it is: 16 MiB. Short repetitive
	// ones shrink more.
	freeBytes = 16 << 20
	// maxWindowBytes bounds the memory of the zstd decoder: 32 MiB, four times what levels up to 19
	// need.
	maxWindowBytes = 32 << 20
	// maxSlowBytes bounds what takes much CPU time for a byte on the wire: 48 MiB of xz, or half of
	// that of bzip2, which take up to 8 s. The largest known (Fedora's primary.xml.xz) has 40 MB.
	maxSlowBytes = 48 << 20
)

var (
	errBomb   = fmt.Errorf("it expands to more than %d times its size", maxRatio)
	errNested = errors.New("it is compressed twice")
)

// format is one way to compress.
type format struct {
	name string
	open func(wire *bufio.Reader) (io.Reader, error)
	slow int64 // what a byte on the wire counts of maxSlowBytes
}

// expand detects the compression by the first bytes. A server may send an index plain under the
// name of a compressed one, compressed without a request for it, or with a header that describes
// the file and not the transfer. Only deflate has no magic number. What it expands to is measured
// by what came on the wire. release frees the decoder's memory.
func expand(from io.Reader, wire *wireReader, encoding string, bound int64) (plain *bufio.Reader, release func(), err error) {
	release = func() {}
	buffered := bufio.NewReader(from) // small, because most documents are
	f, err := peekFormat(buffered, encoding)
	if err != nil || f == nil {
		return buffered, release, err
	}
	packed := slowReader{buffered, f.slow, wire.spent}
	unpacked := &expandedReader{format: f.name, wire: wire}
	unpacked.r, err = f.open(bufio.NewReaderSize(&packedReader{r: packed, unpacked: unpacked}, 64<<10))
	if err != nil {
		return nil, release, damaged(f.name, err)
	}
	if z, ok := unpacked.r.(*zstd.Decoder); ok {
		release = z.Close
	}
	return bufio.NewReaderSize(&boundedReader{unpacked, bound}, 64<<10), release, nil
}

// peekFormat is the format of what comes next, nil for none.
func peekFormat(r *bufio.Reader, encoding string) (*format, error) {
	magic, err := r.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return formatOf(magic, encoding)
}

// formatOf is nil for a plain document.
func formatOf(magic []byte, encoding string) (*format, error) {
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		return &format{name: "gzip", open: func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }}, nil
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return &format{name: "zstd", open: openZstd}, nil
	case bytes.Equal(magic, []byte("\xfd7zXZ\x00")):
		return &format{name: "xz", slow: 1, open: func(r *bufio.Reader) (io.Reader, error) { return xz.NewReader(&xzGuard{r: r}) }}, nil
	case bytes.HasPrefix(magic, []byte("BZh")):
		return &format{name: "bzip2", slow: 2, open: func(r *bufio.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }}, nil
	case isLZMA(magic):
		return &format{name: "lzma", slow: 1, open: openLZMA}, nil
	case isZlib(magic) && magic[1]&0x20 == 0 && magic[0] == 0x78 && magic[1] != '^':
		return &format{name: "deflate", open: openDeflate}, nil
	}
	for word := range strings.SplitSeq(strings.ToLower(encoding), ",") {
		switch word = strings.TrimSpace(word); word {
		case "deflate":
			return &format{name: word, open: openDeflate}, nil
		case "br", "compress", "x-compress":
			return nil, fmt.Errorf("it is compressed with %q, which this program does not read", word)
		}
	}
	return nil, nil
}

func openZstd(r *bufio.Reader) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindowBytes), zstd.WithDecoderMaxMemory(maxExpandedBytes))
}

// openDeflate accepts both of the forms in use: zlib's, which HTTP means by the word, and the bare
// one.
func openDeflate(r *bufio.Reader) (io.Reader, error) {
	if head, _ := r.Peek(2); isZlib(head) {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}

// isLZMA looks for the header of the format before xz (github.com/jljusten/LZMA-SDK,
// DOC/lzma-specification.txt): the usual parameters, and a dictionary of at least 64 KiB. No text
// begins so.
func isLZMA(head []byte) bool {
	return len(head) > 2 && head[0] == 0x5d && head[1] == 0 && head[2] == 0
}

func openLZMA(r *bufio.Reader) (io.Reader, error) {
	head, err := r.Peek(lzma.HeaderLen)
	if err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(head[1:]) > maxDictionaryBytes {
		return nil, errDictionary
	}
	return lzma.ReaderConfig{DictCap: maxDictionaryBytes}.NewReader(r)
}

// isZlib looks for zlib's header (RFC 1950, section 2.2).
func isZlib(head []byte) bool {
	return len(head) > 1 && head[0]&0x8f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// slowReader counts what takes much CPU time.
type slowReader struct {
	r      io.Reader
	weight int64
	spent  *work
}

// Read reads on.
func (s slowReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if s.spent.slow += int64(n) * s.weight; s.spent.slow > maxSlowBytes {
		return 0, errTooLarge
	}
	return n, err
}

// packedReader limits what a decoder takes in proportion to what it gives: a compressed file can
// consist of any number of empty ones.
type packedReader struct {
	r        io.Reader
	unpacked *expandedReader
	n        int64 // bytes so far
}

// Read reads on.
func (p *packedReader) Read(b []byte) (int, error) {
	if p.n > freeBytes+2*p.unpacked.n {
		return 0, errTooLarge
	}
	n, err := p.r.Read(b)
	p.n += int64(n)
	return n, err
}

// expandedReader limits a decoder's output in proportion to its input, and replaces its errors with
// ours.
type expandedReader struct {
	r      io.Reader
	format string
	wire   *wireReader
	n      int64 // bytes so far
}

// Read reads on.
func (e *expandedReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.n += int64(n)
	if e.n > freeBytes && e.n > maxRatio*e.wire.n {
		return 0, errBomb
	}
	if err != nil && err != io.EOF {
		err = damaged(e.format, err)
	}
	return n, err
}

// damaged hides a decoder's message, but not our own errors that passed through it.
func damaged(format string, err error) error {
	_, cut := errors.AsType[*transferError](err)
	switch {
	case cut, errors.Is(err, errTooLarge), errors.Is(err, errDictionary):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errCut
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return errTooLarge
	}
	return fmt.Errorf("its %s compression is damaged", format)
}
