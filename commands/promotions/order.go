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

// sort orders the rows. But for byNone the order is total on what is shown: it does not depend on
// the order in which the server had them.
func (r *rowSet) sort(by order) {
	compare, place := r.compareByPlace, func(row row) uint32 { return row.pkg }
	switch by {
	case byDate:
		compare = r.comparerByDate()
	case byNone:
		place = func(row row) uint32 { return row.seq }
	default:
		ranks := r.ranks(by)
		place = func(row row) uint32 { return ranks[row.pkg] }
	}
	keys := make([]rowKey, len(r.rows))
	for i, row := range r.rows {
		keys[i] = rowKey{row.date, place(row), uint32(i)}
	}
	slices.SortFunc(keys, compare)
	sorted := make([]row, len(r.rows))
	for i, k := range keys {
		sorted[i] = r.rows[k.index]
	}
	r.rows = sorted
}

// rowKey is what nearly all rows are ordered by, in a third of their size.
type rowKey struct {
	date  int64
	place uint32 // of the package in its order, or in rowSet.packages; or of the row in the server's order
	index uint32 // in rowSet.rows
}

// compareByPlace compares places first.
func (r *rowSet) compareByPlace(a, b rowKey) int {
	if a.place != b.place {
		return cmp.Compare(a.place, b.place)
	}
	if a.date != b.date {
		return cmp.Compare(b.date, a.date)
	}
	return r.compareRest(r.rows[a.index], r.rows[b.index])
}

// comparerByDate compares dates first. Few promotions have the date of another, so it would not pay
// to put the packages in order.
func (r *rowSet) comparerByDate() func(a, b rowKey) int {
	keys := r.packageKeys()
	return func(a, b rowKey) int {
		if a.date != b.date {
			return cmp.Compare(b.date, a.date)
		}
		if a.place != b.place {
			if c := r.comparePackages(byDate, &keys[a.place], &keys[b.place]); c != 0 {
				return c
			}
		}
		return r.compareRest(r.rows[a.index], r.rows[b.index])
	}
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
	pkg     uint32 // index in rowSet.packages
	name    string
	version string // "" until it was needed
}

// packageKeys gives the keys of all packages.
func (r *rowSet) packageKeys() []packageKeys {
	all := make([]packageKeys, len(r.packages))
	for i := range all {
		p := r.pkg(uint32(i))
		all[i] = packageKeys{pkg: uint32(i), name: ecosystem.PackageKey(p.Type, p.Group, p.Name)}
	}
	return all
}

// ranks numbers the packages in their order; the same number means the same package, type and
// version, spelled alike.
func (r *rowSet) ranks(by order) []uint32 {
	all := r.packageKeys()
	keys := make([]*packageKeys, len(all)) // pointers: the program has one sort for all of them
	for i := range all {
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
		ranks[k.pkg] = rank
	}
	return ranks
}

func (r *rowSet) comparePackages(by order, a, b *packageKeys) int {
	name := strings.Compare(a.name, b.name)
	if name != 0 && by != byVersion { // nearly always: the rest costs more
		return name
	}
	p, q := r.pkg(a.pkg), r.pkg(b.pkg)
	// Keys of different types do not compare, so the type comes before them.
	version := cmp.Or(cmp.Compare(p.Type, q.Type), strings.Compare(sortKeyOf(q, b), sortKeyOf(p, a)))
	if version != 0 || name != 0 {
		return cmp.Or(version, name)
	}
	return cmp.Or(strings.Compare(q.Version, p.Version), strings.Compare(p.Name, q.Name), strings.Compare(p.Group, q.Group))
}

// sortKeyOf gives what versions of a package are ordered by.
func sortKeyOf(p promotedPackage, keys *packageKeys) string {
	if keys.version == "" {
		keys.version = ecosystem.SortKey(p.Type, p.Version)
	}
	return keys.version
}
