package feedtype

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// 64 bytes of 0x08, 32 of 0x09 in base64.
var (
	sri512 = "sha512-" + strings.Repeat("CAgI", 21) + "CA=="
	sri256 = "sha256-" + strings.Repeat("CQkJ", 10) + "CQk="
)

var npmDocument = `{"name": "@angular/animation", "versions": {
  "12.3.1": {"name": "x", "dist": {"tarball": "https://proget.example/pg/npm/feed/@angular/animation/-/animation-12.3.1.tgz",
    "shasum": "` + fill(1, 20) + `", "integrity": "` + sri256 + ` ` + sri512 + `?x"}},
  "12.10.0": {"dist": {"tarball": "../-/animation-12.10.0.tgz", "shasum": "` + fill(2, 20) + `"}},
  "13.0.0-rc.1": {"dist": {"tarball": "http://proget.example/pg/npm/feed/a.tgz"}},
  "1.0.0+b": {"dist": {"tarball": "/x.tgz", "integrity": "sha999-AAAA"}},
  "2.0.0": {"dist": {"tarball": ""}},
  "3.0.0": {"dist": {"tarball": "/x.tgz", "integrity": "sha512-AAAA"}}},
 "dist-tags": {"latest": "12.3.1", "next": "13.0.0-rc.1", "ghost": "9.9.9"}}`

func TestNPM(t *testing.T) {
	t.Parallel()
	scoped := map[string]string{"npm/feed/@angular%2Fanimation": npmDocument}
	animation := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.NPM, Group: "@angular", Name: "animation", Version: version}
	}
	content := func(version, ref string) Content {
		return Content{
			Ref:      "https://proget.example/" + ref,
			FileName: "animation-" + version + ".tgz",
			Version:  version,
			Size:     -1,
		}
	}
	exact := content("12.3.1", "pg/npm/feed/@angular/animation/-/animation-12.3.1.tgz")
	sums := "sha512:" + fill(8, 64) + " (npm index)"
	built := content("1.0.0+b", "x.tgz")
	doubtful := content("3.0.0", "x.tgz")
	doubtful.Ignored = []string{`npm index: "sha512-AAAA" is not a valid sha512 checksum`}
	bare := animation("12.3.1")
	bare.Group = "angular"
	runLocate(t, []locateTest{
		{
			name:  "strongest integrity",
			pkg:   animation("12.3.1"),
			pages: scoped,
			want:  exact,
			sums:  sums,
			asked: []string{"npm/feed/@angular%2Fanimation"},
		},
		{name: "group without its sign", pkg: bare, pages: scoped, want: exact, sums: sums},
		{name: "latest is the tag", pkg: animation("latest"), pages: scoped, want: exact, sums: sums},
		{name: "latest stable is the tag too", pkg: animation("latest-stable"), pages: scoped, want: exact, sums: sums},
		{name: "tag", pkg: animation("next"), pages: scoped, want: content("13.0.0-rc.1", "pg/npm/feed/a.tgz")},
		{name: "tag of a version that is gone", pkg: animation("ghost"), pages: scoped, is: ErrNotFound},
		{name: "build metadata", pkg: animation("1.0.0"), pages: scoped, want: built},
		{
			name:  "unknown version",
			pkg:   animation("7.0.0"),
			pages: scoped,
			is:    ErrNotFound,
			fails: `version "7.0.0" of "@angular/animation"`,
		},
		{name: "unknown package", pkg: animation("7.0.0"), is: ErrNotFound},
		{name: "no tarball", pkg: animation("2.0.0"), pages: scoped, fails: "version 2.0.0: the link to the content is empty"},
		{name: "cut integrity", pkg: animation("3.0.0"), pages: scoped, want: doubtful},
		{
			name:  "no tags",
			pkg:   ecosystem.Package{Type: ecosystem.NPM, Name: "tool", Version: "latest"},
			pages: map[string]string{"npm/feed/tool": `{"versions": {"1.0.0-a": {"dist": {"tarball": "a"}}}, "dist-tags": null}`},
			want: Content{
				Ref:      "https://proget.example/pg/npm/feed/a",
				FileName: "tool-1.0.0-a.tgz",
				Version:  "1.0.0-a",
				Size:     -1,
			},
		},
		{
			name:  "another package",
			pkg:   ecosystem.Package{Type: ecosystem.NPM, Name: "tool", Version: "1.0.0"},
			pages: map[string]string{"npm/feed/tool": `{"versions": {"1.0.0": {"dist": {"tarball": "a"}}}, "name": "@other/tools"}`},
			fails: `it is of the package "@other/tools"`,
		},
		{
			name:  "a scope that is left out",
			pkg:   animation("1.0.0"),
			pages: map[string]string{"npm/feed/@angular%2Fanimation": `{"name": "animation", "versions": {"1.0.0": {"version": "v1.0.0", "dist": {"tarball": "/a"}}}}`},
			want:  content("1.0.0", "a"),
		},
		{
			name:  "a version under another's key",
			pkg:   animation("1.0.0"),
			pages: map[string]string{"npm/feed/@angular%2Fanimation": `{"versions": {"1.0.0": {"version": "1.0.1", "dist": {"tarball": "/a"}}}}`},
			fails: `version 1.0.0: it is of version "1.0.1"`,
		},
		{
			name:  "a server's version that is a path",
			pkg:   ecosystem.Package{Type: ecosystem.NPM, Name: "tool", Version: "latest"},
			pages: map[string]string{"npm/feed/tool": `{"versions": {"../1": {"dist": {"tarball": "a"}}}, "dist-tags": {"latest": "../1"}}`},
			fails: `version "../1" has a dot segment`,
		},
	})
}

