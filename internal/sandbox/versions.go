package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// compareVersions orders versions as SemVer 2 does, for numbers with any count of parts and without
// regard to case: 9.0 before 12.0, 1.0.0-rc.1 before 1.0.0, build metadata ignored.
func compareVersions(a, b string) int {
	a, b = strings.ToLower(withoutBuild(a)), strings.ToLower(withoutBuild(b))
	aNumber, aPre, aIsPre := strings.Cut(a, "-")
	bNumber, bPre, bIsPre := strings.Cut(b, "-")
	if c := compareParts(aNumber, bNumber, "0"); c != 0 {
		return c
	}
	switch {
	case aIsPre && bIsPre:
		return compareParts(aPre, bPre, "")
	case aIsPre:
		return -1
	case bIsPre:
		return 1
	}
	return 0
}

func withoutBuild(version string) string {
	version, _, _ = strings.Cut(version, "+")
	return version
}

// compareParts compares dotted parts; a missing one counts as filler.
func compareParts(a, b, filler string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		if c := comparePart(at(as, i, filler), at(bs, i, filler)); c != 0 {
			return c
		}
	}
	return 0
}

func at(parts []string, i int, filler string) string {
	if i < len(parts) {
		return parts[i]
	}
	return filler
}

// comparePart puts numbers before words, and orders numbers of any length by value.
func comparePart(a, b string) int {
	aNumeric, bNumeric := numeric(a), numeric(b)
	switch {
	case aNumeric && bNumeric:
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	case a == "" || b == "":
		return cmp.Compare(len(a), len(b))
	case aNumeric:
		return -1
	case bNumeric:
		return 1
	}
	return cmp.Compare(a, b)
}

// numeric is false for the empty part, which means a missing one.
func numeric(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// prerelease looks for a hyphen, which is correct for SemVer and NuGet and sufficient for the
// others.
func prerelease(version string) bool {
	return strings.Contains(withoutBuild(version), "-")
}

// newest returns the highest version, nil if there is none.
func newest(packages []*stored, stableOnly bool) *stored {
	if stableOnly {
		packages = slices.DeleteFunc(slices.Clone(packages), func(p *stored) bool { return prerelease(p.Version) })
	}
	if len(packages) == 0 {
		return nil
	}
	return slices.MaxFunc(packages, func(a, b *stored) int { return compareVersions(a.Version, b.Version) })
}
