package records

import (
	"bufio"
	"io"
	"strings"
	"unicode"
)

// cells hands on CSV as encoding/csv reads it, of what spreadsheets and people write. Outside of
// quoted cells a carriage return alone ends a line, padding around a cell is dropped, and a cell
// ="1.10", by which people keep Excel from making 1.1 of it, is put into quotes. It never joins or
// splits cells or lines otherwise.
type cells struct {
	in    *bufio.Reader
	comma rune
	state cellState
	out   []byte // not handed on yet
	err   error  // of in, after out
}

// cellState is where in a cell the reading is.
type cellState int

const (
	beforeCell cellState = iota
	inPlain
	inQuotes
	inGuard // of ="…"
	afterQuotes
)

func newCells(r io.Reader, comma rune) *cells {
	return &cells{in: bufio.NewReader(r), comma: comma}
}

// Read reads on until it has something, or the input ends.
func (c *cells) Read(p []byte) (int, error) {
	for len(c.out) < len(p) && c.err == nil {
		r, _, err := c.in.ReadRune() // the source hands on valid text only
		if err != nil {
			c.err = err
			break
		}
		c.take(r)
	}
	if len(c.out) == 0 {
		return 0, c.err
	}
	n := copy(p, c.out)
	c.out = append(c.out[:0], c.out[n:]...)
	return n, nil
}

// take handles one character.
func (c *cells) take(r rune) {
	switch c.state {
	case inQuotes:
		c.inQuotes(r, `"`, `""`)
	case inGuard:
		c.inQuotes(r, `"""`, `""""`)
	default:
		c.outside(r)
	}
}

// inQuotes handles a character in quotes; end and double are what a single and a doubled quote
// become.
func (c *cells) inQuotes(r rune, end, double string) {
	switch {
	case r != '"':
		c.put(r)
	case c.follows('"'):
		c.out = append(c.out, double...)
	default:
		c.out, c.state = append(c.out, end...), afterQuotes
	}
}

// outside handles a character that is in no quotes.
func (c *cells) outside(r rune) {
	switch {
	case r == c.comma:
		c.put(r)
		c.state = beforeCell
	case r == '\r' || r == '\n':
		if r == '\r' {
			c.follows('\n')
		}
		c.put('\n')
		c.state = beforeCell
	case c.state == inPlain:
		c.put(r)
	case isPadding(r):
	case c.state == beforeCell && r == '"':
		c.put(r)
		c.state = inQuotes
	case c.state == beforeCell && r == '=' && c.follows('"'):
		c.out, c.state = append(c.out, `"=""`...), inGuard
	default: // after quotes, this is an error that encoding/csv finds
		c.put(r)
		c.state = inPlain
	}
}

// follows consumes the next character if it is the one.
func (c *cells) follows(b byte) bool {
	next, _ := c.in.Peek(1) // an error shows again at the next read
	if len(next) == 0 || next[0] != b {
		return false
	}
	_, _ = c.in.Discard(1)
	return true
}

func (c *cells) put(r rune) { c.out = append(c.out, string(r)...) }

// isPadding is true for spaces, and for characters that nobody sees: they come along when text is
// pasted.
func isPadding(r rune) bool {
	switch {
	case unicode.IsSpace(r):
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2064:
		return true // zero-width spaces and joiners, marks of direction
	}
	return r == 0xFEFF || r == 0xAD || r == 0x180E // byte order mark, soft hyphen, vowel separator
}

// trim drops padding around a text.
func trim(text string) string { return strings.TrimFunc(text, isPadding) }

// cellText is the text of a cell: without padding, and of ="1.10" what Excel shows.
func cellText(cell string) string {
	cell = trim(cell)
	if len(cell) > 2 && strings.HasPrefix(cell, `="`) && strings.HasSuffix(cell, `"`) {
		cell = trim(strings.ReplaceAll(cell[2:len(cell)-1], `""`, `"`))
	}
	return cell
}
