package ecosystem

import "strings"

// The tags of Alpine's tokens, in order: a suffix such as _rc comes before the end of the version,
// _p after it.
const (
	apkPreSuffix = iota + 1
	apkEnd
	apkRevision
	apkHash
	apkSuffixNumber
	apkPostSuffix
	apkLetter
	apkFraction // a number after a dot that begins with zero: its digits compare as text
	apkNumber
)

// apkPreSuffixes and apkPostSuffixes are the suffixes before and after the release, each in order.
func apkPreSuffixes() []string  { return []string{"alpha", "beta", "pre", "rc"} }
func apkPostSuffixes() []string { return []string{"cvs", "svn", "git", "hg", "p"} }

// appendAlpine orders numbers, a letter, suffixes, a commit hash and the package revision
// ("1.2.3b_rc1-r4"). Source: Alpine documentation, apk-package(5), package version.
func appendAlpine(dst []byte, v string) ([]byte, bool) {
	release, v := cutRelease(v)
	if release == "" {
		return dst, false
	}
	dst = appendAlpineRelease(dst, release)
	if v != "" && 'a' <= v[0] && v[0] <= 'z' {
		dst, v = append(dst, apkLetter, v[0]), v[1:]
	}
	dst, v, ok := appendAlpineSuffixes(dst, v)
	if !ok {
		return dst, false
	}
	if hash, found := strings.CutPrefix(v, "~"); found {
		hash, v = span(hash, func(c byte) bool { return isDigit(c) || isLetter(c) })
		dst = appendText(append(dst, apkHash), hash)
	}
	if revision, found := strings.CutPrefix(v, "-r"); found {
		revision, v = span(revision, isDigit)
		dst = appendNumber(append(dst, apkRevision), revision)
	}
	return append(dst, apkEnd), v == ""
}

// appendAlpineRelease writes the numbers; the first is a number even if it begins with zero.
func appendAlpineRelease(dst []byte, release string) []byte {
	first := true
	for digits := range strings.SplitSeq(release, ".") {
		if !first && digits[0] == '0' {
			dst = appendText(append(dst, apkFraction), digits)
		} else {
			dst = appendNumber(append(dst, apkNumber), digits)
		}
		first = false
	}
	return dst
}

// appendAlpineSuffixes writes any number of suffixes; an unknown one breaks the rules.
func appendAlpineSuffixes(dst []byte, v string) (key []byte, rest string, ok bool) {
	for strings.HasPrefix(v, "_") {
		word, after := span(v[1:], isLetter)
		tag, rank := alpineSuffix(word)
		if rank < 0 {
			return dst, v, false
		}
		dst = append(dst, tag, byte(rank))
		digits, after := span(after, isDigit)
		if digits != "" {
			dst = appendNumber(append(dst, apkSuffixNumber), digits)
		}
		v = after
	}
	return dst, v, true
}

// alpineSuffix gives a suffix's tag and its place among those of the tag; the place of an unknown
// one is -1.
func alpineSuffix(word string) (tag byte, rank int) {
	for i, known := range apkPreSuffixes() {
		if word == known {
			return apkPreSuffix, i
		}
	}
	for i, known := range apkPostSuffixes() {
		if word == known {
			return apkPostSuffix, i
		}
	}
	return 0, -1
}
