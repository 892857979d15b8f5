package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Bounds on what a server may send as a list.
const (
	// elementLimit is 1 MiB, the most that one element may take: a package with its promotions, a
	// version, a vulnerability.
	elementLimit = 1 << 20
	// answerLimit is 512 MiB, the most that is read of one answer: more than 2,000,000 promotions.
	// A list without an end must end here.
	answerLimit = 512 << 20
	// elementsLimit is 10,000,000, for a list of elements without content.
	elementsLimit = 10_000_000
)

// atMost makes the answer one that is kept as a whole, of so many bytes.
func (s *elementStream) atMost(bytes int64) { s.left, s.most = bytes, bytes }

// each gives the elements of the array that was opened to use. Each must be an object; null is
// passed over.
func (s *elementStream) each(use func(*jsonCursor) error) error {
	for first := true; ; first = false {
		element, err := s.next(first)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.useObject(element, use); err != nil {
			return err
		}
	}
}

// only gives an object that was sent instead of the array to use.
func (s *elementStream) only(use func(*jsonCursor) error) error {
	element, err := s.next(true)
	if err == nil {
		err = s.useObject(element, use)
	}
	if err == nil {
		err = s.end()
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// useObject gives an object to use, which checks it by reading it, unless it is null.
func (s *elementStream) useObject(element []byte, use func(*jsonCursor) error) error {
	c := &s.cursor
	c.read(element)
	switch b := c.next(); {
	case b == '{':
		return use(c)
	case !json.Valid(element):
		return errNoJSON
	case b == 'n':
		return nil
	}
	return shapeError("one of its elements is not an object")
}

// elementStream takes a JSON array apart without reading more of it than one element and a piece of
// the next.
type elementStream struct {
	r    io.Reader
	buf  []byte
	pos  int   // of what is not used yet in buf
	left int64 // bytes that may still be read
	most int64 // bytes that may be read in all
	seen int   // elements
	err  error // of r

	cursor jsonCursor // at the element that is read
}

func newElementStream(r io.Reader) *elementStream {
	return &elementStream{r: r, left: answerLimit, most: answerLimit, buf: make([]byte, 0, 64<<10)}
}

// fill reads on. What is not used yet moves to the beginning first.
func (s *elementStream) fill() error {
	if s.err != nil {
		return s.err
	}
	if s.pos > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
		s.pos = 0
	}
	if len(s.buf) > elementLimit {
		return shapeError(fmt.Sprintf("one of its elements takes more than %d MiB", elementLimit>>20))
	}
	if len(s.buf) == cap(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)[:len(s.buf)]
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if s.left -= int64(n); s.left < 0 {
		return answerTooLarge(s.most)
	}
	s.err = err
	if n > 0 {
		return nil
	}
	return err
}

// answerTooLarge ends a list that is longer than any real one.
func answerTooLarge(most int64) error {
	return shapeError(fmt.Sprintf("it is larger than %d MiB", most>>20))
}

// peek gives the next byte that is not white space.
func (s *elementStream) peek() (byte, error) {
	for {
		for s.pos < len(s.buf) {
			if c := s.buf[s.pos]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c, nil
			}
			s.pos++
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// first gives the first byte of the body that is not white space. A byte order mark, which .NET
// likes to write, is passed over.
func (s *elementStream) first() (byte, error) {
	const mark = "\xef\xbb\xbf"
	for len(s.buf) < len(mark) && s.err == nil {
		if err := s.fill(); err != nil && err != io.EOF {
			return 0, err
		}
	}
	if bytes.HasPrefix(s.buf, []byte(mark)) {
		s.pos = len(mark)
	}
	c, err := s.peek()
	return c, readable(err)
}

// open reads the opening bracket. The word null, alone, stands for an empty list.
func (s *elementStream) open() (empty bool, err error) {
	c, err := s.first()
	switch {
	case err != nil:
		return false, err
	case c == '[':
		s.pos++
		return false, nil
	case c == 'n':
		for err == nil {
			err = s.fill()
		}
		if err != io.EOF {
			return false, readable(err)
		}
		if string(bytes.TrimRight(s.buf[s.pos:], " \n\r\t")) == "null" {
			return true, nil
		}
		return false, errNoJSON
	}
	return false, describe(c)
}

// next gives the bytes of the next element, which are good until the next call, or io.EOF after the
// last one when nothing follows the array. The bytes may be anything: whoever reads them must check
// that they are valid JSON. If each element is, so is the array.
func (s *elementStream) next(first bool) ([]byte, error) {
	c, err := s.peek()
	if err != nil {
		return nil, readable(err)
	}
	if c == ']' {
		s.pos++
		return nil, s.end()
	}
	if !first {
		if c != ',' {
			return nil, errNoJSON
		}
		s.pos++
		if _, err := s.peek(); err != nil {
			return nil, readable(err)
		}
	}
	length, err := s.element()
	if err != nil {
		return nil, readable(err)
	}
	if s.seen++; s.seen > elementsLimit {
		return nil, shapeError(fmt.Sprintf("it has more than %d elements", elementsLimit))
	}
	element := s.buf[s.pos : s.pos+length]
	s.pos += length
	if len(element) > elementLimit {
		return nil, shapeError(fmt.Sprintf("one of its elements takes more than %d MiB", elementLimit>>20))
	}
	return element, nil
}

// element finds the end of the element that begins at pos: its own bracket, or what follows a text
// or a number.
func (s *elementStream) element() (length int, err error) {
	depth, quoted := 0, false
	for i := 0; ; {
		for rest := s.buf[s.pos:]; i < len(rest); {
			if quoted {
				end := bytes.IndexByte(rest[i:], '"')
				if end < 0 {
					i = len(rest)
					break
				}
				i += end + 1
				quoted = escaped(rest[:i-1])
				continue
			}
			switch rest[i] {
			case '"':
				quoted = true
			case '{', '[':
				depth++
			case '}', ']':
				if depth == 0 {
					return i, nil
				}
				if depth--; depth == 0 {
					return i + 1, nil
				}
			case ',':
				if depth == 0 {
					return i, nil
				}
			}
			i++
		}
		switch err := s.fill(); {
		case err == io.EOF && depth == 0 && !quoted:
			return i, nil
		case err != nil:
			return 0, err
		}
	}
}

// escaped reports whether a quotation mark after text belongs to the string.
func escaped(text []byte) bool {
	odd := false
	for i := len(text) - 1; i >= 0 && text[i] == '\\'; i-- {
		odd = !odd
	}
	return odd
}

// end makes sure that nothing follows the array.
func (s *elementStream) end() error {
	switch _, err := s.peek(); {
	case err == nil:
		return shapeError("something follows the array")
	case err != io.EOF:
		return readable(err)
	}
	return io.EOF
}

// errNoJSON says that an answer cannot be read from some place on.
var errNoJSON = errors.New("it is not valid JSON")

// describe says what an answer is that is not an array.
func describe(c byte) error {
	switch {
	case c == '{':
		return shapeError("it is an object")
	case c == '"':
		return shapeError("it is a string")
	case c == 't' || c == 'f':
		return shapeError("it is true or false")
	case c == '-' || c >= '0' && c <= '9':
		return shapeError("it is a number")
	case c == '\x1f': // the first byte of gzip
		return shapeError("it is compressed, which was not asked for")
	}
	return errNoJSON
}

// errCutOff says that an answer ends before its end.
var errCutOff = errors.New("it is cut off")

// readable says in plain words that an answer is cut off.
func readable(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutOff
	}
	return err
}
