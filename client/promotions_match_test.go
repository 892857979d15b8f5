package client

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestMatchingPackages(t *testing.T) {
	t.Parallel()
	pkg := func(kind ecosystem.Type, group, name, version string) PromotedPackage {
		return PromotedPackage{Type: kind, Group: group, Name: name, Version: version}
	}
	tests := []struct {
		query PromotionQuery
		have  PromotedPackage
		want  bool
	}{
		{PromotionQuery{}, pkg("", "", "", ""), true},
		// names
		{PromotionQuery{Package: "newtonsoft.JSON"}, pkg("nuget", "", "Newtonsoft.Json", "1"), true},
		{PromotionQuery{Package: "My_Pkg.x"}, pkg("pypi", "", "my-pkg-x", "1"), true},
		{PromotionQuery{Package: "My_Pkg"}, pkg("npm", "", "my-pkg", "1"), false},
		{PromotionQuery{Package: "\u212aey"}, pkg("npm", "", "key", "1"), false}, // the Kelvin sign
		{PromotionQuery{Package: "acme/web", Type: "docker"}, pkg("docker", "", "acme/web", "1"), true},
		// groups
		{PromotionQuery{Group: "@angular", Package: "animation"}, pkg("npm", "angular", "animation", "1"), true},
		{PromotionQuery{Group: "angular", Package: "animation"}, pkg("npm", "", "@angular/animation", "1"), true},
		{PromotionQuery{Group: "angular", Package: "animation"}, pkg("npm", "evil", "animation", "1"), false},
		{PromotionQuery{Group: "angular", Package: "animation"}, pkg("npm", "", "animation", "1"), false},
		{PromotionQuery{Group: "org.acme", Package: "tool"}, pkg("maven", "", "org.acme:tool", "1"), true},
		{PromotionQuery{Group: "acme/tools"}, pkg("upack", "Acme/Tools", "b", "1"), true},
		{PromotionQuery{Group: "acme"}, pkg("upack", "acme/tools", "b", "1"), false},
		{PromotionQuery{Package: "animation"}, pkg("npm", "angular", "animation", "1"), true},
		{PromotionQuery{Package: "animation", Ungrouped: true}, pkg("npm", "angular", "animation", "1"), false},
		{PromotionQuery{Package: "animation", Ungrouped: true}, pkg("npm", "", "animation", "1"), true},
		// versions
		{PromotionQuery{Version: "1.0"}, pkg("nuget", "", "a", "1.0.0.0+build"), true},
		{PromotionQuery{Version: "1.0"}, pkg("chocolatey", "", "a", "1"), true},
		{PromotionQuery{Version: "1.0"}, pkg("npm", "", "a", "1.0.0"), false},
		{PromotionQuery{Version: "1.0"}, pkg("pypi", "", "a", "1.0.0"), true},
		{PromotionQuery{Version: "1.0"}, pkg("maven", "", "a", "1.0.0"), false},
		{PromotionQuery{Version: "1.0-beta"}, pkg("nuget", "", "a", "1.0"), false},
		{PromotionQuery{Version: "1"}, pkg("nuget", "", "a", ""), false},
		// types
		{PromotionQuery{Type: "nuget", Package: "a"}, pkg("chocolatey", "", "a", "1"), true},
		{PromotionQuery{Type: "nuget", Package: "a"}, pkg("powershell", "", "a", "1"), true},
		{PromotionQuery{Type: "nuget", Package: "a"}, pkg("npm", "", "a", "1"), false},
		{PromotionQuery{Type: "nuget", Package: "a", Version: "1.0.0"}, pkg("", "", "A", "1"), true},
	}
	for _, test := range tests {
		m := newMatcher(test.query)
		if got := m.matchesPackage(&test.have); got != test.want {
			t.Errorf("%+v, %+v: %v", test.query, test.have, got)
		}
	}
}

func TestMatchingFeeds(t *testing.T) {
	t.Parallel()
	p := Promotion{FromFeed: "Dev", ToFeed: "Prod"}
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"", "", true}, {"dev", "", true}, {"", "PROD", true}, {"dev", "prod", true},
		{"prod", "dev", false}, {"dev", "pro", false}, {"@dev", "", false}, {"", "prod ", false},
	} {
		m := newMatcher(PromotionQuery{FromFeed: test.from, ToFeed: test.to})
		if got := m.matchesPromotion(p); got != test.want {
			t.Errorf("%q to %q: %v", test.from, test.to, got)
		}
	}
}

// A server that names ever new types fills no memory.
func TestKeysOfUnknownTypesAreNotKept(t *testing.T) {
	t.Parallel()
	m := newMatcher(PromotionQuery{Package: "a", Version: "1", Ungrouped: true})
	for i := range 1000 {
		p := PromotedPackage{Type: ecosystem.Type(strings.Repeat("x", i)), Name: "A", Version: "1"}
		if !m.matchesPackage(&p) {
			t.Fatalf("%+v is not found", p)
		}
	}
	if len(m.keys) > len(ecosystem.KnownTypes())+1 {
		t.Errorf("%d keys are kept", len(m.keys))
	}
}

