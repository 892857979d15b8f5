package records

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxRecord is the longest record in bytes. Real ones have a few hundred; the bound keeps a file
// without line breaks, or with a quote that is never closed, from being read into memory as one.
const maxRecord = 1 << 20

var (
	errBinary  = errors.New("not text, or UTF-16 without its byte order mark")
	errNotUTF8 = errors.New("not UTF-8 text")
)

// Text hands on an input as UTF-8 text that is known to be text, and no more than one record's
// worth of it between two calls of Next.
type Text struct {
	in    io.Reader
	unit  string // what a record is called
	most  int    // bytes that a record may take
	lines int    // line breaks handed on so far
	left  int    // bytes that the present record may still take
	err   error  // that ended the reading: a look ahead may have met it first
}

// NewText detects the encoding by the byte order mark, as Windows PowerShell's redirection and
// Out-File write one; without a mark it is UTF-8. A record, called unit in errors, takes most
// bytes.
func NewText(r io.Reader, unit string, most int) *Text {
	raw := bufio.NewReader(r)
	mark, _ := raw.Peek(3) // a short or failed read shows again at the first Read
	t := &Text{unit: unit, most: most, left: most}
	switch {
	case bytes.HasPrefix(mark, []byte{0xFE, 0xFF}), bytes.HasPrefix(mark, []byte{0xFF, 0xFE}):
		t.in = unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Reader(raw)
	case bytes.HasPrefix(mark, []byte{0xEF, 0xBB, 0xBF}):
		_, _ = raw.Discard(len(mark))
		fallthrough
	default:
		t.in = transform.NewReader(raw, encoding.UTF8Validator)
	}
	return t
}

// Next begins a new record.
func (t *Text) Next() { t.left = t.most }

// Read fails with a [*Problem] that names the line of the byte that is not text. A reader above may
// still be busy with the bytes before it, so these come first.
func (t *Text) Read(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	if t.left <= 0 {
		return 0, t.problem(fmt.Errorf("%s longer than %d MiB", t.unit, t.most>>20))
	}
	n, err := t.in.Read(p[:min(len(p), t.left)])
	if i := bytes.IndexByte(p[:n], 0); i >= 0 {
		n, err = i, errBinary
	}
	t.left -= n
	t.lines += bytes.Count(p[:n], []byte{'\n'})
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return n, err
	case errors.Is(err, encoding.ErrInvalidUTF8):
		err = errNotUTF8
	case !errors.Is(err, errBinary):
		err = fmt.Errorf("cannot be read: %w", err)
	}
	t.err = t.problem(err)
	return n, t.err
}

func (t *Text) problem(err error) error { return &Problem{Place: linePlace(t.lines + 1), Err: err} }

func linePlace(n int) string { return "line " + strconv.Itoa(n) }
