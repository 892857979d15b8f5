package ecosystem_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"

	"github.com/package-url/packageurl-go"
)

func TestParsePURL(t *testing.T) {
	t.Parallel()
	scoped := Package{Type: NPM, Group: "@angular", Name: "animation", Version: "12.3.1"}
	deep := Package{Type: Universal, Group: "acme/tools", Name: "builder", Version: "1.0.0"}
	for _, test := range []struct {
		purl string
		want Package
	}{
		{"pkg:nuget/Newtonsoft.Json@12.0.3", Package{Type: NuGet, Name: "Newtonsoft.Json", Version: "12.0.3"}},
		{"PKG:NuGet/Newtonsoft.Json@12.0.3", Package{Type: NuGet, Name: "Newtonsoft.Json", Version: "12.0.3"}},
		{"pkg://nuget/Newtonsoft.Json", Package{Type: NuGet, Name: "Newtonsoft.Json"}},
		{"pkg:npm/@angular/animation@12.3.1", scoped},
		{"pkg:npm/%40angular/animation@12.3.1", scoped},
		{"pkg:npm/%40angular%2fanimation@12.3.1", scoped},
		{"pkg:upack/acme/tools%2Fbuilder@1.0.0", deep},
		{"pkg:npm/@angular/animation", Package{Type: NPM, Group: "@angular", Name: "animation"}},
		{"pkg:npm/left-pad@1.0.0-rc.1%2Bb", Package{Type: NPM, Name: "left-pad", Version: "1.0.0-rc.1+b"}},
		{"pkg:upack/acme/tools/builder@1.0.0", deep},
		{"pkg:universal/acme%2Ftools/builder@1.0.0", deep},
		{"pkg:pypi/Flask_Login@0.6", Package{Type: PyPI, Name: "Flask_Login", Version: "0.6"}},
		{"pkg:composer/Vendor/Name@dev-feature/a", Package{Type: Composer, Group: "Vendor", Name: "Name", Version: "dev-feature/a"}},
		{"pkg:deb/curl@1%3A7.50.3-1~x+b?arch=i386&distro=jessie", Package{
			Type: Debian, Name: "curl", Version: "1:7.50.3-1~x+b",
			Qualifiers: map[string]string{"arch": "i386", "distro": "jessie"},
		}},
		{"pkg:maven/org.acme/tool@1?Classifier=a%26b&type=", Package{
			Type: Maven, Group: "org.acme", Name: "tool", Version: "1", Qualifiers: map[string]string{"classifier": "a&b"},
		}},
		{"pkg:maven/org.acme:tool@1", Package{Type: Maven, Group: "org.acme", Name: "tool", Version: "1"}},
		{"pkg:maven/org.acme%3Atool", Package{Type: Maven, Group: "org.acme", Name: "tool"}},
		{"pkg:maven/org.acme/a:b@1", Package{Type: Maven, Group: "org.acme", Name: "a:b", Version: "1"}},
		{"pkg:maven/tool:@1", Package{Type: Maven, Name: "tool:", Version: "1"}},
		{"pkg:nuget/a:b@1", Package{Type: NuGet, Name: "a:b", Version: "1"}},
		{"pkg:docker/library/app@sha256:00ff", Package{Type: Docker, Name: "library/app", Version: "sha256:00ff"}},
		{"pkg:oci/a%2Fapp", Package{Type: Docker, Name: "a/app"}},
		{"pkg:chocolatey/git@2.40", Package{Type: Chocolatey, Name: "git", Version: "2.40"}},
		{"pkg:future/x@1", Package{Type: "future", Name: "x", Version: "1"}},
	} {
		got, err := ParsePURL(test.purl)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("ParsePURL(%q) = %#v, %v, want %#v", test.purl, got, err, test.want)
		}
	}
}

func TestParsePURLSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for purl, want := range map[string]string{
		"":                         `is not a package URL`,
		"Newtonsoft.Json":          `is not a package URL`,
		"npm/left-pad@1.0.0":       `is not a package URL`,
		"http://host/x":            `is not a package URL`,
		"pkg:":                     `"" is not a valid type`,
		"pkg:7z/x@1":               `"7z" is not a valid type`,
		"pkg:n%70m/x":              `"n%70m" is not a valid type`,
		"pkg:nuget":                ": missing name;",
		"pkg:nuget/":               ": missing name;",
		"pkg:nuget/@1.0":           "missing name",
		"pkg:npm/@angular/@1.0":    "missing name",
		"pkg:npm/@angular":         "missing name",
		"pkg:nuget/x@":             `nothing follows the "@"`,
		"pkg:nuget/x@1#sub":        `a path inside the package`,
		"pkg:upack/../x@1":         `".." is not a valid part of a name`,
		"pkg:upack/a/%2E%2E@1":     `".." is not a valid part of a name`,
		"pkg:upack/a%2F..%2Fb/x@1": `".." is not a valid part of a name`,
		"pkg:upack/a%2F%2Fb/x@1":   `"" is not a valid part of a name`,
		"pkg:upack/%20/x@1":        `" " is not a valid part of a name`,
		"pkg:upack/%2Fx@1":         `"" is not a valid part of a name`,
		"pkg:upack/x@..":           `".." is not a valid version`,
		"pkg:upack/x@%20":          `" " is not a valid version`,
		"pkg:upack/x%0D%0Ay@1":     `"x\r\ny" has a control character`,
		"pkg:upack/x@1%00":         `"1\x00" has a control character`,
		"pkg:upack/x@1?arch=%07":   `"\a" has a control character`,
		"pkg:upack/x%FF@1":         `is not UTF-8`,
		"pkg:upack/x%zz@1":         `invalid URL escape "%zz"`,
		"pkg:upack/x@1?arch=%zz":   `invalid qualifiers`,
		"pkg:deb/x@1?a=1&A=2":      `duplicate qualifier key`,
		"pkg:deb/x@1?1=2":          `invalid qualifier key`,
	} {
		got, err := ParsePURL(purl)
		switch {
		case err == nil:
			t.Errorf("ParsePURL(%q) = %#v, want an error", purl, got)
		case !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "pkg:TYPE/[GROUP/]NAME@VERSION"):
			t.Errorf("ParsePURL(%q): %v, want %q in it", purl, err, want)
		}
	}
}

func TestPURLAsProGetWritesIt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pkg  Package
		want string
	}{
		{Package{Type: NPM, Group: "@angular", Name: "animation", Version: "12.3.1"}, "pkg:npm/%40angular/animation@12.3.1"},
		{Package{Type: Universal, Group: "a/b", Name: "c d", Version: "1.0.0+x"}, "pkg:upack/a%2Fb/c%20d@1.0.0+x"},
		{Package{Type: NuGet, Name: "É"}, "pkg:nuget/%C3%89"},
		{Package{Type: Debian, Name: "g++", Version: "4:12.2?#@%"}, "pkg:deb/g%2B%2B@4:12.2%3F%23%40%25"},
		{
			Package{Type: Debian, Name: "x", Version: "1", Qualifiers: map[string]string{"distro": "a/b", "arch": "amd64"}},
			"pkg:deb/x@1?arch=amd64&distro=a%2Fb",
		},
	} {
		if got := test.pkg.PURL(); got != test.want {
			t.Errorf("%#v.PURL() = %q, want %q", test.pkg, got, test.want)
		}
	}
}

func FuzzParsePURL(f *testing.F) {
	for _, seed := range []string{
		"pkg:npm/@angular/animation@12.3.1", "pkg:deb/debian/curl@1%3A7?arch=i386", "pkg:upack/a%2Fb/c@1.0.0+x",
		"pkg:docker/a@b@sha256:00", "pkg:x/%40@@?a=b#c", "pkg:/npm//a///b@1?&&x=%26", "pkg:npm/@/@",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePURL(s)
		if err != nil {
			if !strings.Contains(err.Error(), strconv.Quote(s)) {
				t.Errorf("ParsePURL(%q): %v does not have what was given", s, err)
			}
			return
		}
		if p.Name == "" || strings.ContainsAny(p.Group+p.Name+p.Version, "\r\n\x00") {
			t.Errorf("ParsePURL(%q) = %#v", s, p)
		}
		again, err := ParsePURL(p.PURL())
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("ParsePURL(%q) = %#v, %v, want %#v as from %q", p.PURL(), again, err, p, s)
		}
		// Other tools must read what this one writes.
		if other, err := packageurl.FromString(p.PURL()); err == nil && other.Version != p.Version && p.Type != "huggingface" {
			t.Errorf("%q is of version %q elsewhere, want %q", p.PURL(), other.Version, p.Version)
		}
	})
}