// drawnPackages are few enough words that much of what is drawn is alike.
func drawnPackages(t *rapid.T) []PromotedPackage {
	word := func(words ...string) func(string) string {
		return func(label string) string { return rapid.SampledFrom(words).Draw(t, label) }
	}
	kind, group, name := word("nuget", "npm", "pypi", "maven", "upack", ""), word("", "acme", "@acme", "Acme"), word("a", "A", "a_b", "a-b", "b")
	version, feed := word("1", "1.0", "1.0.0+b", "2.0-beta", "v1", ""), word("dev", "Dev", "test", "prod")
	var all []PromotedPackage
	for range rapid.IntRange(0, 8).Draw(t, "packages") {
		p := PromotedPackage{Name: name("name"), Group: strings.TrimPrefix(group("group"), "@"), Type: ecosystem.Type(kind("type")), Version: version("version")}
		for range rapid.IntRange(0, 3).Draw(t, "promotions") {
			p.Promotions = append(p.Promotions, Promotion{FromFeed: feed("from"), ToFeed: feed("to"), ID: rapid.Int64Range(1, 9).Draw(t, "id")})
		}
		all = append(all, p)
	}
	return all
}

func drawnQuery(t *rapid.T) PromotionQuery {
	word := func(label string, words ...string) string { return rapid.SampledFrom(words).Draw(t, label) }
	return PromotionQuery{
		FromFeed: word("from feed", "", "", "DEV", "test"), ToFeed: word("to feed", "", "", "prod", "Test"),
		Group: word("in group", "", "", "@acme", "ACME"), Package: word("named", "", "a", "A.b", "b"),
		Version: word("at", "", "", "1.0", "1"), Type: ecosystem.Type(word("of type", "", "", "nuget", "npm")),
		Ungrouped: rapid.Bool().Draw(t, "ungrouped"),
	}
}

func filtered(q PromotionQuery, all []PromotedPackage) []PromotedPackage {
	m := newMatcher(q)
	var kept []PromotedPackage
	for _, p := range all {
		p.Promotions = slices.Clone(p.Promotions)
		if m.filter(&p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// Whatever a server filtered by itself, with rules no wider than ours, what is left after our
// filter is the same: filtering is idempotent, and a filter for some of the questions before one
// for all of them changes nothing.
func TestFilterIsTheSameWhetherOrNotTheServerFiltered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all, q := drawnPackages(t), drawnQuery(t)
		server := q
		for i, drop := range []*string{&server.FromFeed, &server.ToFeed, &server.Group, &server.Package, &server.Version} {
			if rapid.Bool().Draw(t, "ignored "+string(rune('0'+i))) {
				*drop = ""
			}
		}
		if server.Group != q.Group || server.Package != q.Package {
			// A name without its group, or a type alone, asks for more than the two together.
			server.Ungrouped = false
		}
		want := filtered(q, all)
		if got := filtered(q, filtered(server, all)); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v after %+v\ngot  %+v\nwant %+v", q, server, got, want)
		}
		if got := filtered(q, want); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v twice\ngot  %+v\nwant %+v", q, got, want)
		}
	})
}

// A package is found by its own name and version, and what finds one finds the other: the rules are
// reflexive and symmetric.
func FuzzMatchingIsReflexiveAndSymmetric(f *testing.F) {
	f.Add("npm", "@angular", "animation", "1.0", "angular", "Animation", "1.0.0")
	f.Add("maven", "org.acme", "tool", "1", "", "org.acme:tool", "1.0")
	f.Add("pypi", "", "a_b", "1.0rc1", "", "A-b", "1.0.0-rc.1")
	f.Add("docker", "", "acme/web", "1", "acme", "web", "1")
	f.Fuzz(func(t *testing.T, kind, group, name, version, otherGroup, otherName, otherVersion string) {
		k := ecosystem.ParseType(kind)
		a := PromotedPackage{Type: k, Group: group, Name: name, Version: version}
		b := PromotedPackage{Type: k, Group: otherGroup, Name: otherName, Version: otherVersion}
		finds := func(x, y PromotedPackage) bool {
			q := PromotionQuery{Type: x.Type, Group: x.Group, Package: x.Name, Version: x.Version, Ungrouped: true}
			return newMatcher(q).matchesPackage(&y)
		}
		if !finds(a, a) {
			t.Errorf("%+v does not find itself", a)
		}
		if name != "" && otherName != "" && version != "" && otherVersion != "" && finds(a, b) != finds(b, a) {
			t.Errorf("%+v and %+v: %v one way, %v the other", a, b, finds(a, b), finds(b, a))
		}
	})
}
