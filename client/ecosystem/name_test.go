package ecosystem_test

import (
	"strings"
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"

	"pgregory.net/rapid"
)

func TestSplitAndJoinName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind                 Type
		full, group, name    string
		joinsToSomethingElse string
	}{
		{NPM, "@angular/animation", "@angular", "animation", ""},
		{NPM, "angular/animation", "angular", "animation", "@angular/animation"},
		{NPM, "left-pad", "", "left-pad", ""},
		{NPM, "@angular", "", "@angular", ""},
		{NPM, "@angular/", "", "@angular/", ""},
		{NPM, "/x", "", "/x", ""},
		{Maven, "org.acme:tool", "org.acme", "tool", ""},
		{Maven, "org.acme/tool", "org.acme", "tool", "org.acme:tool"},
		{Universal, "acme/tools/builder", "acme/tools", "builder", ""},
		{Universal, "a:b", "", "a:b", ""},
		{Composer, "vendor/name", "vendor", "name", ""},
		{Terraform, "ns/module.provider", "ns", "module.provider", ""},
		{Debian, "libc6:amd64", "", "libc6:amd64", ""},
		{Docker, "library/app", "", "library/app", ""},
		{NuGet, "Newtonsoft.Json", "", "Newtonsoft.Json", ""},
		{NuGet, "a/b", "", "a/b", ""},
		{"", "@angular/animation", "@angular", "animation", ""},
		{"", "org.acme:tool", "org.acme", "tool", "org.acme/tool"},
		{"", "x/y/z", "x/y", "z", ""},
		{"", "host:5000/app", "host:5000", "app", ""},
		{"", "plain", "", "plain", ""},
		{"", "", "", "", ""},
	} {
		group, name := SplitName(test.kind, test.full)
		if group != test.group || name != test.name {
			t.Errorf("SplitName(%q, %q) = %q, %q, want %q, %q", test.kind, test.full, group, name, test.group, test.name)
		}
		want := test.full
		if test.joinsToSomethingElse != "" {
			want = test.joinsToSomethingElse
		}
		if got := JoinName(test.kind, group, name); got != want {
			t.Errorf("JoinName(%q, %q, %q) = %q, want %q", test.kind, group, name, got, want)
		}
	}
}

func TestSamePackage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind                         Type
		aGroup, aName, bGroup, bName string
		want                         bool
	}{
		{NPM, "@angular", "animation", "angular", "animation", true},
		{NPM, "", "@angular/animation", "angular", "Animation", true},
		{NPM, "", "@Angular/animation", "@angular", "@angular/animation", true},
		{NPM, "", "animation", "angular", "animation", false},
		{NPM, "", "angular/animation", "@angular", "animation", true},
		{Maven, "org.acme", "tool", "", "org.acme:tool", true},
		{Maven, "org.acme", "tool", "", "org.acme/tool", true},
		{Maven, "org.acme", "org.acme:tool", "", "Org.Acme:Tool", true},
		{Maven, "org", "acme.tool", "org.acme", "tool", false},
		{Universal, "acme/tools", "builder", "", "acme/tools/builder", true},
		{Universal, "acme", "tools/builder", "acme/tools", "builder", true},
		{Universal, "acme", "builder", "acme/tools", "builder", false},
		{Universal, "", "a:b", "a", "b", false},
		{"", "", "org.acme:tool", "org.acme", "tool", true},
		{"", "", "@angular/animation", "angular", "animation", true},
		{Docker, "", "library/app", "library", "app", true},
		{NuGet, "", "newtonsoft.json", "", "Newtonsoft.Json", true},
		{NuGet, "", "Newtonsoft_Json", "", "Newtonsoft.Json", false},
		{PyPI, "", "Flask_Login", "", "flask-login", true},
		{PyPI, "", "a.-_b", "", "A-B", true},
		{PyPI, "", "ab", "", "a-b", false},
		{PyPI, "", "_ab", "", "ab", false},
		{NuGet, "", "ÄÖ", "", "äö", true},
		{NuGet, "", "\u212Aube", "", "kube", false}, // the Kelvin sign
		{NuGet, "", "\u212Aube", "", "\u212AUBE", true},
	} {
		if got := SamePackage(test.kind, test.aGroup, test.aName, test.bGroup, test.bName); got != test.want {
			t.Errorf("SamePackage(%q, %q, %q, %q, %q) = %v", test.kind, test.aGroup, test.aName, test.bGroup, test.bName, got)
		}
		if got := SamePackage(test.kind, test.bGroup, test.bName, test.aGroup, test.aName); got != test.want {
			t.Errorf("SamePackage(%q, %q, %q, %q, %q) = %v", test.kind, test.bGroup, test.bName, test.aGroup, test.aName, got)
		}
	}
}

