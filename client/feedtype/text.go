package feedtype

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// headBytes is how much of a document's beginning an error may show.
const headBytes = 60

// toUTF8 takes off a byte order mark and makes UTF-8 of UTF-16, as tools on Windows write it.
// Without a mark, UTF-16 is recognized by the zero bytes of the first two characters, which are
// ASCII in every index. head is the beginning of the text.
func toUTF8(r io.Reader) (text io.Reader, head []byte, err error) {
	buffered := bufio.NewReader(r)
	mark, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	wide := func(order unicode.Endianness) {
		buffered = bufio.NewReader(unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Reader(buffered))
	}
	switch m := string(mark); {
	case strings.HasPrefix(m, "\xef\xbb\xbf"):
		_, _ = buffered.Discard(3) // they are in the buffer
	case strings.HasPrefix(m, "\xff\xfe"):
		_, _ = buffered.Discard(2)
		wide(unicode.LittleEndian)
	case strings.HasPrefix(m, "\xfe\xff"):
		_, _ = buffered.Discard(2)
		wide(unicode.BigEndian)
	case len(m) == 4 && m[0] != 0 && m[1] == 0 && m[2] != 0 && m[3] == 0:
		wide(unicode.LittleEndian)
	case len(m) == 4 && m[0] == 0 && m[1] != 0 && m[2] == 0 && m[3] != 0:
		wide(unicode.BigEndian)
	}
	start, err := buffered.Peek(headBytes + 1) // one more shows whether there is more
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	return buffered, []byte(string(start)), nil
}

// charsetReader makes UTF-8 of the charset that an XML document declares. In every charset in which
// the declaration can be read, the bytes of ASCII mean ASCII, and the names and addresses in an
// index are ASCII. In an unknown charset, all other characters become U+FFFD.
func charsetReader(label string, r io.Reader) (io.Reader, error) {
	name := strings.ToLower(strings.TrimSpace(label))
	switch {
	case strings.HasPrefix(name, "utf") && !strings.HasPrefix(name, "utf-7"), name == "ucs-2", name == "unicode":
		return r, nil // toUTF8 has seen to it
	}
	if known := singleByte(name); known != nil {
		return known.NewDecoder().Reader(r), nil
	}
	return transform.NewReader(r, asciiOnly{}), nil
}

// singleByte finds a charset by its name (iana.org, character-sets). The WHATWG's table of all
// names would add a megabyte to the binary and 0.07 ms to every start.
func singleByte(name string) *charmap.Charmap {
	name = strings.NewReplacer("_", "-", "iso8859", "iso-8859", "cp125", "windows-125", "latin-", "latin").Replace(name)
	switch name {
	case "us-ascii", "ascii", "iso-8859-1", "latin1", "l1", "windows-1252":
		return charmap.Windows1252 // as every browser does: the two differ in control characters only
	case "koi8-r":
		return charmap.KOI8R
	case "koi8-u":
		return charmap.KOI8U
	case "macintosh", "mac":
		return charmap.Macintosh
	case "ibm866", "cp866":
		return charmap.CodePage866
	case "ibm437", "cp437":
		return charmap.CodePage437
	case "ibm850", "cp850":
		return charmap.CodePage850
	case "latin2":
		return charmap.ISO8859_2
	case "latin9":
		return charmap.ISO8859_15
	}
	for _, known := range charmap.All {
		m, ok := known.(*charmap.Charmap)
		if ok && strings.EqualFold(strings.ReplaceAll(fmt.Sprint(m), " ", "-"), name) {
			return m
		}
	}
	return nil
}

// asciiOnly replaces every byte that is not ASCII.
type asciiOnly struct{ transform.NopResetter }

// Transform makes U+FFFD of each byte above ASCII.
func (asciiOnly) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	const replacement = "\uFFFD"
	for _, b := range src {
		if nDst+len(replacement) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		if b < utf8.RuneSelf {
			dst[nDst] = b
			nDst++
		} else {
			nDst += copy(dst[nDst:], replacement)
		}
		nSrc++
	}
	return nDst, nSrc, nil
}
