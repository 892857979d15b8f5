package client

import (
	"github.com/progetctl/progetctl/client/ecosystem"
)

// matcher applies a query to what the server answered. The keys of the question are computed once
// for each known ecosystem that turns up.
type matcher struct {
	q    PromotionQuery
	keys map[ecosystem.Type]wanted
}

type wanted struct{ pkg, version string }

func newMatcher(q PromotionQuery) *matcher {
	return &matcher{q: q, keys: map[ecosystem.Type]wanted{}}
}

// filter drops the promotions that do not match and reports whether any is left.
func (m *matcher) filter(p *PromotedPackage) bool {
	if !m.matchesPackage(p) {
		return false
	}
	kept := p.Promotions[:0]
	for _, promotion := range p.Promotions {
		if m.matchesPromotion(promotion) {
			kept = append(kept, promotion)
		}
	}
	p.Promotions = kept
	return len(kept) > 0
}

func (m *matcher) matchesPackage(p *PromotedPackage) bool {
	t := p.Type
	if t == "" {
		t = m.q.Type
	}
	if m.q.Type != "" && !SameFamily(m.q.Type, t) {
		return false
	}
	if m.q.Version != "" && ecosystem.VersionKey(t, p.Version) != m.wanted(t).version {
		return false
	}
	switch {
	case m.q.Package == "":
		return m.q.Group == "" || ecosystem.SameGroup(t, m.q.Group, p.Group)
	case m.q.Group == "" && !m.q.Ungrouped:
		// Without a group the name alone decides, or the name with its group written inside.
		return ecosystem.SameName(t, m.q.Package, p.Name) ||
			ecosystem.PackageKey(t, p.Group, p.Name) == m.wanted(t).pkg
	}
	return ecosystem.PackageKey(t, p.Group, p.Name) == m.wanted(t).pkg
}

func (m *matcher) wanted(t ecosystem.Type) wanted {
	w, known := m.keys[t]
	if !known {
		w = wanted{ecosystem.PackageKey(t, m.q.Group, m.q.Package), ecosystem.VersionKey(t, m.q.Version)}
		// An unknown type is not kept: a server could name any number of them.
		if t == "" || t.Known() {
			m.keys[t] = w
		}
	}
	return w
}

func (m *matcher) matchesPromotion(p Promotion) bool {
	return (m.q.FromFeed == "" || SameFeed(m.q.FromFeed, p.FromFeed)) && (m.q.ToFeed == "" || SameFeed(m.q.ToFeed, p.ToFeed))
}

// SameFeed reports whether a and b name the same feed: without regard to case. A letter outside
// ASCII that looks like one inside is another letter.
func SameFeed(a, b string) bool { return a == b || ecosystem.SameName("", a, b) }

// SameFamily reports whether packages of the two types can be in one feed. A package URL calls
// Chocolatey packages and PowerShell modules nuget.
func SameFamily(a, b ecosystem.Type) bool { return family(a) == family(b) }

func family(t ecosystem.Type) ecosystem.Type {
	if t == ecosystem.Chocolatey || t == ecosystem.PowerShell {
		return ecosystem.NuGet
	}
	return t
}
