package feedtype

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	good := ecosystem.Package{Type: ecosystem.Universal, Name: "tool", Version: "1.0"}
	tests := []struct {
		name   string
		change func(*ecosystem.Package)
		field  string // of the error; "" for none
	}{
		{"plain", func(*ecosystem.Package) {}, ""},
		{"dots in a name", func(p *ecosystem.Package) { p.Name = "..a...b.." }, ""},
		{"nested group", func(p *ecosystem.Package) { p.Group = "a/b c" }, ""},
		{"group for a type without groups", func(p *ecosystem.Package) { p.Type, p.Group = ecosystem.NuGet, "acme" }, "group"},
		{"vendor of an operating system", func(p *ecosystem.Package) { p.Type, p.Group = ecosystem.Debian, "debian" }, ""},
		{"no name", func(p *ecosystem.Package) { p.Name = "" }, "package name"},
		{"dot", func(p *ecosystem.Package) { p.Name = "." }, "package name"},
		{"dots with backslashes", func(p *ecosystem.Package) { p.Name = `a\..\b` }, "package name"},
		{"empty segment", func(p *ecosystem.Package) { p.Group = "a//b" }, "group"},
		{"slash at an end", func(p *ecosystem.Package) { p.Group = "a/" }, "group"},
		{"no version", func(p *ecosystem.Package) { p.Version = "" }, "version"},
		{"line break", func(p *ecosystem.Package) { p.Version = "1\r\nX: y" }, "version"},
		{"no UTF-8", func(p *ecosystem.Package) { p.Version = "1\xff" }, "version"},
		{"qualifier", func(p *ecosystem.Package) { p.Qualifiers = map[string]string{"arch": "../x"} }, "qualifier arch"},
		{"asset without a version", func(p *ecosystem.Package) { p.Type, p.Version = ecosystem.Asset, "" }, ""},
		{"asset with a version of its user's", func(p *ecosystem.Package) { p.Type = ecosystem.Asset }, ""},
		{"latest asset", func(p *ecosystem.Package) { p.Type, p.Version = ecosystem.Asset, "Latest" }, "version"},
	}
	for _, test := range tests {
		pkg := good
		test.change(&pkg)
		err := check(pkg.Type, "feed", pkg)
		var named *NameError
		if test.field == "" && err != nil || test.field != "" && (!errors.As(err, &named) || named.Field != test.field) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if err := check(ecosystem.NuGet, "..", good); err == nil {
		t.Error("the feed .. was taken")
	}
}

// TestNothingIsAskedForABadName: the check comes before the first request, for every kind.
func TestNothingIsAskedForABadName(t *testing.T) {
	t.Parallel()
	for typ := range protocols() {
		kind, err := For(typ)
		if err != nil {
			t.Fatal(err)
		}
		index := serve(nil)
		pkg := ecosystem.Package{Type: typ, Group: "g", Name: "a/../b", Version: "1"}
		if _, err := kind.Locate(t.Context(), index, "feed", pkg); err == nil || len(index.asked) > 0 {
			t.Errorf("%s: %v, asked for %q", typ, err, index.asked)
		}
	}
}

// TestIndexErrorsPass: what an index answers that is not an absence comes through every kind that
// asks it anything.
func TestIndexErrorsPass(t *testing.T) {
	t.Parallel()
	qualifiers := map[string]string{"arch": "a", "distro": "d", "component": "c", "subdir": "s"}
	for typ := range protocols() {
		name := "a.b" // as a Terraform module must be called, and a crate must not
		if typ == ecosystem.Cargo {
			name = "ab"
		}
		kind, err := For(typ)
		if err != nil {
			t.Fatal(err)
		}
		pkg := ecosystem.Package{Type: typ, Group: "g", Name: name, Version: LatestStable, Qualifiers: qualifiers}
		if slices.Contains(groupless(), typ) {
			pkg.Group = ""
		}
		if typ == ecosystem.Asset {
			pkg.Version = ""
		}
		if _, err := kind.Locate(t.Context(), refusing{}, "feed", pkg); !errors.Is(err, errRefused) {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a b": "a%20b", "1.0+b": "1.0%2Bb", "@scope/name": "@scope%2Fname", "a?b#c%d": "a%3Fb%23c%25d", "1:2~3": "1:2~3", "é": "%C3%A9",
	} {
		if got := escape(text); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
	if got := escapePath("a b/c+d"); got != "a%20b/c%2Bd" {
		t.Errorf("escapePath: %q", got)
	}
}

// TestEscapeIsOneSegment: whatever a name is, it stays one segment, and a server reads the same
// name.
func TestEscapeIsOneSegment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		escaped := escape(text)
		got, err := url.PathUnescape(escaped)
		if err != nil || got != text || strings.ContainsAny(escaped, "/?#+ ") {
			t.Fatalf("escape(%q) = %q, read back as %q, %v", text, escaped, got, err)
		}
	})
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, link, want string }{
		{"https://h/a/b", "c", "https://h/a/c"},
		{"https://h/a/b/", "../c%2Fd", "https://h/a/c%2Fd"},
		{"https://h/a", "http://h/x", "https://h/x"},
		{"https://h/a", "http://H/x", "https://H/x"},
		{"https://H/a", "http://h/x", "https://h/x"},
		{"https://h/a", " \n/x\t", "https://h/x"},
		{"https://h/a", "http://other/x", "http://other/x"},
		{"https://h/a", "http://h:80/x", "http://h:80/x"},
		{"http://h/a", "https://h/x#f", "https://h/x"},
		{"https://h/a", "//other/x", "https://other/x"},
		{"https://h/a", "", ""}, {"https://h/a", " ", ""}, {"https://h/a", "file:///x", ""}, {"https://h/a", "javascript:x", ""},
		{"https://h/a", "https://u:p@h/x", ""}, {"https://h/a", "http://[", ""}, {"://", "x", ""}, {"", "x", ""},
	}
	for _, test := range tests {
		got, err := resolve(&Document{URL: test.from}, test.link)
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("resolve(%q, %q) = %q, %v; want %q", test.from, test.link, got, err, test.want)
		}
	}
}

func TestLastSegment(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{
		"https://h/a/b%2Bc.rpm?x=/y": "b+c.rpm",
		"a":                          "a",
		"https://h/":                 "",
		"http://[":                   "",
	} {
		if got := lastSegment(ref); got != want {
			t.Errorf("lastSegment(%q) = %q, want %q", ref, got, want)
		}
	}
}
