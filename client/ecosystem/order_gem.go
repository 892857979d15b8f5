package ecosystem

import "strings"

// appendGem orders lists of numbers and words, filled up with zeros, a word before every number. A
// hyphen means ".pre.". Source: RubyGems documentation, Gem::Version.
func appendGem(dst []byte, v string) ([]byte, bool) {
	v = spelledGem(v)
	if !validGem(v) {
		return dst, false
	}
	var zeros padding
	words := false
	for v != "" {
		var run string
		switch {
		case isDigit(v[0]):
			run, v = span(v, isDigit)
			dst = zeros.number(dst, run)
		case isLetter(v[0]):
			run, v = span(v, isLetter)
			if !words {
				// 1.0.a is 1.a: zeros at the end of the leading numbers don't count.
				zeros, words = 0, true
			}
			dst = appendText(zeros.below(dst), run)
		default:
			v = v[1:]
		}
	}
	return append(dst, tagEnd), true
}

// spelledGem writes the hyphens of a version out. If the result is not a version, v stays as it is:
// "0.-" must not become "0..pre.", which sorts elsewhere.
func spelledGem(v string) string {
	if spelled := strings.ReplaceAll(v, "-", ".pre."); validGem(spelled) {
		return spelled
	}
	return v
}

// validGem reports whether v begins with a digit and has a letter or digit on both sides of each
// dot.
func validGem(v string) bool {
	if v == "" || !isDigit(v[0]) || hasEmptyPart(v) {
		return false
	}
	_, rest := span(v, func(c byte) bool { return isDigit(c) || isLetter(c) || c == '.' })
	return rest == ""
}
