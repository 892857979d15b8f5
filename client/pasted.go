package client

import (
	"fmt"
	"strings"
	"unicode"
)

// TrimPasted cuts what people paste along with a key, a name or an address and cannot see: spaces
// of any kind, byte order marks and zero-width characters at either end. HTTP drops some of these
// on the way, so that what was sent would not be what was searched for.
func TrimPasted(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) })
}

// isInvisible reports whether r takes no space and is never typed: byte order marks, zero-width
// spaces and joiners, soft hyphens, marks of direction.
func isInvisible(r rune) bool { return unicode.Is(unicode.Cf, r) }

// invisibleIn names the first invisible character of s, "" if there is none.
func invisibleIn(s string) string {
	for _, r := range s {
		if isInvisible(r) {
			return fmt.Sprintf("U+%04X", r)
		}
	}
	return ""
}
