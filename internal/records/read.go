package records

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// Options says which of this program's own output lines are read.
type Options struct {
	// Resend reads lines with the status "uncertain" too: the record was sent and not answered, so
	// sending it again may double it.
	Resend bool
	// LeftOut, if set, is called for each line that is left out, with its status ("recorded",
	// "skipped", …), or "" for one that has no values.
	LeftOut func(status string)
}

// Item is one record to be sent.
type Item struct {
	Record Record
	// Type is that of the package if it is known, for whoever compares versions.
	Type ecosystem.Type
	// Asked is the version that was asked for, if the feed spells it differently or it was a word:
	// latest. Else it is "".
	Asked string
	// ID and MadeAt are the id and the time that an earlier run of this program gave the record;
	// zero for any other input.
	ID     string
	MadeAt time.Time
	// Uncertain is true for a line that an earlier run left uncertain; see [Options].
	Uncertain bool
	// Place is where the record is, in the words of [Problem].
	Place string
}

// Read yields the records of r one by one, in constant memory. The format is recognized by the
// first character: a bracket begins JSON arrays, a brace NDJSON or JSON objects, "pkg:" or "#"
// package URLs, anything else is the header of a CSV file.
//
// Each error is a [*Problem], and the reading goes on after it unless the rest cannot be made out
// (a syntax error inside a JSON array, bytes that are not text); so a caller who needs every
// problem named just goes on. A record with a problem is not yielded. Lines of this program's own
// output that say "recorded", "skipped" or "dropped" are left out, and so is an object or a row
// without a value. Input without any content is [ErrEmpty]; an empty list ("[]", a header alone) is
// not a problem.
func Read(r io.Reader, o Options) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		src := NewText(r, "a record", maxRecord)
		in := &input{src: src, buf: bufio.NewReaderSize(src, 64<<10), options: o, yield: yield, line: 1}
		if first, ok := in.firstByte(); ok {
			in.read(first)
		}
	}
}

// input is one reading under way.
type input struct {
	src     *Text
	buf     *bufio.Reader // on src
	options Options
	yield   func(Item, error) bool
	line    int // of the next byte in buf, as long as whole lines are read from it
}

// read picks the reader for the format.
func (in *input) read(first byte) {
	switch first {
	case '[':
		in.arrays()
	case '{':
		in.objects()
	default:
		if in.beginsPURLs() {
			in.purls()
			return
		}
		in.table()
	}
}

// firstByte passes over leading white space and byte order marks and reports what comes then,
// without consuming it.
func (in *input) firstByte() (byte, bool) {
	for {
		b, err := in.buf.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			in.fail("", ErrEmpty)
			return 0, false
		case err != nil:
			in.fail("", err)
			return 0, false
		case b == '\n':
			in.line++
		case b == mark[0] && passMark(in.buf):
		case b != ' ' && b != '\t' && b != '\r':
			return b, in.buf.UnreadByte() == nil
		}
	}
}

// objects distinguishes NDJSON from objects that span lines: only the first line of the latter is
// cut off before its end.
func (in *input) objects() {
	first, err := in.readLine()
	if err != nil && !errors.Is(err, io.EOF) {
		in.fail(linePlace(in.line), err)
		return
	}
	var whole json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(first))
	cut := dec.Decode(&whole)
	// A carriage return alone ends a line as well, and leaves all lines in the first.
	between, _, more := bytes.Cut(first[dec.InputOffset():], []byte{'{'})
	several := cut == nil && more && bytes.ContainsRune(between, '\r')
	if errors.Is(cut, io.ErrUnexpectedEOF) || several {
		in.spread(json.NewDecoder(&unmarked{in: bufio.NewReader(io.MultiReader(bytes.NewReader(first), in.buf))}))
		return
	}
	in.lines(first, err)
}

// emit yields what one object or row says; false when the caller has had enough.
func (in *input) emit(place string, l line) bool {
	for _, err := range l.problems {
		if !in.fail(place, err) {
			return false
		}
	}
	if len(l.problems) > 0 {
		return true
	}
	if l.skip || l.Record == (Record{}) {
		if in.options.LeftOut != nil {
			in.options.LeftOut(l.status)
		}
		return true
	}
	l.Place = place
	return in.yield(l.Item, nil)
}

// fail yields a problem, at the place that the source found if it was the source's.
func (in *input) fail(place string, err error) bool {
	return in.yield(Item{}, At(place, err))
}

// beginsPURLs distinguishes a file of package URLs from CSV by its first line, which is a package
// URL or a comment.
func (in *input) beginsPURLs() bool {
	const typeLine = "#TYPE"               // of Export-Csv
	start, _ := in.buf.Peek(len(typeLine)) // an error shows again at the next read
	return hasPURLScheme(string(start)) || start[0] == '#' && string(start) != typeLine
}

// purls reads package URLs, one a line. A "#" at the beginning of a line or after a space begins a
// comment.
func (in *input) purls() {
	any := false
	for {
		in.src.Next()
		text, err := in.firstLine()
		if err != nil {
			in.fail(linePlace(in.line), err)
			return
		}
		if len(text) == 0 {
			break
		}
		if purl := withoutComment(string(text)); purl != "" {
			any = true
			if !in.emit(linePlace(in.line), readPURL(purl)) {
				return
			}
		}
		in.line++
	}
	if !any {
		in.fail("", ErrEmpty)
	}
}
