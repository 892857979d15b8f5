package ecosystem

import "strings"

// The tags of natural order: the end, then words, then numbers.
const (
	naturalEnd = iota
	naturalWord
	naturalNumber
)

// appendNatural orders as people expect of names with numbers in them ("build9" before "build10").
// The string itself ends the key, so that only equal strings are equal.
func appendNatural(dst []byte, v string) []byte {
	for rest := v; rest != ""; {
		var run string
		if isDigit(rest[0]) {
			run, rest = span(rest, isDigit)
			dst = appendNumber(append(dst, naturalNumber), run)
			continue
		}
		run, rest = span(rest, func(c byte) bool { return !isDigit(c) })
		dst = appendText(append(dst, naturalWord), run)
	}
	return append(append(dst, naturalEnd), v...)
}

// appendCRAN orders R's versions: lists of numbers between dots and hyphens, the longer after the
// shorter. Source: R documentation, numeric_version.
func appendCRAN(dst []byte, v string) ([]byte, bool) {
	for v += "."; v != ""; {
		at := strings.IndexAny(v, ".-")
		if !allDigits(v[:at]) {
			return dst, false
		}
		dst = appendNumber(append(dst, naturalNumber), v[:at])
		v = v[at+1:]
	}
	return append(dst, naturalEnd), true
}
