package client

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// pattern is one form of a secret: as it is, in hex, in decimal or in base64. The escapes in which
// each of its characters may be are not part of it: see [scanned.readings].
type pattern struct {
	letters []letter
	// first has the bytes with which a match can begin.
	first [256]bool
	// wide also takes a character of base64 at either end, which holds the bits of the secret that
	// share it with something else.
	wide bool
}

// letter is one character of a pattern, and what may stand for it.
type letter struct {
	values   string   // any of these characters
	rows     [][]rune // or any of these in a row: the bytes of the character
	skip     string   // what may come before it
	least    int      // and how many of these have to
	optional bool
}

// skipped is the most characters between two of a pattern: ", 0x" and a few more, or a line break
// with the indent of a list that is inside of others.
const skipped = 16

// Lengths below which a form is looked for in its own letter case alone, or is not looked for.
const (
	// shortestScrubbed is four bytes: replacing every "a" would destroy the text.
	shortestScrubbed = 4
	// shortestFolded is for base64, of which a few letters in any case may be part of any text.
	shortestFolded = 12
)

// patternsOf are the forms of a secret; a longer one covers what a shorter one would leave.
func patternsOf(secret string) []pattern {
	// What is around it is lost on the way, or cut by whoever repeats it.
	if trimmed := TrimPasted(secret); trimmed != "" {
		secret = trimmed
	}
	if len(secret) < shortestScrubbed {
		return nil
	}
	secret = secret[:min(len(secret), textLimit)] // no text that is looked through has more of it
	all := []pattern{plainPattern(secret), hexPattern(secret), decimalPattern(secret)}
	for offset := range 3 {
		all = append(all, base64Pattern(secret, offset))
	}
	for i := range all {
		all[i].note()
	}
	return all
}

// note fills in first.
func (p *pattern) note() {
	for _, m := range p.letters {
		for _, v := range m.values {
			p.begin(v)
		}
		for _, row := range m.rows {
			p.begin(row[0])
		}
		if !m.optional {
			return
		}
	}
}

// begin notes a value, and the first byte of its UTF-8.
func (p *pattern) begin(v rune) {
	if v < 256 {
		p.first[byte(v)] = true
	}
	if v >= utf8.RuneSelf {
		p.first[utf8.AppendRune(nil, v)[0]] = true
	}
}

// plainPattern is the secret itself, in any letter case. Some turn a plus sign into a space or the
// other way round, and UTF-16 into text with a NUL at every second place.
func plainPattern(secret string) pattern {
	p := pattern{letters: make([]letter, 0, len(secret))}
	spaces := 0
	for i, r := range secret {
		m := letter{skip: "\x00"}
		switch {
		case r == ' ' || r == '+':
			m.values = " +\u00a0\t"
			spaces++
			// Pages write several as one.
			m.optional = spaces > 1 && r == ' '
		case r == utf8.RuneError && !strings.HasPrefix(secret[i:], "\ufffd"):
			m.values = string([]rune{rune(secret[i]), utf8.RuneError}) // not UTF-8
		case r < utf8.RuneSelf:
			m.values = eitherCase(r)
		default:
			m.values, m.rows = otherWritings(r)
			m.optional = isInvisible(r) // many drop those
		}
		if r != ' ' {
			spaces = 0
		}
		p.letters = append(p.letters, m)
	}
	return p
}

// eitherCase is an ASCII character in both letter cases.
func eitherCase(r rune) string {
	// A constant, so that the hundreds of letters of a key need no memory each.
	const letters = "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ"
	if at := strings.IndexByte(letters, byte(r)); at >= 0 {
		at -= at % 2
		return letters[at : at+2]
	}
	return string([]byte{byte(r)})
}

// otherWritings writes a character outside of ASCII: as a code point, as the bytes of its UTF-8 or
// the halves of its UTF-16, and in the form that it gets where another encoding was expected.
func otherWritings(r rune) (values string, rows [][]rune) {
	values = string(utf8.RuneError) + "?"
	for variant := r; ; {
		values += string(variant)
		encoded := utf8.AppendRune(nil, variant)
		var bytes, lost []rune
		for _, b := range encoded {
			bytes, lost = append(bytes, rune(b)), append(lost, utf8.RuneError)
		}
		rows = append(rows, bytes, lost)
		if high, low := utf16.EncodeRune(variant); high != utf8.RuneError {
			rows = append(rows, []rune{high, low})
		}
		if variant = unicode.SimpleFold(variant); variant == r {
			return values, rows
		}
	}
}

// hexPattern is the secret's bytes in hex, with or without something in between.
func hexPattern(secret string) pattern {
	const digits = "0123456789abcdef"
	p := pattern{letters: make([]letter, 0, 2*len(secret))}
	for i := range len(secret) {
		between := " ,:;-_.xX0\\\r\n\t"
		if i == 0 {
			between = ""
		}
		p.letters = append(p.letters,
			letter{values: eitherCase(rune(digits[secret[i]>>4])), skip: between}, letter{values: eitherCase(rune(digits[secret[i]&15]))})
	}
	return p
}

