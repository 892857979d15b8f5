package advisory

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// fix is a version in which an advisory is fixed.
type fix struct{ key, version string }

// mostFixed is how many of the versions in which an advisory is fixed a finding has, the nearest
// ones: each of them is kept for each version that is affected.
const mostFixed = 100

func compareFixes(a, b fix) int {
	return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.version, b.version))
}

// nearest are the first [mostFixed] of some versions in the ecosystem's order, each once.
func nearest(fixed []fix) []fix {
	sort.Slice(fixed, func(i, j int) bool { return compareFixes(fixed[i], fixed[j]) < 0 })
	fixed = slices.Compact(fixed)
	return fixed[:min(len(fixed), mostFixed)]
}

// versionsOf are the versions as the advisory spells them, nil if there are none.
func versionsOf(fixed []fix) (all []string) {
	for _, f := range fixed {
		all = append(all, f.version)
	}
	return all
}

// fixes are those of several entries. They are known by their ranks in the ecosystem's order: long
// versions take long to compare.
type fixes struct {
	ranked []fix
	from   []fixOf // sorted by rank
}

// fixOf is the rank of a version in which an entry is fixed.
type fixOf struct{ rank, entry int32 }

func newFixes(entries []*affected) fixes {
	type given struct {
		fix
		entry int32
	}
	var all []given
	for i, one := range entries {
		for _, f := range one.ready().fixed {
			all = append(all, given{f, int32(i)})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return compareFixes(all[i].fix, all[j].fix) < 0 })
	f := fixes{from: make([]fixOf, len(all))}
	for i, one := range all {
		if i == 0 || one.fix != all[i-1].fix {
			f.ranked = append(f.ranked, one.fix)
		}
		f.from[i] = fixOf{int32(len(f.ranked) - 1), one.entry}
	}
	return f
}

// after are the ranks of the nearest versions after the one with a key, of the entries that have
// stretches.
func (f *fixes) after(key string, stretches []int32) (ranks []int32) {
	rank := sort.Search(len(f.ranked), func(i int) bool { return f.ranked[i].key > key })
	at := sort.Search(len(f.from), func(i int) bool { return int(f.from[i].rank) >= rank })
	for _, one := range f.from[at:] {
		if stretches[one.entry] == 0 || len(ranks) > 0 && ranks[len(ranks)-1] == one.rank {
			continue
		}
		if ranks = append(ranks, one.rank); len(ranks) == mostFixed {
			break
		}
	}
	return ranks
}

// versions are those of some ranks, nil if there are none.
func (f *fixes) versions(ranks []int32) (all []string) {
	for _, rank := range ranks {
		all = append(all, f.ranked[rank].version)
	}
	return all
}

// fixesOf are the versions in which the ranges of a package of some type are fixed.
func fixesOf(kind ecosystem.Type, ranges []versionRange) (fixed []fix) {
	for _, ranged := range ranges {
		if ranged.Type == "GIT" {
			continue
		}
		for _, e := range ranged.Events {
			if e.Fixed != "" {
				fixed = append(fixed, fix{ecosystem.SortKey(kind, e.Fixed), e.Fixed})
			}
		}
	}
	return fixed
}
