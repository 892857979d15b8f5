package advisory

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

// Finding is an advisory that names a version of a package.
type Finding struct {
	ID       string
	Severity string // as in [Advisory]
	// Fixed are the later versions in which it is fixed, the nearest 100 in the ecosystem's order.
	// Nil if the advisory names none.
	Fixed []string
	// Doubt says why the version can't be compared with the advisory; "" if it is affected.
	Doubt string
}

// Packages are the package versions that advisories are matched with. The zero value is empty and
// ready. Memory goes with the packages; advisories are not kept.
type Packages struct {
	known    map[string]int  // numbers of versions
	packages map[string]*pkg // by type, packageKey and looseKey
	named    map[named][]*pkg
	loose    map[string][]*pkg // by looseKey
	unknown  map[string]bool   // ecosystems, a few more than are named
	commits  tally
	nameless tally // of those that name no package at all
}

// tally counts advisories.
type tally struct {
	n     int
	first string // its id
}

func (t *tally) add(a *Advisory) {
	if t.n++; t.n == 1 {
		t.first = a.ID
	}
}

// named is a package of a type that is known.
type named struct {
	kind ecosystem.Type
	key  string // see packageKey
}

// Add takes a package version to be matched, and gives it a number from 0 on; the same version
// again has the same one. The type may be unknown ("").
func (p *Packages) Add(of ecosystem.Package) int {
	identity := strings.Join([]string{string(of.Type), of.Group, of.Name, of.Version}, "\x00")
	if n, found := p.known[identity]; found {
		return n
	}
	if p.known == nil {
		p.known, p.packages, p.named, p.loose = map[string]int{}, map[string]*pkg{}, map[named][]*pkg{}, map[string][]*pkg{}
	}
	n := len(p.known)
	p.known[identity] = n
	p.pkg(of).add(version{n, of.Version})
	return n
}

// pkg is the package of a version.
func (p *Packages) pkg(of ecosystem.Package) *pkg {
	one := &pkg{loose: looseKey(of.Group, of.Name)}
	if of.Type.Known() {
		one.named = named{of.Type, packageKey(of.Type, of.Group, of.Name)}
	}
	identity := strings.Join([]string{string(one.kind), one.key, one.loose}, "\x00")
	if known := p.packages[identity]; known != nil {
		return known
	}
	p.packages[identity] = one
	p.loose[one.loose] = append(p.loose[one.loose], one)
	if one.kind != "" {
		p.named[one.named] = append(p.named[one.named], one)
	}
	return one
}

// Match yields the number of each package version that an advisory names, or may name, once.
func (p *Packages) Match(a *Advisory) iter.Seq2[int, Finding] {
	return func(yield func(int, Finding) bool) {
		p.note(a)
		m := p.mentions(a)
		for of := range m.packages {
			for n, found := range m.findings(a, of) {
				if !yield(n, found) {
					return
				}
			}
		}
	}
}

// mentions are the entries of an advisory that name packages, or may name them.
type mentions struct {
	packages map[*pkg]bool
	named    map[named][]*affected
	loose    map[string][]*affected // by looseKey, those too that have a type
	doubts   map[doubtOf]*doubt
}

// doubtOf names a doubt by name alone.
type doubtOf struct {
	loose string
	typed bool // of packages whose type is known
}

func (p *Packages) mentions(a *Advisory) *mentions {
	m := &mentions{map[*pkg]bool{}, map[named][]*affected{}, map[string][]*affected{}, map[doubtOf]*doubt{}}
	for i := range a.affected {
		one := &a.affected[i]
		if one.kind == "" && one.strange == "" {
			continue
		}
		if p.named[one.named] != nil {
			m.named[one.named] = append(m.named[one.named], one)
		}
		if p.loose[one.loose] != nil {
			m.loose[one.loose] = append(m.loose[one.loose], one)
		}
	}
	for name := range m.named {
		for _, of := range p.named[name] {
			m.packages[of] = true
		}
	}
	for name, entries := range m.loose {
		strange := slices.ContainsFunc(entries, func(one *affected) bool { return one.strange != "" })
		for _, of := range p.loose[name] {
			if strange || of.kind == "" {
				m.packages[of] = true
			}
		}
	}
	return m
}

// byName is the doubt whether entries speak of a package, of which only the name is the same.
func (m *mentions) byName(of *pkg) *doubt {
	which := doubtOf{of.loose, of.kind != ""}
	d := m.doubts[which]
	if d != nil {
		return d
	}
	d = &doubt{}
	for _, one := range m.loose[of.loose] {
		switch {
		case one.strange != "":
			d.add(one, one.strange, false)
		case !which.typed:
			d.add(one, "the type of the package is unknown", false)
		}
	}
	d.fixed, m.doubts[which] = nearest(d.fixed), d
	return d
}

// findings yields the number of each version of a package that an advisory names, or may name.
// Certainty is more than doubt.
func (m *mentions) findings(a *Advisory, of *pkg) iter.Seq2[int, Finding] {
	return func(yield func(int, Finding) bool) {
		byName := m.byName(of)
		c := compare(of, m.named[of.named])
		for i, v := range of.versions {
			found, is := Finding{}, true
			if hit := c.found[i]; hit.entry >= 0 {
				found = Finding{ID: a.ID, Severity: cmp.Or(a.Severity, c.entries[hit.entry].severity), Fixed: c.fixes.versions(hit.fixed)}
			} else {
				found, is = join(c.doubt(i), byName).finding(a, of, v.text)
			}
			if is && !yield(v.number, found) {
				return
			}
		}
	}
}

// note remembers what an advisory says that nothing can be matched with.
func (p *Packages) note(a *Advisory) {
	for _, word := range a.unknown {
		if p.unknown == nil {
			p.unknown = map[string]bool{}
		}
		if len(p.unknown) <= records.MaxNamed {
			p.unknown[word] = true
		}
	}
	if len(a.affected) == 0 {
		p.nameless.add(a)
	}
	for i := range a.affected {
		if one := &a.affected[i]; one.gitOnly() && (one.kind != "" || one.nameless) {
			p.commits.add(a)
			return
		}
	}
}

// Notes are warnings about what could not be compared in the advisories matched so far, each once.
func (p *Packages) Notes() []string {
	var notes []string
	if c := p.commits; c.n == 1 {
		notes = append(notes, fmt.Sprintf("advisory %s names affected Git commits only, which cannot be compared with versions", c.first))
	} else if c.n > 1 {
		notes = append(notes, fmt.Sprintf("%d advisories (the first is %s) name affected Git commits only, which cannot be compared with versions", c.n, c.first))
	}
	if n := p.nameless; n.n == 1 {
		notes = append(notes, fmt.Sprintf("advisory %s names no packages, so nothing was looked for", n.first))
	} else if n.n > 1 {
		notes = append(notes, fmt.Sprintf("%d advisories (the first is %s) name no packages, so nothing was looked for", n.n, n.first))
	}
	for i, word := range slices.Sorted(maps.Keys(p.unknown)) {
		switch {
		case i == records.MaxNamed:
			notes = append(notes, "more unknown ecosystems in advisories: their packages were matched by name alone")
		case word == "":
			notes = append(notes, "a package in an advisory has no ecosystem, so it was looked for by name alone")
		default:
			notes = append(notes, fmt.Sprintf("unknown ecosystem %q in an advisory: its packages were matched by name alone", word))
		}
	}
	slices.Sort(notes)
	return notes
}
