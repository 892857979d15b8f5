package feedtype

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// maxLineBytes bounds a line of a control file: 1 MiB; the longest real ones (dependencies) have a
// few dozen KiB.
const maxLineBytes = 1 << 20

// maxLines bounds the CPU time of a document: 20 million lines, of 768 MiB. Those of real ones have
// some 40 bytes.
const maxLines = 20_000_000

// eachStanza reads paragraphs of "Key: value" lines, as Alpine publishes them, and calls f with the
// values of those keys. Only the first line of a value is kept. The map is the same for each call.
func eachStanza(r io.Reader, keys []string, f func(map[string]string) error) error {
	return eachParagraph(r, newFields(keys, false), f)
}

// eachControl is eachStanza for the files of Debian and CRAN, in whose field names the case of
// letters does not count (debian.org, debian-policy/ch-controlfields). It passes over the packages
// that are not called name, in any case of letters.
func eachControl(r io.Reader, name string, keys []string, f func(map[string]string) error) error {
	fields := newFields(append([]string{"Package"}, keys...), true)
	fields.name = name
	return eachParagraph(r, fields, f)
}

func eachParagraph(r io.Reader, fields *fields, f func(map[string]string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	filled, spent := false, workOf(r)
	for lines.Scan() {
		if spent.lines++; spent.lines > maxLines {
			return errTooMany
		}
		line := lines.Bytes()
		switch {
		case len(line) > 0 && line[0] > ' ':
			filled = true
			fields.keep(line)
		case len(bytes.TrimSpace(line)) > 0: // a continuation
			filled = true
		default:
			if err := fields.end(f); err != nil {
				return err
			}
		}
	}
	if err := lineError(lines.Err()); err != nil {
		return err
	}
	if filled && !fields.found {
		return errNoFields
	}
	return fields.end(f)
}

// errNoFields says that a document has lines, but none of them is a field of such a list.
var errNoFields = errors.New("it is not a list of packages")

// fields collects what is wanted of a paragraph.
type fields struct {
	keys   []string
	fold   bool      // letters of either case are the same
	starts [256]bool // bytes with which a key may begin: most lines are of other fields
	stanza map[string]string
	found  bool   // a wanted field was in any paragraph so far
	name   string // the first key's value in every paragraph that is wanted; "" for any
	other  bool   // the paragraph has another one
}

func newFields(keys []string, fold bool) *fields {
	f := &fields{keys: keys, fold: fold, stanza: map[string]string{}}
	for _, key := range keys {
		f.starts[key[0]] = true
		if fold {
			f.starts[key[0]|0x20], f.starts[key[0]&^0x20] = true, true
		}
	}
	return f
}

// keep stores a line's value under its key.
func (f *fields) keep(line []byte) {
	if f.other || !f.starts[line[0]] {
		return
	}
	key, value := line, []byte(nil)
	if colon := bytes.IndexByte(line, ':'); colon >= 0 {
		key, value = line[:colon], line[colon+1:]
	}
	for len(key) > 0 && (key[len(key)-1] == ' ' || key[len(key)-1] == '\t') {
		key = key[:len(key)-1]
	}
	for i, k := range f.keys {
		if len(key) != len(k) || string(key) != k && !(f.fold && strings.EqualFold(string(key), k)) {
			continue
		}
		f.found = true
		value = bytes.TrimSpace(value)
		if i == 0 && f.name != "" && !bytes.EqualFold(value, []byte(f.name)) {
			f.other = true
			return
		}
		f.stanza[k] = string(value)
		return
	}
}

// end passes on what was collected, if there is anything: several empty lines may be between
// paragraphs.
func (f *fields) end(use func(map[string]string) error) error {
	other := f.other
	f.other = false
	if len(f.stanza) == 0 {
		return nil
	}
	var err error
	if !other {
		err = use(f.stanza)
	}
	clear(f.stanza)
	return err
}

// lineError replaces the scanner's message about a line that is too long.
func lineError(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return errTooLarge
	}
	return err
}
