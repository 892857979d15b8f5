package ecosystem

import (
	"bytes"
	"strings"
)

// CompareVersions orders two versions by the rules of their ecosystem: negative if a comes before
// b, positive if it comes after, zero if the ecosystem sees no order between them (1.0 and 1.0.0 in
// many, two builds of one SemVer version). It is a total order on all strings: a version that
// breaks the rules comes before every one that keeps them.
func CompareVersions(t Type, a, b string) int {
	var aSpace, bSpace [keySpace]byte
	return bytes.Compare(appendSortKey(aSpace[:0], t, a), appendSortKey(bSpace[:0], t, b))
}

// keySpace is the number of bytes that hold the key of nearly every version, so that comparing
// needs no heap.
const keySpace = 96

// SortKey gives a string of bytes for a version; keys compare bytewise as [CompareVersions]
// compares versions. For sorting many rows: one key for each row instead of two for each
// comparison. It means nothing to people, is not meant to be stored, and keys of different types
// don't compare.
func SortKey(t Type, v string) string {
	var space [keySpace]byte
	return string(appendSortKey(space[:0], t, v))
}

// SameVersion reports whether two spellings mean the same version in a feed. If the ecosystem
// treats two spellings as one version (NuGet, PyPI, Composer), so does this; in all others, what is
// written differently is another version, even if neither comes before the other: Maven keeps 1.0
// and 1.0.0 side by side. If it is true, [CompareVersions] is 0.
func SameVersion(t Type, a, b string) bool {
	return a == b || VersionKey(t, a) == VersionKey(t, b)
}

// VersionKey gives the canonical spelling of a version, equal for two versions exactly if
// [SameVersion] holds. It serves as a map key, not for display.
func VersionKey(t Type, v string) string {
	switch {
	case t.nugetFamily(), t == PyPI, t == Composer:
		return SortKey(t, v)
	}
	return spelling(t, v)
}

// spelling drops what an ecosystem doesn't see in a version: the case of letters, the "v" of a tag,
// build metadata.
func spelling(t Type, v string) string {
	switch {
	case t.foldsVersions(), t == Maven:
		return fold(v)
	case t == NPM:
		v, _, _ = strings.Cut(trimV(v), "+")
	case t == Helm:
		return trimV(v)
	case t == Gem:
		return spelledGem(v) // as Gem::Version reads it
	}
	return v
}

// NormalizeVersion writes a version as its ecosystem's registry does: NuGet's normal form (three or
// four numbers without leading zeros, no build metadata; letters keep their case, a flat container
// requires lower case), PEP 440's, and SemVer without the "v" that npm and Helm drop, for npm
// without build metadata too, and a gem's without hyphens. Every other version, and one that breaks
// its ecosystem's rules, is returned unchanged.
func NormalizeVersion(t Type, v string) string {
	switch {
	case t.nugetFamily():
		return nugetNormal(v)
	case t == PyPI:
		return pep440Normal(v)
	case t == NPM, t == Helm, t == Gem:
		return spelling(t, v)
	}
	return v
}
