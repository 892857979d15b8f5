package advisory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/progetctl/progetctl/internal/records"
)

// maxDocument is the longest document in bytes. Those that list every version have some megabytes.
const maxDocument = 64 << 20

var errTooLong = errors.New("an advisory longer than 64 MiB")

// Read yields the advisories of r one by one, without those that are withdrawn. It takes one object, an array, objects one
// after the other (NDJSON) and objects with a property "vulns" that is an array, as OSV's API answers. Text is UTF-8, or
// UTF-16 with a byte order mark.
//
// Each error is a [*records.Problem] with the line, or in an array the index. The reading goes on after it unless the
// text is not JSON. Input without any advisory, withdrawn or not, is an error unless it is an empty array.
func Read(r io.Reader) iter.Seq2[*Advisory, error] {
	return func(yield func(*Advisory, error) bool) {
		src := &source{in: transform.NewReader(r, unicode.BOMOverride(encoding.UTF8Validator)), left: maxDocument}
		in := &input{src: src, dec: json.NewDecoder(src), yield: yield}
		in.read()
	}
}

// input is one reading under way.
type input struct {
	src   *source
	dec   *json.Decoder
	yield func(*Advisory, error) bool
	index int // of the next element of an array
}

// read goes through the values that follow one another. A method here returns false when the reading is over.
func (in *input) read() {
	for empty := true; ; empty = false {
		in.src.left = maxDocument
		place, token, err := in.token()
		switch {
		case errors.Is(err, io.EOF) && !empty:
			return
		case errors.Is(err, io.EOF):
			in.fail("", records.ErrEmpty)
			return
		case err != nil:
			in.fail(place(), notJSON(err))
			return
		case token == json.Delim('['):
			if !in.elements() {
				return
			}
		case token == json.Delim('{'):
			if !in.object(place) {
				return
			}
		default:
			in.fail(place(), fmt.Errorf("not an OSV document: found %v, expected an object or an array", token))
			return
		}
	}
}

// token reads the next token; place gives the line on which it begins.
func (in *input) token() (place func() string, token json.Token, err error) {
	token, err = in.dec.Token()
	line := in.src.line(in.dec.InputOffset())
	return func() string { return "line " + strconv.Itoa(line) }, token, err
}

// elements reads the rest of an array.
func (in *input) elements() bool {
	for in.dec.More() {
		in.src.left = maxDocument
		place := "index " + strconv.Itoa(in.index)
		in.index++
		var text json.RawMessage
		if err := in.dec.Decode(&text); err != nil {
			return in.end(place, err)
		}
		if !in.emit(place, text) {
			return false
		}
	}
	if _, err := in.dec.Token(); err != nil {
		return in.end("index "+strconv.Itoa(in.index), err)
	}
	return true
}

// object reads the rest of an object: a document, or one that holds others in "vulns". Only what matters is kept.
func (in *input) object(place func() string) bool {
	fields, list := map[string]json.RawMessage{}, false
	for in.dec.More() {
		here, key, err := in.token()
		if err != nil {
			return in.end(here(), err)
		}
		name, _ := key.(string)
		if name == "vulns" {
			list = true
			if done := in.vulns(); !done {
				return false
			}
			continue
		}
		var value json.RawMessage
		if err := in.dec.Decode(&value); err != nil {
			return in.end(here(), err)
		}
		if slices.Contains([]string{"id", "modified", "withdrawn", "affected", "severity", "database_specific"}, name) {
			fields[name] = value
		}
	}
	if here, _, err := in.token(); err != nil {
		return in.end(here(), err)
	}
	if list {
		return true
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return in.end(place(), err)
	}
	return in.emit(place(), text)
}

// vulns reads the value of "vulns".
func (in *input) vulns() bool {
	place, token, err := in.token()
	switch {
	case err != nil:
		return in.end(place(), err)
	case token == nil:
		return true
	case token != json.Delim('['):
		in.fail(place(), errors.New("not an OSV document: \"vulns\" is not an array"))
		return false
	}
	return in.elements()
}

// emit yields the advisory that a document's text says.
func (in *input) emit(place string, text []byte) bool {
	a, err := decode(text)
	switch {
	case errors.Is(err, errWithdrawn):
		return true
	case err != nil:
		return in.fail(place, err)
	}
	return in.yield(a, nil)
}

// end yields the error after which nothing can be read.
func (in *input) end(place string, err error) bool {
	in.fail(place, notJSON(err))
	return false
}

func (in *input) fail(place string, err error) bool {
	return in.yield(nil, &records.Problem{Place: place, Err: err})
}

// notJSON words a decoder's error.
func notJSON(err error) error {
	switch {
	case errors.Is(err, errTooLong):
		return err
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return errors.New("not UTF-8 text")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("not JSON: it ends too early")
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON: %w", err)
	}
	return fmt.Errorf("cannot be read: %w", err)
}

// source hands on the text, no more than a document's worth between two resets of left, and knows its lines.
type source struct {
	in    io.Reader
	left  int
	read  int64
	lines int     // breaks before those in ends
	ends  []int64 // offsets of line breaks that were not asked about yet
}

// Read hands on text while there is some left to hand on.
func (s *source) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, errTooLong
	}
	n, err := s.in.Read(p[:min(len(p), s.left)])
	for i, c := range p[:n] {
		if c == '\n' {
			s.ends = append(s.ends, s.read+int64(i))
		}
	}
	s.left -= n
	s.read += int64(n)
	return n, err
}

// line is the number of the line of an offset; offsets ascend from call to call.
func (s *source) line(offset int64) int {
	passed, _ := slices.BinarySearch(s.ends, offset)
	s.lines += passed
	s.ends = append(s.ends[:0], s.ends[passed:]...)
	return s.lines + 1
}
