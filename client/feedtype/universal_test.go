package feedtype

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestUniversal(t *testing.T) {
	t.Parallel()
	nested := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Universal, Group: "acme/tools", Name: "builder", Version: version}
	}
	one := `{"group": "Acme/Tools", "name": "builder", "version": "1.0.0", "sha1": "` + fill(1, 20) + `", "size": 99, "extra": {}}`
	ref := "upack/feed/versions?group=acme%2Ftools&name=builder&version=1.0.0"
	all := "upack/feed/versions?group=acme%2Ftools&name=builder"
	content := func(version string, size int64) Content {
		return Content{
			Ref:      "upack/feed/download/acme/tools/builder/" + version,
			FileName: "builder-" + version + ".upack",
			Version:  version,
			Size:     size,
		}
	}
	plain := ecosystem.Package{Type: ecosystem.Universal, Name: "a b", Version: "1.0.0+x"}
	plainContent := Content{
		Ref:      "upack/feed/download/a%20b/1.0.0%2Bx",
		FileName: "a b-1.0.0+x.upack",
		Version:  "1.0.0+x",
		Size:     -1,
	}
	sums := "sha1:" + fill(1, 20) + " (upack index)"
	list := `[{"group":"acme/tools","name":"builder","version":"1.10.0"},{"group":"acme/tools","name":"builder","version":"1.9.0"},
		{"group":"other","name":"builder","version":"7.0.0"},{"group":"acme/tools","name":"builder","version":"2.0.0-rc"}]`
	runLocate(t, []locateTest{
		{
			name:  "object",
			pkg:   nested("1.0.0"),
			pages: map[string]string{ref: " \n" + one},
			want:  content("1.0.0", 99),
			sums:  sums,
			asked: []string{ref},
		},
		{
			name:  "array",
			pkg:   nested("1.0.0"),
			pages: map[string]string{ref: "[" + one + "]"},
			want:  content("1.0.0", 99),
			sums:  sums,
		},
		{name: "without its name", pkg: nested("1.0.0"), pages: map[string]string{ref: `[{"version":"1.0.0","sha1":"` + fill(1, 20) + `","size":99}]`}, want: content("1.0.0", 99), sums: "sha1:" + fill(1, 20) + " (upack index)"},
		{name: "not in the list", pkg: nested("1.0.0"), want: content("1.0.0", -1)},
		{
			name:  "no group",
			pkg:   plain,
			want:  plainContent,
			asked: []string{"upack/feed/versions?name=a%20b&version=1.0.0%2Bx"},
		},
		{
			name:  "other group's entry",
			pkg:   plain,
			want:  plainContent,
			pages: map[string]string{"upack/feed/versions?name=a%20b&version=1.0.0%2Bx": `{"group":"g","name":"a b","version":"1.0.0+x","sha1":"` + fill(1, 20) + `"}`},
		},
		{
			name:  "virtual",
			pkg:   nested("1.0.0"),
			want:  content("1.0.0", -1),
			pages: map[string]string{ref: `{"group":"acme/tools","name":"builder","version":"1.0.0","sha1":"` + fill(1, 20) + `","isVirtual":true}`},
		},
		{name: "latest", pkg: nested("latest"), pages: map[string]string{all: list}, want: content("2.0.0-rc", -1)},
		{
			name:  "latest stable",
			pkg:   nested("latest-stable"),
			pages: map[string]string{all: list},
			want:  content("1.10.0", -1),
		},
		{name: "latest of nothing", pkg: nested("latest"), pages: map[string]string{all: "[]"}, is: ErrNotFound},
		{
			name:  "a word in place of a list",
			pkg:   nested("latest"),
			pages: map[string]string{all: `"x"`},
			fails: "it should be a list, is text",
		},
		{name: "empty answer", pkg: nested("latest"), pages: map[string]string{all: " "}, fails: "it is empty"},
	})
}

