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
	return eachParagraph(r, keys, func(key []byte, wanted string) bool { return string(key) == wanted }, f)
}

// eachControl is eachStanza for the files of Debian and CRAN, in whose field names the case of letters does not count
// (debian.org, debian-policy/ch-controlfields).
func eachControl(r io.Reader, keys []string, f func(map[string]string) error) error {
	return eachParagraph(r, keys, func(key []byte, wanted string) bool {
		return len(key) == len(wanted) && strings.EqualFold(string(key), wanted)
	}, f)
}

func eachParagraph(r io.Reader, keys []string, same func(key []byte, wanted string) bool, f func(map[string]string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	stanza := map[string]string{}
	filled, fields := false, false
	for lines.Scan() {
		line := lines.Bytes()
		if len(bytes.TrimSpace(line)) == 0 {
			if err := endStanza(stanza, f); err != nil {
				return err
			}
			continue
		}
		keepField(stanza, keys, same, line)
		filled, fields = true, fields || len(stanza) > 0
	}
	if err := lineError(lines.Err()); err != nil {
		return err
	}
	if filled && !fields {
		return errNoFields
	}
	return endStanza(stanza, f)
}

// errNoFields says that a document has lines, but none of them is a field of the list that it should be.
var errNoFields = errors.New("it is not a list of packages")

// endStanza hands over what was collected, if there is anything: several empty lines may stand between paragraphs.
func endStanza(stanza map[string]string, f func(map[string]string) error) error {
	if len(stanza) == 0 {
		return nil
	}
	err := f(stanza)
	clear(stanza)
	return err
}

// keepField keeps a line's value under its key; a continuation begins with a blank and so matches no key.
func keepField(stanza map[string]string, keys []string, same func(key []byte, wanted string) bool, line []byte) {
	key, value, _ := bytes.Cut(line, []byte(":"))
	key = bytes.TrimRight(key, " \t")
	for _, k := range keys {
		if same(key, k) {
			stanza[k] = string(bytes.TrimSpace(value))
		}
	}
}

// lineError says in our words that a line is too long.
func lineError(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return errTooLarge
	}
	return err
}
