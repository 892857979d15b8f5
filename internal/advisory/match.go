package advisory

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// Finding is an advisory that names a version of a package.
type Finding struct {
	ID       string
	Severity string // as in [Advisory]
	// Fixed are the later versions in which it is fixed, the nearest 100 in the ecosystem's order.
	// Nil where the advisory names none.
	Fixed []string
	// Doubt says why the version can't be compared with the advisory; "" if it is affected.
	Doubt string
}

// Packages are the package versions that advisories are matched with. The zero value is empty and
// ready. Memory goes with the packages; advisories are not kept.
type Packages struct {
	versions []ecosystem.Package
	typed    map[ecosystem.Type]map[string][]int // by type and packageKey
	untyped  map[string][]int                    // by looseKey
	loose    map[string][]int                    // all, by looseKey; nil until an advisory needs it
	known    map[string]int
	unknown  map[string]bool
	commits  []string // ids
	nameless []string // ids of those that name no package at all
}

// Add takes a package version to be matched, and gives it a number from 0 on; the same version
// again has the same one. The type may be unknown ("").
func (p *Packages) Add(pkg ecosystem.Package) int {
	identity := strings.Join([]string{string(pkg.Type), pkg.Group, pkg.Name, pkg.Version}, "\x00")
	if n, found := p.known[identity]; found {
		return n
	}
	if p.known == nil {
		p.known, p.untyped, p.typed = map[string]int{}, map[string][]int{}, map[ecosystem.Type]map[string][]int{}
	}
	n := len(p.versions)
	p.known[identity], p.loose = n, nil
	p.versions = append(p.versions, pkg)
	if !pkg.Type.Known() {
		key := looseKey(pkg.Group, pkg.Name)
		p.untyped[key] = append(p.untyped[key], n)
		return n
	}
	if p.typed[pkg.Type] == nil {
		p.typed[pkg.Type] = map[string][]int{}
	}
	key := packageKey(pkg.Type, pkg.Group, pkg.Name)
	p.typed[pkg.Type][key] = append(p.typed[pkg.Type][key], n)
	return n
}

// Match yields the number of each package version that an advisory names, or may name, once.
func (p *Packages) Match(a *Advisory) iter.Seq2[int, Finding] {
	return func(yield func(int, Finding) bool) {
		p.note(a)
		found := map[int]*merged{}
		for i := range a.affected {
			one := &a.affected[i]
			if one.strange != "" {
				for _, n := range p.byName(one.loose) {
					a.merge(found, n, one, Finding{Doubt: one.strange}, one.fixedAfter(""))
				}
			}
			if one.kind == "" {
				continue
			}
			for _, n := range p.typed[one.kind][one.key] {
				a.add(found, n, one, p.versions[n].Version)
			}
			for _, n := range p.untyped[one.loose] {
				a.merge(found, n, one, Finding{Doubt: "the type of the package is not known"}, one.fixedAfter(""))
			}
		}
		for n, m := range found {
			m.Fixed = versionsOf(nearest(m.fixed))
			if !yield(n, m.Finding) {
				return
			}
		}
	}
}

// byName finds the versions of the packages, of whatever type, that a name may mean.
func (p *Packages) byName(loose string) []int {
	if p.loose == nil {
		p.loose = map[string][]int{}
		for n, v := range p.versions {
			key := looseKey(v.Group, v.Name)
			p.loose[key] = append(p.loose[key], n)
		}
	}
	return p.loose[loose]
}

// add checks one version against one affected package.
func (a *Advisory) add(found map[int]*merged, n int, one *affected, version string) {
	hit, doubt := one.affects(version)
	switch {
	case hit:
		a.merge(found, n, one, Finding{}, one.fixedAfter(version))
	case doubt != "":
		a.merge(found, n, one, Finding{Doubt: doubt}, one.fixedAfter(""))
	}
}

// merged is a finding of which the fixed versions are gathered.
type merged struct {
	Finding
	fixed []fix
}

// merge puts what several affected packages of one advisory say into one finding: certainty is more
// than doubt.
func (a *Advisory) merge(found map[int]*merged, n int, one *affected, f Finding, fixed []fix) {
	known := found[n]
	switch {
	case known == nil, known.Doubt != "" && f.Doubt == "":
		f.ID, f.Severity = a.ID, cmp.Or(a.Severity, one.severity)
		known = &merged{Finding: f}
		found[n] = known
	case (known.Doubt == "") != (f.Doubt == ""):
		return
	}
	if known.fixed = append(known.fixed, fixed...); len(known.fixed) > 2*mostFixed {
		known.fixed = nearest(known.fixed)
	}
}

// note remembers what an advisory says that nothing can be matched with.
func (p *Packages) note(a *Advisory) {
	for _, word := range a.unknown {
		if p.unknown == nil {
			p.unknown = map[string]bool{}
		}
		p.unknown[word] = true
	}
	if len(a.affected) == 0 {
		p.nameless = append(p.nameless, a.ID)
	}
	for i := range a.affected {
		if one := &a.affected[i]; one.gitOnly() && (one.kind != "" || !one.named) {
			p.commits = append(p.commits, a.ID)
			return
		}
	}
}

// Notes are warnings about what could not be compared in the advisories matched so far, each once.
func (p *Packages) Notes() []string {
	var notes []string
	if n := len(p.commits); n == 1 {
		notes = append(notes, fmt.Sprintf("advisory %s names affected Git commits only, which cannot be compared with versions", p.commits[0]))
	} else if n > 1 {
		notes = append(notes, fmt.Sprintf("%d advisories (the first is %s) name affected Git commits only, which cannot be compared with versions", n, p.commits[0]))
	}
	if n := len(p.nameless); n == 1 {
		notes = append(notes, fmt.Sprintf("advisory %s names no packages, so nothing was looked for", p.nameless[0]))
	} else if n > 1 {
		notes = append(notes, fmt.Sprintf("%d advisories (the first is %s) name no packages, so nothing was looked for", n, p.nameless[0]))
	}
	for word := range p.unknown {
		if word == "" {
			notes = append(notes, "a package in an advisory has no ecosystem, so it was looked for by name alone")
			continue
		}
		notes = append(notes, fmt.Sprintf("the ecosystem %q in an advisory is not known, so its packages were looked for by name alone", word))
	}
	slices.Sort(notes)
	return notes
}
