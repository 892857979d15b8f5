package advisory

import (
	"slices"
	"sort"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// comparison matches the versions of a package with what one advisory says of it, in any number of
// entries. Each line of versions is gone through once, with the entries that have the version at
// hand: to compare each version with each entry would take many minutes if both are many.
type comparison struct {
	of      *pkg
	entries []*affected // in the advisory's order
	fixes   fixes       // of all entries
	found   []hit       // for each version of the package
	orders  []ecosystem.Type
	doubts  map[int]*doubt // see doubt
}

// hit is what is found out about one version.
type hit struct {
	entry int     // the first that has the version, -1 if none has
	fixed []int32 // ranks of the nearest versions in which those entries are fixed
}

// change says that from a place in a line on, one more or one less stretch of an entry has the
// versions.
type change struct{ at, entry, by int32 }

// compare finds out which versions the entries have. Versions that are listed and ranges add up.
func compare(of *pkg, entries []*affected) *comparison {
	c := &comparison{of: of, entries: entries, fixes: newFixes(entries), found: make([]hit, len(of.versions)), doubts: map[int]*doubt{}}
	for i := range c.found {
		c.found[i].entry = -1
	}
	if len(entries) == 0 {
		return c
	}
	spelled, ordered := of.bySpelling(), of.inOrder(of.kind)
	var bySpelling []change
	byOrder := map[*line][]change{}
	for i, one := range entries {
		for _, v := range one.versions {
			key := ecosystem.VersionKey(of.kind, v)
			bySpelling = addStretch(bySpelling, i, spelled.from(key), spelled.after(key))
			if ecosystem.Ordered(of.kind, v) {
				key = ecosystem.SortKey(of.kind, v)
				byOrder[ordered] = addStretch(byOrder[ordered], i, ordered.from(key), ordered.after(key))
			}
		}
		for _, s := range one.ready().sequences {
			if s.order == "" {
				continue
			}
			l := c.inOrder(s.order)
			for from, to := range s.within(l) {
				byOrder[l] = addStretch(byOrder[l], i, from, to)
			}
		}
	}
	c.sweep(spelled, bySpelling)
	for l, changes := range byOrder {
		c.sweep(l, changes)
	}
	return c
}

// inOrder notes that an order matters.
func (c *comparison) inOrder(order ecosystem.Type) *line {
	if !slices.Contains(c.orders, order) {
		c.orders = append(c.orders, order)
	}
	return c.of.inOrder(order)
}

func addStretch(changes []change, entry, from, to int) []change {
	if from == to {
		return changes
	}
	return append(changes, change{int32(from), int32(entry), 1}, change{int32(to), int32(entry), -1})
}

// sweep goes through a line.
func (c *comparison) sweep(l *line, changes []change) {
	if len(changes) == 0 {
		return
	}
	sort.Slice(changes, func(i, j int) bool { return changes[i].at < changes[j].at })
	stretches, open := make([]int32, len(c.entries)), int32(0)
	for place, v := range l.versions {
		for ; len(changes) > 0 && int(changes[0].at) == place; changes = changes[1:] {
			stretches[changes[0].entry] += changes[0].by
			open += changes[0].by
		}
		if open == 0 {
			continue
		}
		first := slices.IndexFunc(stretches, func(n int32) bool { return n > 0 })
		if known := &c.found[v]; known.entry < 0 || first < known.entry {
			known.entry = first
		}
		c.found[v].add(c.fixes.after(c.of.inOrder(c.of.kind).of[v], stretches))
	}
}

// add takes ranks from another line.
func (h *hit) add(fixed []int32) {
	if h.fixed == nil {
		h.fixed = fixed
		return
	}
	h.fixed = append(h.fixed, fixed...)
	slices.Sort(h.fixed)
	h.fixed = slices.Compact(h.fixed)
	h.fixed = h.fixed[:min(len(h.fixed), mostFixed)]
}

// ready is an entry made ready for comparing.
type ready struct {
	sequences []sequence
	fixed     []fix
}

func (one *affected) ready() *ready {
	if one.cached == nil {
		one.cached = &ready{fixed: fixesOf(one.kind, one.ranges)}
		for _, ranged := range one.ranges {
			if ranged.Type != "GIT" {
				one.cached.sequences = append(one.cached.sequences, ranged.sequence(one.kind))
			}
		}
	}
	return one.cached
}
