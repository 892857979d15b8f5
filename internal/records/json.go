package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/progetctl/progetctl/internal/jsontext"
)

// lines reads NDJSON, one object a line, beginning with a line that was read to detect the format.
func (in *input) lines(first []byte, err error) {
	for text := first; ; text, err = in.readLine() {
		if err != nil && !errors.Is(err, io.EOF) {
			in.fail(linePlace(in.line), err)
			return
		}
		if text = bytes.TrimFunc(text, isPadding); len(text) > 0 {
			if !in.emit(linePlace(in.line), readObject(text, in.options)) {
				return
			}
		}
		if err != nil {
			return
		}
		in.line++
	}
}

// readLine returns the next line; its break, and io.EOF after the last line, come with it.
func (in *input) readLine() ([]byte, error) {
	in.src.Next()
	return in.buf.ReadBytes('\n')
}

// arrays reads JSON arrays of objects. There may be several, because people put the output of
// several hosts into one file. The index continues over all of them.
func (in *input) arrays() {
	dec, index := json.NewDecoder(&unmarked{in: in.buf}), 0
	for {
		in.src.Next()
		open, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			in.fail(indexPlace(index), notJSON(err, unread(dec)))
			return
		case open != json.Delim('['):
			in.fail(indexPlace(index), fmt.Errorf("found %v after the end of the array", open))
			return
		}
		more := false
		if index, more = in.elements(dec, index); !more {
			return
		}
		if _, err := dec.Token(); err != nil {
			in.fail(indexPlace(index), notJSON(err, unread(dec)))
			return
		}
	}
}

// spread reads one object after the other, each over as many lines as it likes.
func (in *input) spread(dec *json.Decoder) {
	index, more := in.elements(dec, 0)
	if !more {
		return
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		in.fail(indexPlace(index), notJSON(err, unread(dec)))
	}
}

// elements reads the objects of an array up to its end, or objects that just follow one another up
// to the input's. It returns the next index and whether the reading can go on.
func (in *input) elements(dec *json.Decoder, index int) (int, bool) {
	for ; dec.More(); index++ {
		in.src.Next()
		var element json.RawMessage
		if err := dec.Decode(&element); err != nil {
			in.fail(indexPlace(index), notJSON(err, unread(dec)))
			return index, false
		}
		if !in.emit(indexPlace(index), readObject(element, in.options)) {
			return index, false
		}
	}
	return index, true
}

func indexPlace(n int) string { return fmt.Sprintf("index %d", n) }

// unread is the part of the input in which a decoder failed.
func unread(dec *json.Decoder) []byte {
	text, _ := io.ReadAll(dec.Buffered())
	return text
}

// notJSON words a decoder's error about the text that begins where it failed; a problem of the
// input itself keeps its own words.
func notJSON(err error, text []byte) error {
	var found *Problem
	if errors.As(err, &found) {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("not JSON: it ends too early")
	}
	if fault, ok := jsontext.FaultOf(err, text); ok {
		return fmt.Errorf("not JSON: %s", fault)
	}
	return fmt.Errorf("not JSON: %w", err)
}
