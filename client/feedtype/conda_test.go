package feedtype

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

var condaIndex = `{"info": {"subdir": "linux-64"}, "packages": {
 "tool-1.0-py310_0.tar.bz2": {"name": "tool", "version": "1.0", "build": "py310_0", "md5": "` + fill(1, 16) + `", "size": 5},
 "tool-1.0-py312_0.tar.bz2": {"name": "tool", "version": "1.0", "build": "py312_0", "md5": "` + fill(2, 16) + `"},
 "tool-extra-9.0-0.tar.bz2": {"name": "tool-extra", "version": "9.0", "build": "0"},
 "other-1-0.tar.bz2": {"depends": [[[]]]}},
 "packages.conda": {
 "tool-1.0-py312_0.conda": {"name": "tool", "version": "1.0", "build": "py312_0", "sha256": "` + fill(3, 32) + `", "md5": "` + fill(4, 16) + `", "size": 7},
 "tool-1.10-h1_0.conda": {"name": "tool", "version": "1.10", "build": "h1_0", "sha256": "` + fill(5, 32) + `"},
 "tool-2.0rc1-h1_0.conda": {"name": "tool", "version": "2.0rc1", "build": "h1_0"}}, "removed": [{}], "repodata_version": 1}`

func condaNamed(version string, qualifiers ...string) ecosystem.Package {
	p := ecosystem.Package{
		Type:       ecosystem.Conda,
		Name:       "tool",
		Version:    version,
		Qualifiers: map[string]string{"subdir": "linux-64"},
	}
	for i := 0; i < len(qualifiers); i += 2 {
		p.Qualifiers[qualifiers[i]] = qualifiers[i+1]
	}
	return p
}

func TestConda(t *testing.T) {
	t.Parallel()
	const base = "conda/feed/linux-64/"
	pages := map[string]string{base + "repodata.json": condaIndex}
	content := func(version, file string, size int64) Content {
		return Content{Ref: base + file, FileName: file, Version: version, Size: size}
	}
	runLocate(t, []locateTest{
		{
			name:  "newer packing",
			pkg:   condaNamed("1.0", "build", "py312_0"),
			pages: pages,
			asked: []string{base + "repodata.json"},
			want:  content("1.0", "tool-1.0-py312_0.conda", 7),
			sums:  "sha256:" + fill(3, 32) + " (conda repodata)",
		},
		{
			name: "zeros at the end", pkg: condaNamed("1.10.0"), pages: pages, want: content("1.10", "tool-1.10-h1_0.conda", -1),
			sums: "sha256:" + fill(5, 32) + " (conda repodata)",
		},
		{
			name: "zeros at the end, and the version as asked for too", pkg: condaNamed("1.0"),
			pages: map[string]string{base + "repodata.json": `{"packages": {"tool-1.0.0-a.tar.bz2": {"name": "tool", "version": "1.0.0", "build": "a"},
				"tool-1.0-b.tar.bz2": {"name": "tool", "version": "1.0", "build": "b"}, "tool-1-c.tar.bz2": {"name": "tool", "version": "1", "build": "c"}}}`},
			want: content("1.0", "tool-1.0-b.tar.bz2", -1),
		},
		{
			name: "name in capitals", pkg: ecosystem.Package{Type: ecosystem.Conda, Name: "Tool", Version: "1.10", Qualifiers: map[string]string{"subdir": "linux-64"}},
			pages: pages, want: content("1.10", "tool-1.10-h1_0.conda", -1), sums: "sha256:" + fill(5, 32) + " (conda repodata)",
		},
		{
			name:  "older packing",
			pkg:   condaNamed("1.0", "build", "py312_0", "type", "tar.bz2"),
			pages: pages,
			want:  content("1.0", "tool-1.0-py312_0.tar.bz2", -1),
			sums:  "md5:" + fill(2, 16) + " (conda repodata)",
		},
		{
			name:  "compressed by the server",
			pkg:   condaNamed("1.0", "build", "py310_0"),
			pages: map[string]string{base + "repodata.json": gz(condaIndex)},
			want:  content("1.0", "tool-1.0-py310_0.tar.bz2", 5),
			sums:  "md5:" + fill(1, 16) + " (conda repodata)",
		},
		{name: "latest", pkg: condaNamed("latest"), pages: pages, want: content("2.0rc1", "tool-2.0rc1-h1_0.conda", -1)},
		{
			name:  "latest stable",
			pkg:   condaNamed("latest-stable"),
			pages: pages,
			want:  content("1.10", "tool-1.10-h1_0.conda", -1),
			sums:  "sha256:" + fill(5, 32) + " (conda repodata)",
		},
		{
			name:  "several builds",
			pkg:   condaNamed("1.0"),
			pages: pages,
			fails: `"build=py310_0"; this version has ["py310_0" "py312_0"]`,
		},
		{
			name: "for all machines",
			pkg:  condaNamed("7.0"),
			pages: map[string]string{
				base + "repodata.json":            condaIndex,
				"conda/feed/noarch/repodata.json": `{"packages": {"tool-7.0-0.conda": {"name": "tool", "version": "7.0", "build": "0"}}}`,
			},
			is:    ErrNotFound,
			fails: "it exists for subdir noarch",
		},
		{
			name: "another build", pkg: condaNamed("1.0", "build", "py39_0"), pages: pages,
			is: ErrNotFound, fails: "it exists for build py310_0, py312_0",
		},
		{name: "another build, of a version that does not exist", pkg: condaNamed("7.0", "build", "py310_0"), pages: pages, is: ErrNotFound, fails: "repodata.json"},
		{name: "unknown", pkg: condaNamed("7.0"), pages: pages, is: ErrNotFound},
		{
			name: "no index",
			pkg:  condaNamed("1.0", "build", "b_0", "type", "conda"),
			want: content("1.0", "tool-1.0-b_0.conda", -1),
		},
		{name: "no index and no build", pkg: condaNamed("1.0"), fails: `needs the qualifier "build"`},
		{name: "no index for latest", pkg: condaNamed("latest"), is: ErrNotFound},
		{
			name:  "no subdir",
			pkg:   ecosystem.Package{Type: ecosystem.Conda, Name: "tool", Version: "1"},
			fails: `"subdir=linux-64"`,
		},
		{name: "empty", pkg: condaNamed("1.0"), pages: map[string]string{base + "repodata.json": ""}, fails: "it is empty"},
		{
			name:  "cut",
			pkg:   condaNamed("1.0", "build", "py312_0"),
			pages: map[string]string{base + "repodata.json": condaIndex[:900]},
			fails: "it is cut off",
		},
	})
}

