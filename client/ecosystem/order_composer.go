package ecosystem

import "strings"

// The stabilities of Composer's versions, in order; a branch comes before them all.
const (
	composerBranch = iota
	composerDev
	composerAlpha
	composerBeta
	composerRC
	composerStable
	composerPatch
)

// composerVersion is a version of up to four numbers with a stability ("1.0-RC2",
// "v2.1.0-beta.3-dev"). Source: getcomposer.org, versions and constraints; PHP manual,
// version_compare.
type composerVersion struct {
	numbers   semVer
	stability byte
	suffix    string // numbers between dots or hyphens after the stability
	dev       bool   // on the way to that stability
}

// parseComposer reads what Composer itself normalizes to four numbers and a stability; build
// metadata is dropped.
func parseComposer(v string) (composerVersion, bool) {
	v, _, _ = strings.Cut(trimV(fold(v)), "+")
	release, v := cutRelease(v)
	numbers, ok := parseSemVer(release)
	if !ok {
		return composerVersion{}, false
	}
	parsed := composerVersion{numbers: numbers, stability: composerStable}
	v, parsed.dev = strings.CutSuffix(v, "dev")
	if parsed.dev {
		v = strings.TrimRight(v, ".-_")
	}
	_, v = cutAnyPrefix(v, ".", "-", "_")
	word, v := cutAnyPrefix(v, "stable", "beta", "b", "rc", "alpha", "a", "patch", "pl", "p")
	switch {
	case word != "":
		parsed.stability = composerStability(word)
	case parsed.dev:
		parsed.stability = composerDev
	}
	parsed.suffix = strings.Trim(strings.ReplaceAll(v, "-", "."), ".")
	release, rest := cutRelease(parsed.suffix)
	return parsed, rest == "" && (release == "" || word != "")
}

// composerStability recognizes the words by their first letter: "a" and "alpha", "p", "pl" and
// "patch".
func composerStability(word string) byte {
	switch word[0] {
	case 'a':
		return composerAlpha
	case 'b':
		return composerBeta
	case 'r':
		return composerRC
	case 's':
		return composerStable
	}
	return composerPatch
}

// composerBranchName reports whether a version is the head of a branch: "dev-main", "2.x-dev".
func composerBranchName(v string) bool {
	v = fold(v)
	return strings.HasPrefix(v, "dev-") || strings.HasSuffix(v, "x-dev")
}

// appendComposer puts branches first, in the order of their names: to Composer, no branch is newer
// than another.
func appendComposer(dst []byte, v string) ([]byte, bool) {
	if composerBranchName(v) {
		return append(append(dst, composerBranch), fold(v)...), true
	}
	parsed, ok := parseComposer(v)
	if !ok {
		return dst, false
	}
	dst = append(dst, composerStable) // after every branch
	for _, digits := range parsed.numbers.numbers {
		dst = appendNumber(dst, digits)
	}
	dst = append(dst, parsed.stability)
	var zeros padding
	for digits := range strings.SplitSeq(parsed.suffix, ".") {
		dst = zeros.number(dst, digits)
	}
	if parsed.dev {
		return append(dst, tagEnd, 0), true
	}
	return append(dst, tagEnd, 1), true
}
