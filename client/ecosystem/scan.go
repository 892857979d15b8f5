package ecosystem

import "strings"

// Versions are read byte by byte: no ecosystem gives a meaning to anything outside ASCII.

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// span splits s after its longest prefix of bytes that meet the rule.
func span(s string, rule func(byte) bool) (run, rest string) {
	for i := range len(s) {
		if !rule(s[i]) {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// allDigits reports whether s is a run of digits and not empty.
func allDigits(s string) bool {
	_, rest := span(s, isDigit)
	return s != "" && rest == ""
}

// trimZeros drops leading zeros; zero itself becomes empty.
func trimZeros(digits string) string {
	return strings.TrimLeft(digits, "0")
}

// decimal writes a run of digits, possibly empty, without leading zeros.
func decimal(digits string) string {
	if digits = trimZeros(digits); digits != "" {
		return digits
	}
	return "0"
}

// trimV drops the "v" of a git tag: Composer, Helm and npm take "v1.2.3" for 1.2.3.
func trimV(v string) string {
	if len(v) > 1 && (v[0] == 'v' || v[0] == 'V') && isDigit(v[1]) {
		return v[1:]
	}
	return v
}

// cutEpoch splits "1:2.0" into epoch and rest; without a colon the epoch is empty, which counts
// as 0.
func cutEpoch(v string) (epoch, rest string, ok bool) {
	epoch, rest, found := strings.Cut(v, ":")
	if !found {
		return "", v, true
	}
	return epoch, rest, allDigits(epoch)
}

// cutLast splits s at its last sep; without one, after is empty.
func cutLast(s string, sep byte) (before, after string) {
	if i := strings.LastIndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// cutAnyPrefix drops the first of the prefixes that s begins with and returns it; empty if there is
// none.
func cutAnyPrefix(s string, prefixes ...string) (prefix, rest string) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return p, rest
		}
	}
	return "", s
}
