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

// maxRecord is the longest record in bytes. Real ones have a few hundred; the bound keeps a file without line breaks, or
// with a quote that is never closed, from being read into memory as one.
const maxRecord = 1 << 20

var (
	errTooLong = errors.New("a record longer than 1 MiB")
	errBinary  = errors.New("not text, or UTF-16 without its byte order mark")
	errNotUTF8 = errors.New("not UTF-8 text")
)

// source hands on the input as UTF-8 text that is known to be text, and no more than one record's worth of it between
// two calls of next.
type source struct {
	text  io.Reader
	lines int   // line breaks handed on so far
	left  int   // bytes that the present record may still take
	err   error // that ended the reading: a look ahead may have met it first
}

// newSource tells the encoding from the byte order mark, as Windows PowerShell's redirection and Out-File write one;
// without a mark it is UTF-8.
func newSource(r io.Reader) *source {
	raw := bufio.NewReader(r)
	mark, _ := raw.Peek(3) // a short or failed read shows again at the first Read
	s := &source{left: maxRecord}
	switch {
	case bytes.HasPrefix(mark, []byte{0xFE, 0xFF}), bytes.HasPrefix(mark, []byte{0xFF, 0xFE}):
		s.text = unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Reader(raw)
	case bytes.HasPrefix(mark, []byte{0xEF, 0xBB, 0xBF}):
		_, _ = raw.Discard(len(mark))
		fallthrough
	default:
		s.text = transform.NewReader(raw, encoding.UTF8Validator)
	}
	return s
}

// next begins a new record.
func (s *source) next() { s.left = maxRecord }

// Read fails with a Problem that names the line of the byte that is not text. A reader above may still be busy with the
// bytes before it, so these come first.
func (s *source) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.left <= 0 {
		return 0, s.problem(errTooLong)
	}
	n, err := s.text.Read(p[:min(len(p), s.left)])
	if i := bytes.IndexByte(p[:n], 0); i >= 0 {
		n, err = i, errBinary
	}
	s.left -= n
	s.lines += bytes.Count(p[:n], []byte{'\n'})
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	s.err = s.problem(err)
	return n, s.err
}

func (s *source) problem(err error) error {
	switch {
	case errors.Is(err, encoding.ErrInvalidUTF8):
		err = errNotUTF8
	case !errors.Is(err, errTooLong) && !errors.Is(err, errBinary):
		err = fmt.Errorf("cannot be read: %w", err)
	}
	return &Problem{Place: linePlace(s.lines + 1), Err: err}
}

func linePlace(n int) string { return "line " + strconv.Itoa(n) }
