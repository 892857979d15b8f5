// Package jsonstream reads JSON objects one by one from a file that has one of them, an array of
// them, or one after the other (NDJSON), in constant memory, with the place of each.
package jsonstream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"

	"github.com/progetctl/progetctl/internal/jsontext"
	"github.com/progetctl/progetctl/internal/records"
)

// Options say how objects are read.
type Options struct {
	// Max is the longest object in bytes.
	Max int
	// List is a property whose array holds the objects, in the objects that have it; "" for none.
	List string
	// Keep are the properties that the caller looks at; nil for all. An object without List has the
	// others left out.
	Keep []string
}

// Item is one object.
type Item struct {
	Place string // in the words of [records.Problem]: "line 12", in an array "index 3"
	Text  []byte
}

// Read yields the objects of r. Text is UTF-8, or UTF-16 with a byte order mark. An error is a
// [*records.Problem] with its place, and the last of the sequence. Input without a value is
// [records.ErrEmpty].
func Read(r io.Reader, o Options) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		src := &source{text: records.NewText(r, "an object", o.Max)}
		in := &input{Options: o, src: src, dec: json.NewDecoder(src), yield: yield}
		in.read()
	}
}

// input is one reading under way.
type input struct {
	Options
	src   *source
	dec   *json.Decoder
	yield func(Item, error) bool
	index int // of the next element of an array
}

// read goes through the values that follow one another. A method here returns false when the
// reading is over.
func (in *input) read() {
	for empty := true; ; empty = false {
		in.src.text.Next()
		if in.isWhole() {
			if !in.whole() {
				return
			}
			continue
		}
		place, token, err := in.token()
		switch {
		case errors.Is(err, io.EOF) && !empty:
			return
		case errors.Is(err, io.EOF):
			in.fail("", records.ErrEmpty)
			return
		case err != nil:
			in.end(place(), err)
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
			if token == nil {
				token = "null"
			}
			in.fail(place(), fmt.Errorf("found %v, expected an object or an array", token))
			return
		}
	}
}

// isWhole reports whether an object comes next of which no property has to be looked at, which
// saves most of the time.
func (in *input) isWhole() bool {
	if in.List != "" || in.Keep != nil || !in.dec.More() { // More has it in the buffer
		return false
	}
	var next [1]byte
	_, err := in.dec.Buffered().Read(next[:])
	return err == nil && next[0] == '{'
}

// whole reads an object in one piece.
func (in *input) whole() bool {
	place := "line " + strconv.Itoa(in.src.line(in.dec.InputOffset()))
	var text json.RawMessage
	if err := in.dec.Decode(&text); err != nil {
		at := in.dec.InputOffset()
		if fault, ok := jsontext.FaultOf(err, in.unread()); ok {
			at += int64(fault.Offset)
		}
		return in.end("line "+strconv.Itoa(in.src.line(at)), err)
	}
	return in.emit(place, text)
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
		in.src.text.Next()
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

// object reads the rest of an object: a document, or one that holds others in "vulns". Only what
// matters is kept.
func (in *input) object(place func() string) bool {
	fields, list := map[string]json.RawMessage{}, false
	for in.dec.More() {
		here, key, err := in.token()
		if err != nil {
			return in.end(here(), err)
		}
		name, _ := key.(string)
		if in.List != "" && name == in.List {
			list = true
			if !in.list() {
				return false
			}
			continue
		}
		var value json.RawMessage
		if err := in.dec.Decode(&value); err != nil {
			return in.end(here(), err)
		}
		if in.Keep == nil || slices.Contains(in.Keep, name) {
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

// list reads the value of the property that holds the objects.
func (in *input) list() bool {
	place, token, err := in.token()
	switch {
	case err != nil:
		return in.end(place(), err)
	case token == nil:
		return true
	case token != json.Delim('['):
		in.fail(place(), fmt.Errorf("%q is not an array", in.List))
		return false
	}
	return in.elements()
}

// emit yields an object's text.
func (in *input) emit(place string, text []byte) bool {
	return in.yield(Item{Place: place, Text: text}, nil)
}

// end yields the error after which nothing can be read.
func (in *input) end(place string, err error) bool {
	in.fail(place, notJSON(err, in.unread()))
	return false
}

// unread is the part of the input in which the decoder failed.
func (in *input) unread() []byte {
	text, _ := io.ReadAll(in.dec.Buffered())
	return text
}

func (in *input) fail(place string, err error) bool {
	in.yield(Item{}, records.At(place, err))
	return false
}

// notJSON words a decoder's error about the text that begins where it failed; one of the text below
// it has its words already.
func notJSON(err error, text []byte) error {
	var ofText *records.Problem
	fault, isFault := jsontext.FaultOf(err, text)
	switch {
	case errors.As(err, &ofText):
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("not JSON: it ends too early")
	case isFault:
		return fmt.Errorf("not JSON: %s", fault)
	}
	return err
}

// maxSpace is the longest run of white space in bytes: the decoder looks at all of it again
// whenever it reads on.
const maxSpace = 1 << 20

var errSpace = fmt.Errorf("more than %d MiB of white space in a row", maxSpace>>20)

// source passes on the text, and finds the lines of its bytes.
type source struct {
	text  *records.Text
	read  int64
	lines int     // breaks before those in ends
	ends  []int64 // offsets of line breaks that were not asked about yet
	space int     // bytes of white space since the last other character
}

// Read reads on, unless there was too much white space.
func (s *source) Read(p []byte) (int, error) {
	if s.space > maxSpace {
		return 0, errSpace
	}
	n, err := s.text.Read(p)
	for i, c := range p[:n] {
		switch c {
		case '\n':
			s.ends = append(s.ends, s.read+int64(i))
			s.space++
		case ' ', '\t', '\r':
			s.space++
		default:
			s.space = 0
		}
		if s.space > maxSpace {
			return 0, errSpace
		}
	}
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
