package ecosystem

// The values of characters in Debian's order that are not the characters' own: a tilde comes even
// before the end of a part, letters come before everything else.
const (
	debianTilde   = 1
	debianEnd     = 2
	debianSymbol  = 0x80 // added to an ASCII character that is not a letter
	debianForeign = 0xFF // before a byte outside ASCII, which the policy does not allow
)

// appendDebian orders epoch, upstream version and revision. Source: Debian Policy Manual, section
// 5.6.12, and deb-version(7).
func appendDebian(dst []byte, v string) ([]byte, bool) {
	epoch, v, ok := cutEpoch(v)
	if !ok || v == "" {
		return dst, false
	}
	upstream, revision := cutLast(v, '-')
	dst = appendNumber(dst, epoch)
	dst = appendDebianPart(dst, upstream)
	return appendDebianPart(dst, revision), true
}

// appendDebianPart reads text and numbers in turn, as the policy says; an absent number is zero.
func appendDebianPart(dst []byte, part string) []byte {
	for first := true; first || part != ""; first = false {
		var text, digits string
		text, part = span(part, func(c byte) bool { return !isDigit(c) })
		digits, part = span(part, isDigit)
		for i := range len(text) {
			dst = appendDebianByte(dst, text[i])
		}
		dst = appendNumber(append(dst, debianEnd), digits)
	}
	return append(dst, debianEnd)
}

// appendDebianByte keeps three ranges apart: below debianEnd, the letters, and everything from
// debianSymbol on.
func appendDebianByte(dst []byte, c byte) []byte {
	switch {
	case c == '~':
		return append(dst, debianTilde)
	case isLetter(c):
		return append(dst, c)
	case c < debianSymbol-1:
		return append(dst, debianSymbol+c)
	}
	return append(dst, debianForeign, c)
}
