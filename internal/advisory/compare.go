package advisory

import (
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// ready is what an advisory says of one package, with its versions sorted. Each version of a ledger
// is compared with it, and either may have very many.
type ready struct {
	spelled   map[string]bool // the versions that are listed, by [ecosystem.VersionKey]
	placed    map[string]bool // those that have a place in the order, by [ecosystem.SortKey]
	sequences []sequence
	fixed     []fix // sorted
}

// fix is a version in which an advisory is fixed.
type fix struct{ key, version string }

// mostFixed is how many of the versions in which an advisory is fixed a finding has, the nearest
// ones: each of them is kept for each version that is affected.
const mostFixed = 100

func (one *affected) ready() *ready {
	if one.cached != nil {
		return one.cached
	}
	r := &ready{spelled: map[string]bool{}, placed: map[string]bool{}}
	for _, v := range one.versions {
		r.spelled[ecosystem.VersionKey(one.kind, v)] = true
		if ecosystem.Ordered(one.kind, v) {
			r.placed[ecosystem.SortKey(one.kind, v)] = true
		}
	}
	for _, ranged := range one.ranges {
		if ranged.Type == "GIT" {
			continue
		}
		r.sequences = append(r.sequences, ranged.sequence(one.kind))
		for _, e := range ranged.Events {
			if e.Fixed != "" {
				r.fixed = append(r.fixed, fix{ecosystem.SortKey(one.kind, e.Fixed), e.Fixed})
			}
		}
	}
	r.fixed = inOrder(r.fixed)
	one.cached = r
	return r
}

// affects reports whether a version is affected, or why that is not clear. Versions that are listed
// and ranges add up; Git ranges beside others say the same in commits.
func (one *affected) affects(version string) (hit bool, doubt string) {
	r := one.ready()
	if r.spelled[ecosystem.VersionKey(one.kind, version)] ||
		ecosystem.Ordered(one.kind, version) && r.placed[ecosystem.SortKey(one.kind, version)] {
		return true, ""
	}
	if one.gitOnly() {
		return false, "the advisory names Git commits only"
	}
	if len(one.ranges) == 0 && len(one.versions) == 0 {
		return false, "the advisory does not say which versions are affected"
	}
	for i := range r.sequences {
		inside, err := r.sequences[i].includes(one.kind, version)
		if inside {
			return true, ""
		}
		if err != nil {
			doubt = err.Error()
		}
	}
	return false, doubt
}

// fixedAfter are the versions after the given one in which the advisory is fixed, the nearest
// [mostFixed] of them. All versions come after "".
func (one *affected) fixedAfter(version string) []fix {
	fixed := one.ready().fixed
	if version != "" {
		after := ecosystem.SortKey(one.kind, version)
		at, _ := slices.BinarySearchFunc(fixed, after, func(f fix, after string) int {
			if f.key <= after {
				return -1
			}
			return 1
		})
		fixed = fixed[at:]
	}
	return fixed[:min(len(fixed), mostFixed)]
}

// inOrder sorts versions in the ecosystem's order, each once.
func inOrder(fixed []fix) []fix {
	slices.SortFunc(fixed, func(a, b fix) int {
		if order := strings.Compare(a.key, b.key); order != 0 {
			return order
		}
		return strings.Compare(a.version, b.version)
	})
	return slices.Compact(fixed)
}

// nearest are the first [mostFixed] of some versions, sorted.
func nearest(fixed []fix) []fix {
	fixed = inOrder(fixed)
	return fixed[:min(len(fixed), mostFixed)]
}

// versionsOf are the versions as the advisory spells them, nil if there are none.
func versionsOf(fixed []fix) (all []string) {
	for _, f := range fixed {
		all = append(all, f.version)
	}
	return all
}
