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
	built.Version = "1.0.0"
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
		{
			name:  "latest stable is not",
			pkg:   animation("latest-stable"),
			pages: scoped,
			want:  content("12.10.0", "pg/npm/-/animation-12.10.0.tgz"),
			sums:  "sha1:" + fill(2, 20) + " (npm index)",
		},
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
		{name: "no tarball", pkg: animation("2.0.0"), pages: scoped, fails: "link to the content is empty"},
		{name: "cut integrity", pkg: animation("3.0.0"), pages: scoped, fails: "is not a sha512 checksum"},
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
			name:  "a server's version that is a path",
			pkg:   ecosystem.Package{Type: ecosystem.NPM, Name: "tool", Version: "latest"},
			pages: map[string]string{"npm/feed/tool": `{"versions": {"../1": {"dist": {"tarball": "a"}}}, "dist-tags": {"latest": "../1"}}`},
			fails: `version "../1" has a dot segment`,
		},
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
