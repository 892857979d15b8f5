package jsontext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cut returns the beginning of s that takes at most n bytes however it is escaped, as JSON or as
// text for a person, with "…" behind it if that is not all of s. s itself is not escaped.
func Cut(s string, n int) string {
	if len(s) <= n/longestEscape {
		return s
	}
	before := ' '
	for i, r := range s {
		if n -= escapedLength(r, before); n < 0 {
			return strings.ToValidUTF8(s[:i], "") + "…"
		}
		before = r
	}
	return s
}

// longestEscape is the length of \udb40\udc01: JSON writes a character beyond U+FFFF as two.
const longestEscape = 12

// escapedLength is how many bytes r takes at most behind the rune before.
func escapedLength(r, before rune) int {
	switch {
	case r == '"' || r == '\\':
		return 2
	case r == '#' && before == '#':
		return len(`\u0023`) // see output: no ## leaves it
	case r >= ' ' && r <= '~':
		return 1
	case r > 0xFFFF && !visible(r):
		return longestEscape
	case !visible(r):
		return len(`\u202e`)
	}
	return utf8.RuneLen(r)
}

// visible is true for what no escape is needed for. A byte that is not UTF-8 comes as U+FFFD, which
// JSON may escape.
func visible(r rune) bool {
	return r != utf8.RuneError && unicode.IsGraphic(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}
