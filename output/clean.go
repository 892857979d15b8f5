package output

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns s fit to be shown in one line: every rune that a person could not see, or that a
// terminal would act on, becomes a visible escape (\n, \x1b, \u202e, \U000e0001). These are the
// control characters C0, DEL and C1, the separators of lines and paragraphs, every format character
// (bidi controls, zero-width joiners, the byte order mark), fillers that are drawn as nothing,
// private and unassigned code points. A byte that is not UTF-8 becomes U+FFFD.
//
// Printable text comes back as it is, without allocating, the backslash too: so Clean may be
// applied twice, and its result is for people, not for parsing. A zero-width joiner is escaped even
// between emoji, because two names that look the same must not be two names; [CleanProse] is for
// what people wrote.
func Clean(s string) string {
	return clean(s, func(rune) bool { return false })
}

// CleanLines is [Clean] for text of several lines, such as a server's message: line feeds and tabs
// stay, and a carriage return before a line feed goes.
func CleanLines(s string) string {
	return clean(strings.ReplaceAll(s, "\r\n", "\n"), func(r rune) bool { return r == '\n' || r == '\t' })
}

func clean(s string, keep func(rune) bool) string {
	i := firstHidden(s, keep)
	if i < 0 {
		return s
	}
	b := make([]byte, i, len(s)+8)
	copy(b, s)
	for _, r := range s[i:] { // an invalid byte comes as U+FFFD, which is printable
		if visible(r) || keep(r) {
			b = utf8.AppendRune(b, r)
		} else {
			b = appendEscape(b, r)
		}
	}
	return string(b)
}

// isPlain reports whether s is printable ASCII, in which nothing has to be replaced.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// firstHidden returns the index of the first rune of s that has to be replaced, -1 if there is
// none.
func firstHidden(s string, keep func(rune) bool) int {
	for i, r := range s {
		if r >= ' ' && r <= '~' {
			continue
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
		if !visible(r) && !keep(r) {
			return i
		}
	}
	return -1
}

// visible reports whether r takes part in what a person sees. Unicode counts some fillers and marks
// among the letters that are to be drawn as nothing (Unicode Standard Annex 44,
// Other_Default_Ignorable_Code_Point).
func visible(r rune) bool {
	if r <= unicode.MaxASCII {
		return r >= ' ' && r <= '~'
	}
	return unicode.IsGraphic(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// appendEscape appends r as Go writes it in a string of ASCII. Hidden runes all have such an
// escape.
func appendEscape(b []byte, r rune) []byte {
	quoted := strconv.QuoteRuneToASCII(r)
	return append(b, quoted[1:len(quoted)-1]...)
}
