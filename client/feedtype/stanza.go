package feedtype

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// maxLineBytes bounds a line of a control file: 1 MiB, where the longest real ones (dependencies) have some ten KiB.
const maxLineBytes = 1 << 20

// eachStanza reads paragraphs of "Key: value" lines, as Alpine publishes them, and calls f with the values of those keys. Only the
// first line of a value is kept. The map is the same for each call.
func eachStanza(r io.Reader, keys []string, f func(map[string]string) error) error {
	return eachParagraph(r, newFields(keys, false), f)
}

// eachControl is eachStanza for the files of Debian and CRAN, in whose field names the case of letters does not count
// (debian.org, debian-policy/ch-controlfields).
func eachControl(r io.Reader, keys []string, f func(map[string]string) error) error {
	return eachParagraph(r, newFields(keys, true), f)
}

func eachParagraph(r io.Reader, fields *fields, f func(map[string]string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	filled := false
	for lines.Scan() {
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

// errNoFields says that a document has lines, but none of them is a field of the list that it should be.
var errNoFields = errors.New("it is not a list of packages")

// fields collects what is wanted of a paragraph.
type fields struct {
	keys   []string
	fold   bool      // letters of either case are the same
	starts [256]bool // bytes with which a key may begin: most lines are of other fields
	stanza map[string]string
	found  bool // a wanted field was in any paragraph so far
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

// keep keeps a line's value under its key.
func (f *fields) keep(line []byte) {
	if !f.starts[line[0]] {
		return
	}
	key, value, _ := bytes.Cut(line, []byte(":"))
	key = bytes.TrimRight(key, " \t")
	for _, k := range f.keys {
		if string(key) == k || f.fold && len(key) == len(k) && strings.EqualFold(string(key), k) {
			f.stanza[k], f.found = string(bytes.TrimSpace(value)), true
		}
	}
}

// end hands over what was collected, if there is anything: several empty lines may stand between paragraphs.
func (f *fields) end(use func(map[string]string) error) error {
	if len(f.stanza) == 0 {
		return nil
	}
	err := use(f.stanza)
	clear(f.stanza)
	return err
}

// lineError says in our words that a line is too long.
func lineError(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return errTooLarge
	}
	return err
}