// decimalPattern is the secret's bytes as a list of numbers.
func decimalPattern(secret string) pattern {
	p := pattern{letters: make([]letter, 0, 3*len(secret))}
	for i := range len(secret) {
		for j, digit := range strconv.Itoa(int(secret[i])) {
			m := letter{values: string([]byte{byte(digit)})}
			if i > 0 && j == 0 {
				m.skip, m.least = " ,;|\r\n\t", 1
			}
			p.letters = append(p.letters, m)
		}
	}
	return p
}

// base64Pattern is what base64 in either alphabet makes of the secret, if a multiple of three bytes
// and offset more come before it.
func base64Pattern(secret string, offset int) pattern {
	p := pattern{wide: true, letters: make([]letter, 0, 2*len(secret))}
	encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + secret))
	begin := []int{0, 2, 3}[offset] // the characters before hold bits of what comes before
	whole := 8 * (offset + len(secret)) / 6
	fold := whole-begin >= shortestFolded
	for i := begin; i < len(encoded); i++ {
		m := letter{values: encoded[i : i+1], skip: "\r\n\t ", optional: i >= whole}
		switch {
		case m.values == "+":
			m.values = "+- "
		case m.values == "/":
			m.values = "/_"
		case fold:
			m.values = eitherCase(rune(encoded[i]))
		}
		if i == begin {
			m.skip = ""
		}
		p.letters = append(p.letters, m)
	}
	padding := letter{values: "=", optional: true}
	p.letters = append(p.letters, padding, padding)
	return p
}

// match returns where the longest match ends that begins at start, 0 if there is none. A text that
// was cut may end in the middle of a match.
func (p *pattern) match(t *scanned, start int) int {
	begun, place := p.plainly(t, start)
	t.work += place - start
	if begun < 0 {
		return 0
	}
	places := []int{place}
	for i := begun; i < len(p.letters); i++ {
		m := &p.letters[i]
		var behind []int
		for _, place := range t.skip(places, m.skip, m.least) {
			if place >= len(t.text) {
				if t.cut && i >= shortestScrubbed-1 && !m.optional {
					return len(t.text)
				}
				continue
			}
			behind = m.take(t, place, behind)
		}
		if m.optional {
			behind = append(behind, places...)
		}
		if t.work += 1 + len(behind); len(behind) == 0 || t.work > mostWork {
			return 0
		}
		slices.Sort(behind)
		places = slices.Compact(behind)
	}
	return slices.Max(places)
}

// plainly matches as many letters as can be read in one way only, which is nearly all of a text: it
// returns how many and where they end, -1 if one of them is another.
func (p *pattern) plainly(t *scanned, place int) (int, int) {
	for i := range p.letters {
		m := &p.letters[i]
		if place >= len(t.text) || m.optional || m.least > 0 {
			return i, place
		}
		c := t.text[place]
		if c >= utf8.RuneSelf || beginsEscape(c) || strings.IndexByte(m.skip, c) >= 0 {
			return i, place
		}
		if strings.IndexByte(m.values, c) < 0 {
			return -1, place
		}
		place++
	}
	return len(p.letters), place
}

// skip adds the places behind what may be skipped: as it is, or escaped as JSON does it with the
// line breaks of base64, and URLs with the spaces of a list.
func (t *scanned) skip(places []int, set string, least int) []int {
	if set == "" {
		return places
	}
	var all []int
	for n := 0; n <= skipped && len(places) > 0; n++ {
		if n >= least {
			all = append(all, places...)
		}
		var behind []int
		for _, place := range places {
			behind = t.skipOne(place, set, behind)
		}
		places = behind
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// skipOne adds the places behind one character of the set.
func (t *scanned) skipOne(place int, set string, behind []int) []int {
	if place >= len(t.text) {
		return behind
	}
	c := t.text[place]
	if !beginsEscape(c) {
		if strings.IndexByte(set, c) >= 0 {
			behind = append(behind, place+1)
		}
		return behind
	}
	for _, r := range t.readings(place, escapeDepth) {
		t.work++
		if r.value != anything && strings.ContainsRune(set, r.value) && !slices.Contains(behind, r.end) {
			behind = append(behind, r.end)
		}
	}
	return behind
}

// take adds the places behind what is at place, if it is this character.
func (m *letter) take(t *scanned, place int, behind []int) []int {
	// Most characters are themselves and nothing else.
	if c := t.text[place]; c < utf8.RuneSelf && !beginsEscape(c) {
		if strings.IndexByte(m.values, c) >= 0 {
			behind = append(behind, place+1)
		}
		return behind
	}
	for _, r := range t.readings(place, escapeDepth) {
		if r.value == anything || strings.ContainsRune(m.values, r.value) {
			behind = append(behind, r.end)
		}
		for _, row := range m.rows {
			if row[0] == r.value {
				behind = t.follow(row[1:], r.end, behind)
			}
		}
	}
	return behind
}

// follow adds the places behind values in a row.
func (t *scanned) follow(row []rune, place int, behind []int) []int {
	if len(row) == 0 || t.cut && place >= len(t.text) {
		return append(behind, place)
	}
	if place >= len(t.text) {
		return behind
	}
	for _, r := range t.readings(place, escapeDepth) {
		if r.value == row[0] || r.value == anything {
			behind = t.follow(row[1:], r.end, behind)
		}
	}
	return behind
}