func TestOneOrMany(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want int // entries; -1 for an error
	}{
		{`{}`, 1},
		{"\r\n\t {}", 1},
		{`[]`, 0},
		{`[{}, {}]`, 2},
		{`null`, 0},
		{``, -1},
		{`"text"`, -1},
		{`[{}, `, -1},
		{`{`, -1},
		{`[1]`, 1},
	}
	for _, test := range tests {
		n := 0
		if err := oneOrMany(strings.NewReader(test.text), func(universalEntry) { n++ }); err != nil {
			n = -1
		}
		if n != test.want {
			t.Errorf("%q: %d entries, want %d", test.text, n, test.want)
		}
	}
}

func TestRompIsUniversal(t *testing.T) {
	t.Parallel()
	runLocate(t, []locateTest{{
		name: "romp",
		pkg:  ecosystem.Package{Type: ecosystem.Romp, Name: "x", Version: "1"},
		want: Content{Ref: "upack/feed/download/x/1", FileName: "x-1.upack", Version: "1", Size: -1},
	}})
}

func TestAsset(t *testing.T) {
	t.Parallel()
	file := ecosystem.Package{Type: ecosystem.Asset, Group: "a b/c", Name: "größe+.zip"}
	path := "a%20b/c/gr%C3%B6%C3%9Fe%2B.zip"
	metadata := "endpoints/feed/metadata/" + path
	content := func(size int64) Content {
		return Content{Ref: "endpoints/feed/content/" + path, FileName: "größe+.zip", Size: size}
	}
	unlisted := content(-1)
	unlisted.Search = "no index was looked in, because the address follows from the path"
	whole := ecosystem.Package{Type: ecosystem.Asset, Name: "x/y.bin"}
	escape := ecosystem.Package{Type: ecosystem.Asset, Name: "x/../y.bin"}
	runLocate(t, []locateTest{
		{
			name:  "sha256 of several",
			pkg:   file,
			want:  content(-1),
			sums:  "sha256:" + fill(3, 32) + " (asset metadata)",
			asked: []string{metadata},
			pages: map[string]string{metadata: `{"name":"x","type":"application/zip","size":0,"md5":"` + fill(1, 16) + `","sha256":"` + fill(3, 32) + `","sha512":"` + fill(4, 64) + `"}`},
		},
		{
			name:  "md5 alone",
			pkg:   file,
			want:  content(-1),
			sums:  "md5:" + fill(1, 16) + " (asset metadata)",
			pages: map[string]string{metadata: `{"size":null,"md5":"` + fill(1, 16) + `","sha1":null}`},
		},
		{name: "no metadata", pkg: file, want: unlisted},
		{name: "folder", pkg: file, pages: map[string]string{metadata: `{"type":"dir"}`}, fails: "is a folder"},
		{name: "path as name", pkg: whole, want: Content{Ref: "endpoints/feed/content/x/y.bin", FileName: "y.bin", Size: -1}},
		{name: "dot segment", pkg: escape, fails: `package name "x/../y.bin" has a dot segment`, asked: []string{}},
	})
}

func FuzzUniversalAndAsset(f *testing.F) {
	f.Add(`[{"name":"x","version":"1","sha1":"00"}]`, `{"size":1,"sha256":"00"}`)
	f.Fuzz(func(t *testing.T, versions, metadata string) {
		pages := map[string]string{
			"upack/feed/versions?name=x":           versions,
			"upack/feed/versions?name=x&version=1": versions,
			"endpoints/feed/metadata/x":            metadata,
		}
		hostile(t, ecosystem.Package{Type: ecosystem.Universal, Name: "x", Version: "1"}, pages)
		hostile(t, ecosystem.Package{Type: ecosystem.Universal, Name: "x", Version: "latest"}, pages)
		hostile(t, ecosystem.Package{Type: ecosystem.Asset, Name: "x"}, pages)
	})
}