// TestNPMLatest: the tag latest is the maintainers' own word, and a newer release waits under
// another tag.
func TestNPMLatest(t *testing.T) {
	t.Parallel()
	const versions = `"versions": {"1.0.0": {"dist": {}}, "1.10.0": {"dist": {}}, "2.0.0-rc.1": {"dist": {}}, "3.0.0": {"dist": {}}}`
	for _, test := range []struct{ name, tags, latest, stable string }{
		{"a release", `{"latest": "1.10.0", "next": "3.0.0"}`, "1.10.0", "1.10.0"},
		{"a pre-release", `{"latest": "2.0.0-rc.1"}`, "2.0.0-rc.1", "1.10.0"},
		{"the first pre-release", `{"latest": "0.1.0-a"}`, "0.1.0-a", ""},
		{"the oldest release", `{"latest": "1.0.0"}`, "1.0.0", "1.0.0"},
		{"a version that is gone", `{"latest": "1.2.0"}`, "1.2.0", "1.2.0"},
		{"a pre-release that is gone", `{"latest": "1.2.0-b"}`, "1.2.0-b", "1.0.0"},
		{"other tags", `{"next": "1.0.0", "latest-stable": "1.0.0"}`, "3.0.0", "3.0.0"},
		{"no tags", `null`, "3.0.0", "3.0.0"},
		{"an empty tag", `{"latest": ""}`, "3.0.0", "3.0.0"},
	} {
		p, err := readPackument(strings.NewReader(`{"dist-tags": `+test.tags+`, `+versions+`}`),
			query{pkg: ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: Latest}})
		if err != nil {
			t.Fatal(err)
		}
		for word, want := range map[string]string{Latest: test.latest, LatestStable: test.stable} {
			if got := p.pick(ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: word}); got != want {
				t.Errorf("%s: %s is %q, want %q", test.name, word, got, want)
			}
		}
	}
}

