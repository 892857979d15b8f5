package client

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapeDepth is how often a character may have been escaped over again: JSON in a JSON string in a
// log's JSON.
const escapeDepth = 3

// mostWork is how many readings of letters a search for secrets goes through: four million, a
// second at most. It takes some thousands if a server repeats a key a hundred times. A server that
// chose the secret itself, as a token or in an address, can make it of quotes, each of which can be
// read in many ways.
const mostWork = 4_000_000

// reading is one way to read what is at a place of a text: a character or a byte, and where it
// ends.
type reading struct {
	value rune
	end   int
}

// anything is what a text that was cut in the middle of an escape may have gone on with.
const anything rune = -1

// scanned is a text in which secrets are looked for.
type scanned struct {
	text string
	// cut is true if the text goes on behind its end.
	cut bool
	// work is what was done so far: see mostWork.
	work int
	// known are the readings found so far, by depth and place: several patterns ask for the same.
	known [escapeDepth + 1]map[int][]reading
}

// beginsEscape recognizes the characters by which every escape begins.
func beginsEscape(c byte) bool {
	return c == '%' || c == '\\' || c == '&' || c == '=' || c == '"' || c == '\''
}

// readings are all ways to read what is at i, which is inside of the text: the byte, the character,
// and whatever that is an escape of, by any kind of escaping and by several, one on top of the
// other. A text does not say how it was escaped, so that %41 may be the three characters as well.
func (t *scanned) readings(i, depth int) []reading {
	c := t.text[i]
	all := []reading{{rune(c), i + 1}}
	if c >= utf8.RuneSelf {
		if r, size := utf8.DecodeRuneInString(t.text[i:]); size > 1 {
			all = append(all, reading{r, i + size})
		}
	}
	if depth == 0 || !beginsEscape(c) {
		return all
	}
	if had, ok := t.known[depth][i]; ok {
		return had
	}
	for _, first := range t.readings(i, depth-1) {
		for _, found := range t.escaped(first, depth-1) {
			if !slices.Contains(all, found) {
				all = append(all, found)
			}
		}
	}
	if t.known[depth] == nil {
		t.known[depth] = map[int][]reading{}
	}
	t.known[depth][i] = all
	return all
}

// next are the readings of what comes after a reading.
func (t *scanned) next(behind reading, depth int) []reading {
	switch {
	case behind.end < len(t.text):
		return t.readings(behind.end, depth)
	case t.cut:
		return []reading{{anything, len(t.text)}}
	}
	return nil
}

// escaped reads what the character first may be the beginning of.
func (t *scanned) escaped(first reading, depth int) []reading {
	var all []reading
	switch first.value {
	case '%': // URLs, and %uXXXX of JavaScript
		all = t.number(first, depth, 16, 2)
		for _, second := range t.next(first, depth) {
			if second.value == 'u' || second.value == 'U' {
				all = append(all, t.number(second, depth, 16, 4)...)
			}
		}
	case '=': // quoted-printable
		all = append(t.number(first, depth, 16, 2), t.continued(first, depth)...)
	case '\\':
		all = t.backslash(first, depth)
	case '&':
		all = t.entity(first, depth)
	case '"', '\'': // doubled, in CSV and SQL
		for _, second := range t.next(first, depth) {
			if second.value == first.value {
				all = append(all, second)
			}
		}
	}
	return all
}

// backslash reads what JSON, C, Go, JavaScript and shells escape.
func (t *scanned) backslash(first reading, depth int) []reading {
	all := t.number(first, depth, 8, 3)
	for _, second := range t.next(first, depth) {
		switch c := second.value; {
		case c == 'u' || c == 'U':
			all = append(all, t.number(second, depth, 16, 4)...)
			all = append(all, t.number(second, depth, 16, 8)...)
			all = append(all, t.braced(second, depth)...)
		case c == 'x' || c == 'X':
			all = append(all, t.number(second, depth, 16, 2)...)
			all = append(all, t.braced(second, depth)...)
		case c == 'n' || c == 'r' || c == 't':
			all = append(all, reading{map[rune]rune{'n': '\n', 'r': '\r', 't': '\t'}[c], second.end})
		case c < utf8.RuneSelf && !isAlphanumeric(c):
			all = append(all, second)
		}
	}
	return append(all, t.continued(first, depth)...)
}