// TestCondaBase: the files are beside the index, or where it says on this server.
func TestCondaBase(t *testing.T) {
	t.Parallel()
	const folder = "conda/feed/linux-64/"
	for base, want := range map[string]string{
		`"/files/linux-64"`:                 "https://proget.example/files/linux-64/tool-1.0-0.conda",
		`"../files/"`:                       "https://proget.example/pg/conda/feed/files/tool-1.0-0.conda",
		`" https://proget.example/a%20b/ "`: "https://proget.example/a%20b/tool-1.0-0.conda",
		`"./"`:                              "https://proget.example/pg/conda/feed/linux-64/tool-1.0-0.conda",
		`"https://conda.example/main/"`:     folder + "tool-1.0-0.conda",
		`"file:///x"`:                       folder + "tool-1.0-0.conda",
		`"http://["`:                        folder + "tool-1.0-0.conda",
		`""`:                                folder + "tool-1.0-0.conda",
		`null`:                              folder + "tool-1.0-0.conda",
		`{}`:                                folder + "tool-1.0-0.conda",
	} {
		for _, form := range []string{
			`{"info": {"subdir": "linux-64", "base_url": %s}, "packages.conda": %s}`,
			`{"packages.conda": %[2]s, "info": {"base_url": %[1]s}}`,
		} {
			index := fmt.Sprintf(form, base, `{"tool-1.0-0.conda": {"name": "tool", "version": "1.0", "build": "0"}}`)
			got, err := Protocol{ecosystem.Conda, locateConda}.Locate(t.Context(), serve(map[string]string{folder + "repodata.json": index}), "feed", condaNamed("1.0"))
			if err != nil || got.Ref != want {
				t.Errorf("%s: %s, %v, want %s", index, got.Ref, err, want)
			}
		}
	}
}

