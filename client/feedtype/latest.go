package feedtype

import (
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// isLatest reports whether a version is a word, such as latest.
func isLatest(version string) bool { return version == Latest || version == LatestStable }

// maxVersionBytes is the longest version that is compared: 1 KiB. Real ones have a few dozen bytes.
const maxVersionBytes = 1 << 10

// isComparable reports whether v, of which an index may have any number, is a version and not there
// to cost time.
func isComparable(v string) bool { return len(v) <= maxVersionBytes }

// newest finds the highest of the versions that it is given, by the order of their ecosystem.
type newest struct {
	t      ecosystem.Type
	stable bool   // pre-releases do not count
	best   string // "" until a version counts
	rank   int    // how well the last wanted version was it
}

// newestOf prepares to resolve the word in pkg's version.
func newestOf(pkg ecosystem.Package) *newest {
	return &newest{t: pkg.Type, stable: pkg.Version == LatestStable}
}

// offer reports whether v is the newest so far, so that the caller can keep what belongs to it.
// What could not be requested as a version does not count.
func (n *newest) offer(v string) bool {
	if !isComparable(v) || checkPart("version", v) != nil || isLatest(v) || n.stable && ecosystem.IsPrerelease(n.t, v) {
		return false
	}
	if n.best != "" && ecosystem.CompareVersions(n.t, v, n.best) <= 0 {
		return false
	}
	n.best = v
	return true
}

// wanted reports whether v, which may have further spellings, is the version that was asked for: by
// the rules of its ecosystem, or as the newest so far. If an index has it in several spellings, the
// requested one is preferred. A caller that keeps the last version for which this was true has the
// right one.
func (n *newest) wanted(pkg ecosystem.Package, v string, also ...string) bool {
	if isLatest(pkg.Version) {
		return n.offer(v)
	}
	rank := likeness(pkg.Type, v, pkg.Version)
	for _, spelling := range also {
		rank = max(rank, likeness(pkg.Type, spelling, pkg.Version))
	}
	if v == pkg.Version {
		rank = 3
	}
	if rank == 0 || rank < n.rank {
		return false
	}
	n.rank = rank
	return true
}

// likeness rates how well a spelling of a version matches the one that was asked for: 2 if its
// ecosystem takes them for the same, 1 if its tools take the one for the other (dpkg and rpm an
// epoch of 0 for none, conda 1.0 for 1.0.0, Cargo and Helm 1.0.0+b for 1.0.0), 0 for another
// version.
func likeness(t ecosystem.Type, spelling, asked string) int {
	if !isComparable(spelling) {
		return 0
	}
	if ecosystem.SameVersion(t, spelling, asked) {
		return 2
	}
	alike := false
	switch t {
	case ecosystem.Debian, ecosystem.RPM, ecosystem.Conda:
		alike = ecosystem.CompareVersions(t, spelling, asked) == 0
	case ecosystem.Cargo, ecosystem.Helm:
		release, _, built := strings.Cut(spelling, "+")
		alike = built && ecosystem.SameVersion(t, release, asked)
	}
	if alike {
		return 1
	}
	return 0
}