// continued reads what goes on in the next line, behind the mark of a line that is too long.
func (t *scanned) continued(mark reading, depth int) []reading {
	var all []reading
	for _, end := range t.next(mark, depth) {
		if end.value == '\r' {
			for _, feed := range t.next(end, depth) {
				if feed.value == '\n' {
					all = append(all, t.next(feed, depth)...)
				}
			}
		}
		if end.value == '\n' {
			all = append(all, t.next(end, depth)...)
		}
	}
	return all
}

// braced reads {HEX}.
func (t *scanned) braced(behind reading, depth int) []reading {
	var all []reading
	for _, open := range t.next(behind, depth) {
		if open.value == anything {
			all = append(all, open)
		}
		if open.value != '{' {
			continue
		}
		for _, number := range t.numbers(open, depth, 16, 8) {
			for _, end := range t.next(number, depth) {
				if end.value == '}' || end.value == anything {
					all = append(all, reading{number.value, end.end})
				}
			}
		}
	}
	return all
}

// longestEntity is that of the longest name of an HTML entity, CounterClockwiseContourIntegral.
const longestEntity = 31

// entity reads what follows the & of HTML and XML: #N; #xN; or NAME; each also without the
// semicolon.
func (t *scanned) entity(first reading, depth int) []reading {
	var all []reading
	for _, second := range t.next(first, depth) {
		switch {
		case second.value == anything:
			all = append(all, second)
		case second.value == '#':
			all = append(all, t.numbers(second, depth, 10, 8)...)
			for _, x := range t.next(second, depth) {
				if x.value == 'x' || x.value == 'X' {
					all = append(all, t.numbers(x, depth, 16, 8)...)
				}
			}
		case isAlphanumeric(second.value):
			all = append(all, t.named(first, depth)...)
		}
	}
	for _, found := range slices.Clone(all) {
		for _, end := range t.next(found, depth) {
			if end.value == ';' {
				all = append(all, reading{found.value, end.end})
			}
		}
	}
	return all
}

// named reads the name of an entity. Its letters stand for themselves.
func (t *scanned) named(first reading, depth int) []reading {
	end := first.end
	for end < len(t.text) && end-first.end <= longestEntity && isAlphanumeric(rune(t.text[end])) {
		end++
	}
	if t.cut && end == len(t.text) {
		return []reading{{anything, end}}
	}
	name := t.text[first.end:end]
	for _, word := range []string{name, strings.ToLower(name)} {
		plain := html.UnescapeString("&" + word + ";")
		if r, size := utf8.DecodeRuneInString(plain); size == len(plain) && size > 0 {
			return []reading{{r, end}}
		}
	}
	return nil
}

// number reads a number of just so many digits.
func (t *scanned) number(behind reading, depth int, base rune, digits int) []reading {
	all := []reading{{0, behind.end}}
	for range digits {
		all = t.digit(all, depth, base)
	}
	return all
}

// numbers reads a number of any length, and so in several ways.
func (t *scanned) numbers(behind reading, depth int, base rune, most int) []reading {
	var all []reading
	now := []reading{{0, behind.end}}
	for range most {
		now = t.digit(now, depth, base)
		all = append(all, now...)
	}
	return all
}

// digit reads one more digit behind each number.
func (t *scanned) digit(numbers []reading, depth int, base rune) []reading {
	var longer []reading
	for _, number := range numbers {
		if number.value == anything {
			longer = append(longer, number)
			continue
		}
		for _, digit := range t.next(number, depth) {
			value := digitValue(digit.value)
			switch {
			case digit.value == anything:
				longer = append(longer, digit)
			case value < base && number.value*base+value <= unicode.MaxRune:
				longer = append(longer, reading{number.value*base + value, digit.end})
			}
		}
	}
	return longer
}

// digitValue is that of a digit, a large number for anything else.
func digitValue(r rune) rune {
	switch {
	case r >= '0' && r <= '9':
		return r - '0'
	case r >= 'a' && r <= 'f':
		return r - 'a' + 10
	case r >= 'A' && r <= 'F':
		return r - 'A' + 10
	}
	return 1 << 20
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
