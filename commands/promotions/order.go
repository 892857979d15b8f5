package promotions

import (
	"cmp"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// order is a value of --sort.
type order string

const (
	byDate    order = "date"    // newest first
	byPackage order = "package" // versions newest first
	byVersion order = "version" // newest first, types apart
	byNone    order = "none"    // as the server has them
)

// orders lists the values, the default first.
func orders() []order {
	return []order{byDate, byPackage, byVersion, byNone}
}

// sort orders the rows. But for byNone the order is total on what is shown: it
// does not depend on the order in which the server had them.
func (r *rowSet) sort(by order) {
	if by != byNone {
		r.same = r.ranks(by)
	}
	keys := make([]rowKey, len(r.rows))
	for i, row := range r.rows {
		keys[i] = rowKey{row.date, row.seq, uint32(i)}
		if by != byNone {
			keys[i].rank = r.same[row.pkg]
		}
	}
	slices.SortFunc(keys, func(a, b rowKey) int {
		first, second := cmp.Compare(a.rank, b.rank), cmp.Compare(b.date, a.date)
		if by == byDate {
			first, second = second, first
		}
		if first != 0 || second != 0 { // nearly always: the rest costs more
			return cmp.Or(first, second)
		}
		return r.compareRest(r.rows[a.index], r.rows[b.index])
	})
	sorted := make([]row, len(r.rows))
	for i, k := range keys {
		sorted[i] = r.rows[k.index]
	}
	r.rows = sorted
}

// rowKey is what nearly all rows are ordered by, in a third of their size.
type rowKey struct {
	date  int64
	rank  uint32 // of the package, or the place in the server's order
	index uint32 // in rowSet.rows
}

// compareRest orders promotions of one package version at one time.
func (r *rowSet) compareRest(a, b row) int {
	return cmp.Or(
		strings.Compare(r.words[a.from], r.words[b.from]),
		strings.Compare(r.words[a.to], r.words[b.to]),
		cmp.Compare(b.id, a.id),
		strings.Compare(r.words[a.user], r.words[b.user]),
		strings.Compare(r.comments.text(a.comments), r.comments.text(b.comments)),
	)
}

// packageKeys are what packages are ordered by, computed once for each.
type packageKeys struct {
	index         int
	name, version string
}

// ranks numbers the packages in their order; the same number means the same
// package, type and version, spelled alike.
func (r *rowSet) ranks(by order) []uint32 {
	all := make([]packageKeys, len(r.packages))
	keys := make([]*packageKeys, len(all)) // pointers: the program has one sort for all of them
	for i := range all {
		p := r.pkg(uint32(i))
		all[i] = packageKeys{i, ecosystem.PackageKey(p.Type, p.Group, p.Name), ecosystem.SortKey(p.Type, p.Version)}
		keys[i] = &all[i]
	}
	compare := func(a, b *packageKeys) int { return r.comparePackages(by, a, b) }
	slices.SortFunc(keys, compare)
	ranks := make([]uint32, len(keys))
	rank := uint32(0)
	for i, k := range keys {
		if i > 0 && compare(keys[i-1], k) != 0 {
			rank++
		}
		ranks[k.index] = rank
	}
	return ranks
}

func (r *rowSet) comparePackages(by order, a, b *packageKeys) int {
	name := strings.Compare(a.name, b.name)
	if name != 0 && by != byVersion { // nearly always: the rest costs more
		return name
	}
	p, q := r.pkg(uint32(a.index)), r.pkg(uint32(b.index))
	// Keys of different types do not compare, so the type comes before them.
	version := cmp.Or(cmp.Compare(p.Type, q.Type), strings.Compare(b.version, a.version))
	if version != 0 || name != 0 {
		return cmp.Or(version, name)
	}
	return cmp.Or(strings.Compare(q.Version, p.Version), strings.Compare(p.Name, q.Name), strings.Compare(p.Group, q.Group))
}
