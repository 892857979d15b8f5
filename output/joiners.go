package output

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The zero-width characters that are part of how some scripts, and emoji, are written (The Unicode
// Standard, 23.2).
const (
	nonJoiner = '\u200c' // ZWNJ
	joiner    = '\u200d' // ZWJ
)

// CleanProse is [Clean] for what people wrote, such as a comment or a user's name: a zero-width
// joiner stays where it is part of the text, which is between the emoji that it makes one picture
// of, and in scripts that cannot be written without it (Persian, Sinhala, Hindi and others).
// Anywhere else it is escaped, as everything hidden is.
func CleanProse(s string) string {
	if !strings.ContainsRune(s, nonJoiner) && !strings.ContainsRune(s, joiner) {
		return Clean(s)
	}
	var b strings.Builder
	start := 0
	for i, r := range s {
		if r != nonJoiner && r != joiner {
			continue
		}
		end := i + utf8.RuneLen(r)
		if belongs(s[:i], r, s[end:]) {
			b.WriteString(Clean(s[start:i]))
			b.WriteRune(r)
			start = end
		}
	}
	return b.String() + Clean(s[start:])
}

// belongs reports whether a joiner is part of the text around it.
func belongs(before string, r rune, after string) bool {
	prev, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	if joining(prev) {
		// A virama before it may end a word, as in Malayalam.
		return joining(next) || unicode.Is(unicode.Mn, prev)
	}
	return r == joiner && pictured(prev) && unicode.Is(unicode.So, next)
}

// joining reports whether r is a letter or a mark of a script in which joiners make a difference.
func joining(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M) && unicode.In(r,
		unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic,
		unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
		unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan)
}

// pictured reports whether r may end an emoji: a picture, its skin tone, or the selector of its
// coloured form.
func pictured(r rune) bool {
	const selector, lightest, darkest = '\ufe0f', '\U0001f3fb', '\U0001f3ff'
	return unicode.Is(unicode.So, r) && r != utf8.RuneError || r == selector || r >= lightest && r <= darkest
}