// TestCondaRevoked: a file that was revoked is fetched by its number alone.
func TestCondaRevoked(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"conda/feed/linux-64/repodata.json": `{"info": [], "packages.conda": {
		"tool-1.0-0.conda": {"name": "tool", "version": "1.0", "build": "0", "revoked": false},
		"tool-2.0-0.conda": {"name": "tool", "version": "2.0", "build": "0", "revoked": true, "depends": ["package_has_been_revoked"]}}}`}
	for asked, want := range map[string]string{"latest": "tool-1.0-0.conda", "latest-stable": "tool-1.0-0.conda", "2.0": "tool-2.0-0.conda"} {
		got, err := Protocol{ecosystem.Conda, locateConda}.Locate(t.Context(), serve(pages), "feed", condaNamed(asked))
		if err != nil || got.FileName != want {
			t.Errorf("%s: %s, %v, want %s", asked, got.FileName, err, want)
		}
	}
}

func TestCondaChoices(t *testing.T) {
	t.Parallel()
	kind, err := For(ecosystem.Conda)
	if err != nil {
		t.Fatal(err)
	}
	_, err = kind.Locate(t.Context(), serve(map[string]string{"conda/feed/linux-64/repodata.json": condaIndex}), "feed", condaNamed("1.0"))
	var needed *QualifierError
	if !errors.As(err, &needed) || !slices.Equal(needed.Choices, []string{"py310_0", "py312_0"}) {
		t.Errorf("error %v", err)
	}
}

// TestCondaOwnRecords: the records of the package itself are bounded like an index of its own, and
// those of others are not.
func TestCondaOwnRecords(t *testing.T) {
	t.Parallel()
	q := condaQuery{query{doubt: new(error), pkg: condaNamed("1.0")}}
	long := `{"name": "tool", "version": "1.0", "build": "0", "pad": "` + strings.Repeat("x", 1<<20) + `"}`
	for name, test := range map[string]struct {
		file    string
		records int
		want    error
	}{
		"many of the package":     {"tool-1.0", maxIndexBytes>>20 + 1, errTooLarge},
		"as many as there may be": {"tool-1.0", maxIndexBytes>>20 - 1, nil},
		"many of another":         {"other-1.0", maxIndexBytes>>20 + 1, nil},
	} {
		parts := []io.Reader{strings.NewReader(`{"packages": {"a": 0`)}
		for i := range test.records {
			parts = append(parts, strings.NewReader(fmt.Sprintf(`, "%s-%d.conda": `, test.file, i)), strings.NewReader(long))
		}
		_, err := q.findConda(io.MultiReader(append(parts, strings.NewReader(`}}`))...))
		if !errors.Is(err, test.want) || test.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// channel writes an index of n packages, as large as a real one is for its number of packages.
type channel struct {
	n, i int
	rest []byte
}

func (c *channel) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		switch {
		case c.i == 0:
			c.rest = []byte(`{"info": {}, "packages.conda": {"tool-1.0-0.conda": {"name": "tool", "version": "1.0", "build": "0"}`)
		case c.i <= c.n:
			c.rest = fmt.Appendf(nil, `, "package%d-1.0-py312h1234567_0.conda": {"build": "py312h1234567_0", "depends": ["python >=3.12,<3.13.0a0", "numpy >=1.26,<3"], "name": "package%d",
				"md5": "%032d", "sha256": "%064d", "size": %d, "version": "1.0", "license": "BSD-3-Clause", "timestamp": 1700000000000}`, c.i, c.i, c.i, c.i, c.i)
		case c.i == c.n+1:
			c.rest = []byte(`}}`)
		default:
			return 0, io.EOF
		}
		c.i++
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// BenchmarkConda reads an index of 40 MB; the bytes allocated are those of all records, one at a
// time in memory.
func BenchmarkConda(b *testing.B) {
	q := condaQuery{query{doubt: new(error), pkg: condaNamed("1.0")}}
	b.ReportAllocs()
	for b.Loop() {
		list, err := q.findConda(&channel{n: 100_000})
		if err != nil || len(list.found) != 1 {
			b.Fatal(list, err)
		}
	}
}

func FuzzConda(f *testing.F) {
	f.Add(condaIndex, "1.0")
	f.Add(`{"packages":null}`, "latest")
	f.Fuzz(func(t *testing.T, index, version string) {
		hostile(t, condaNamed(version), map[string]string{"conda/feed/linux-64/repodata.json": index})
	})
}
