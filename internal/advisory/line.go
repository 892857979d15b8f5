package advisory

import (
	"slices"
	"sort"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// pkg is a package with the versions of it that advisories are matched with. What is computed of
// them is kept for the next advisory.
type pkg struct {
	named           // of which the kind is "" if unknown
	loose    string // see looseKey
	versions []version
	ordered  map[ecosystem.Type]*line // by the order of that ecosystem
	spelled  *line                    // by [ecosystem.VersionKey]
}

// version is one of a package's.
type version struct {
	number int // that [Packages.Add] gave it
	text   string
}

// line has versions of a package sorted by a key. What an advisory says is true of stretches of it,
// which binary search finds, however many versions there are.
type line struct {
	keys     []string // sorted
	versions []int    // the index in the package of each
	of       []string // by that index: the keys of all versions
	has      []bool   // by that index: whether the line has the version
}

func newLine(versions []version, key func(string) (string, bool)) *line {
	l := &line{of: make([]string, len(versions)), has: make([]bool, len(versions))}
	for i, v := range versions {
		if l.of[i], l.has[i] = key(v.text); l.has[i] {
			l.versions = append(l.versions, i)
		}
	}
	sort.SliceStable(l.versions, func(i, j int) bool { return l.of[l.versions[i]] < l.of[l.versions[j]] })
	for _, i := range l.versions {
		l.keys = append(l.keys, l.of[i])
	}
	return l
}

// inOrder has the versions that have a place in an ecosystem's order.
func (p *pkg) inOrder(of ecosystem.Type) *line {
	if p.ordered[of] == nil {
		if p.ordered == nil {
			p.ordered = map[ecosystem.Type]*line{}
		}
		p.ordered[of] = newLine(p.versions, func(v string) (string, bool) {
			return ecosystem.SortKey(of, v), ecosystem.Ordered(of, v)
		})
	}
	return p.ordered[of]
}

// bySpelling has all versions.
func (p *pkg) bySpelling() *line {
	if p.spelled == nil {
		p.spelled = newLine(p.versions, func(v string) (string, bool) { return ecosystem.VersionKey(p.kind, v), true })
	}
	return p.spelled
}

// add takes one more version.
func (p *pkg) add(v version) {
	p.versions = append(p.versions, v)
	p.ordered, p.spelled = nil, nil
}

// from is the first place whose key is not before the given one.
func (l *line) from(key string) int {
	at, _ := slices.BinarySearch(l.keys, key)
	return at
}

// after is the first place whose key is after the given one.
func (l *line) after(key string) int {
	return sort.Search(len(l.keys), func(i int) bool { return l.keys[i] > key })
}
