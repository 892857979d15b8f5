package ecosystem

import "strings"

// semVer is a version of one to four numbers: SemVer 2.0 and what NuGet makes of it. Source:
// semver.org, section 11; learn.microsoft.com, nuget/concepts/package-versioning.
type semVer struct {
	numbers [4]string // runs of digits; empty if the version has fewer
	pre     string    // after the hyphen; empty for a release
}

// parseSemVer reads the family's versions leniently: fewer than three numbers, leading zeros and
// any character in a pre-release are seen on real feeds. Build metadata is dropped.
func parseSemVer(v string) (semVer, bool) {
	v, _, _ = strings.Cut(v, "+")
	release, pre, hasPre := strings.Cut(v, "-")
	parsed := semVer{pre: pre}
	for i := range parsed.numbers {
		digits, rest, more := strings.Cut(release, ".")
		if !allDigits(digits) {
			return semVer{}, false
		}
		parsed.numbers[i] = digits
		if !more {
			return parsed, !hasPre || !hasEmptyPart(pre)
		}
		release = rest
	}
	return semVer{}, false
}

// hasEmptyPart reports whether there is nothing before, between or after dots.
func hasEmptyPart(s string) bool {
	return s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..")
}

// The tags of a pre-release, in order: a release comes after all of its pre-releases, numbers
// before words, and the longer list of identifiers after the shorter.
const (
	semVerEnd = iota + 1
	semVerNumber
	semVerWord
	semVerRelease
)

// appendSemVer ignores build metadata, which does not count in the order (semver.org, section 10).
// In Dart it does: a build comes after the release without one (pub_semver, Version.compareTo).
func appendSemVer(dst []byte, t Type, v string) ([]byte, bool) {
	if !t.nugetFamily() { // NuGet takes no "v"
		v = trimV(v)
	}
	if t.foldsVersions() {
		v = fold(v)
	}
	parsed, ok := parseSemVer(v)
	if !ok {
		return dst, false
	}
	for _, digits := range parsed.numbers {
		dst = appendNumber(dst, digits)
	}
	if parsed.pre == "" {
		dst = append(dst, semVerRelease)
	} else {
		dst = appendIdentifiers(dst, parsed.pre)
	}
	if _, build, _ := strings.Cut(v, "+"); t == Pub && build != "" {
		dst = appendIdentifiers(dst, build)
	}
	return dst, true
}

// appendIdentifiers appends a list of numbers and words with dots between them, and its end.
func appendIdentifiers(dst []byte, list string) []byte {
	for id := range strings.SplitSeq(list, ".") {
		if allDigits(id) {
			dst = appendNumber(append(dst, semVerNumber), id)
		} else {
			dst = appendText(append(dst, semVerWord), id)
		}
	}
	return append(dst, semVerEnd)
}

// foldsVersions reports whether versions compare without regard to case: not in SemVer, but in
// NuGet and in universal feeds (Inedo docs, proget/feeds/universal).
func (t Type) foldsVersions() bool {
	return t.nugetFamily() || t == Universal || t == Romp || t == VSIX
}

// nugetNormal writes three numbers, a fourth that is not zero, and the pre-release. Source:
// learn.microsoft.com, nuget/concepts/package-versioning, normalized version numbers.
func nugetNormal(v string) string {
	parsed, ok := parseSemVer(v)
	if !ok {
		return v
	}
	n := parsed.numbers
	normal := decimal(n[0]) + "." + decimal(n[1]) + "." + decimal(n[2])
	if fourth := trimZeros(n[3]); fourth != "" {
		normal += "." + fourth
	}
	if parsed.pre != "" {
		normal += "-" + parsed.pre
	}
	return normal
}