func TestSameGroup(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"@angular", "Angular", true}, {"@@a", "a", false}, {"a", "", false}, {"@", "", false}, {"@", "@", true}, {"org.acme", "org-acme", false},
	} {
		if got := SameGroup(NPM, test.a, test.b); got != test.want {
			t.Errorf("SameGroup(%q, %q) = %v", test.a, test.b, got)
		}
		if got := SamePackage(NPM, test.a, "p", test.b, "p"); got != test.want {
			t.Errorf("SamePackage in the groups %q and %q is %v", test.a, test.b, got)
		}
	}
}

func TestParseType(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]Type{
		"NuGet": NuGet, " universal ": Universal, "upack": Universal, "RubyGems": Gem, "gem": Gem, "Debian": Debian,
		"APK": Alpine, "alpine": Alpine, "pip": PyPI, "oci": Docker, "assets": Asset, "choco": Chocolatey,
		"vscode-extension": VSIX, "somethingnew": "somethingnew", "": "",
	} {
		if got := ParseType(word); got != want {
			t.Errorf("ParseType(%q) = %q, want %q", word, got, want)
		}
	}
	for _, known := range KnownTypes() {
		if got := ParseType(string(known)); got != known || !known.Known() {
			t.Errorf("ParseType(%q) = %q, known %v", known, got, known.Known())
		}
	}
	if Type("somethingnew").Known() || Type("").Known() {
		t.Error("an unknown type is known")
	}
}

// anyType draws a known type, an unknown one or none.
func anyType() *rapid.Generator[Type] {
	return rapid.SampledFrom(append(KnownTypes(), "", "somethingnew"))
}

// anyName draws names that look like packages' as well as any text.
func anyName() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`@?[abAB]?[/:]?[abAB]?[-_./]?[aAk\x{212A}]`), rapid.String())
}

func TestSamePackageIsAnEquivalence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := anyType().Draw(t, "type")
		var group, name [3]string
		for i := range group {
			group[i], name[i] = anyName().Draw(t, "group"), anyName().Draw(t, "name")
		}
		same := func(i, j int) bool { return SamePackage(kind, group[i], name[i], group[j], name[j]) }
		if !same(0, 0) {
			t.Fatal("not reflexive")
		}
		if same(0, 1) != same(1, 0) {
			t.Fatal("not symmetric")
		}
		if same(0, 1) && same(1, 2) && !same(0, 2) {
			t.Fatal("not transitive")
		}
		if SameGroup(kind, group[0], group[1]) && name[0] == name[1] && !same(0, 1) && group[0] != "" && group[1] != "" {
			// A group may consist of its "@" alone; then the name is without one.
			if group[0] != "@" && group[1] != "@" {
				t.Fatal("the same group and name, but not the same package")
			}
		}
	})
}

func TestJoinedNamesSplitAgain(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[a-z][a-z0-9.-]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Type{NPM, Maven, Universal, Composer, Terraform, RPM, "", "somethingnew"}).Draw(t, "type")
		group, name := word.Draw(t, "group"), word.Draw(t, "name")
		gotGroup, gotName := SplitName(kind, JoinName(kind, group, name))
		if !SameGroup(kind, gotGroup, group) || gotName != name {
			t.Fatalf("split into %q, %q", gotGroup, gotName)
		}
		if !SamePackage(kind, group, name, "", JoinName(kind, group, name)) {
			t.Fatal("the joined name is another package")
		}
	})
}

func FuzzSamePackage(f *testing.F) {
	f.Add("npm", "@angular", "animation", "", "@angular/animation")
	f.Add("maven", "org.acme", "tool", "", "org.acme:tool")
	f.Add("", "a/b", "c", "a", "b/c")
	f.Add("", "", "a:b", "a", "a:b")
	f.Add("pypi", "", "A_.b", "", "a-b")
	f.Fuzz(func(t *testing.T, word, aGroup, aName, bGroup, bName string) {
		kind := ParseType(word)
		if !SamePackage(kind, aGroup, aName, aGroup, aName) {
			t.Error("not reflexive")
		}
		if SamePackage(kind, aGroup, aName, bGroup, bName) != SamePackage(kind, bGroup, bName, aGroup, aName) {
			t.Error("not symmetric")
		}
		group, name := SplitName(kind, aName)
		other := strings.Replace(aName, ":", "", 1)
		// Nobody's names: a scope of nothing, and two marks of a group, which may be one group
		// twice, or not.
		if group == "@" || other != aName && strings.ContainsAny(other, ":/") {
			return
		}
		if !SamePackage(kind, group, name, "", aName) {
			t.Errorf("%q is not the package of its parts %q and %q", aName, group, name)
		}
	})
}