// TestNPMDeprecated: what is chosen by its order is not deprecated, unless all are. A tag and a
// version that is named are taken at their word.
func TestNPMDeprecated(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, tags, versions, asked, want string }{
		{"no tag", `{}`, `"1.0.0": {"dist": {}}, "2.0.0": {"deprecated": "broken", "dist": {}}`, Latest, "1.0.0"},
		{"no tag, stable", `{}`, `"1.0.0": {"dist": {}}, "2.0.0": {"deprecated": "broken", "dist": {}}`, LatestStable, "1.0.0"},
		{"the tag is on a pre-release", `{"latest": "2.0.0-rc"}`, `"1.0.0": {"dist": {}}, "1.5.0": {"deprecated": "x", "dist": {}}, "2.0.0-rc": {"dist": {}}`, LatestStable, "1.0.0"},
		{"all are deprecated", `{}`, `"1.0.0": {"deprecated": "x", "dist": {}}, "2.0.0": {"deprecated": "x", "dist": {}}`, Latest, "2.0.0"},
		{"an empty reason", `{}`, `"1.0.0": {"dist": {}}, "2.0.0": {"deprecated": "", "dist": {}}`, Latest, "2.0.0"},
		{"false", `{}`, `"1.0.0": {"dist": {}}, "2.0.0": {"deprecated": false, "dist": {}}`, Latest, "2.0.0"},
		{"true", `{}`, `"1.0.0": {"dist": {}}, "2.0.0": {"deprecated": true, "dist": {}}`, Latest, "1.0.0"},
		{"the tag", `{"latest": "2.0.0"}`, `"1.0.0": {"dist": {}}, "2.0.0": {"deprecated": "x", "dist": {}}`, Latest, "2.0.0"},
		{"its number", `{}`, `"1.0.0": {"dist": {}}, "2.0.0": {"deprecated": "x", "dist": {}}`, "2.0.0", "2.0.0"},
		{"its number in another spelling", `{}`, `"1.0.0": {"dist": {}}, "2.0.0+b": {"deprecated": "x", "dist": {}}`, "2.0.0", "2.0.0+b"},
	} {
		pkg := ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: test.asked}
		p, err := readPackument(strings.NewReader(`{"dist-tags": `+test.tags+`, "versions": {`+test.versions+`}}`), query{pkg: pkg})
		if got := p.pick(pkg); err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

// TestNPMWordAsVersion: a word is resolved or refused, however a feed uses it, and never recorded.
func TestNPMWordAsVersion(t *testing.T) {
	t.Parallel()
	pkg := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: version}
	}
	pages := func(document string) map[string]string {
		return map[string]string{"npm/feed/a": `{"name": "a", ` + document + `}`}
	}
	const versions = `"versions": {"latest": {"dist": {"tarball": "x.tgz"}}, "latest-stable": {"dist": {"tarball": "x.tgz"}}}`
	runLocate(t, []locateTest{
		{name: "a version called latest beside the tag", pkg: pkg(Latest), pages: pages(`"dist-tags": {"latest": "1.0.0"}, "versions": {"latest": {"dist": {"tarball": "y.tgz"}}, "1.0.0": {"dist": {"tarball": "x.tgz"}}}`), want: Content{
			Ref: "https://proget.example/pg/npm/feed/x.tgz", FileName: "a-1.0.0.tgz", Version: "1.0.0", Size: -1,
		}},
		{name: "a version called latest", pkg: pkg(Latest), pages: pages(versions), is: ErrNotFound, fails: "latest"},
		{name: "a version called latest-stable", pkg: pkg(LatestStable), pages: pages(versions), is: ErrNotFound, fails: "latest-stable"},
		{name: "a tag that names itself", pkg: pkg(Latest), pages: pages(`"dist-tags": {"latest": "latest"}, ` + versions), fails: `which version "latest" is`},
		{name: "a tag that names the other word", pkg: pkg(Latest), pages: pages(`"dist-tags": {"latest": "latest-stable"}, ` + versions), fails: `the index does not say which version "latest-stable" is`},
	})
}

func FuzzNPM(f *testing.F) {
	f.Add(npmDocument, "12.3.1")
	f.Add(`{"versions":{"1":{"dist":{"tarball":"//h/x"}}},"dist-tags":{"latest":"1"}}`, "latest")
	f.Fuzz(func(t *testing.T, document, version string) {
		hostile(t, ecosystem.Package{
			Type:    ecosystem.NPM,
			Name:    "tool",
			Version: version,
		}, map[string]string{"npm/feed/tool": document})
	})
}
