package feedtype

import (
	"errors"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestCargo(t *testing.T) {
	t.Parallel()
	crates := `{"name":"Tool-X","vers":"1.9.0","cksum":"` + fill(1, 32) + `","yanked":false,"features":{}}
{"name":"Tool-X","vers":"1.10.0","cksum":"` + fill(2, 32) + `","yanked":false}
{"name":"Tool-X","vers":"2.0.0","cksum":"` + fill(3, 32) + `","yanked":true}`
	pages := func(dl string) map[string]string {
		return map[string]string{
			"cargo/feed/to/ol/tool-x": crates,
			"cargo/feed/config.json":  `{"dl": "` + dl + `", "api": null}`,
		}
	}
	tool := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Cargo, Name: "Tool-X", Version: version}
	}
	content := func(version, path string) Content {
		return Content{
			Ref:      "https://proget.example/" + path,
			FileName: "Tool-X-" + version + ".crate",
			Version:  version,
			Size:     -1,
		}
	}
	sums := func(b byte) string { return "sha256:" + fill(b, 32) + " (cargo index)" }
	runLocate(t, []locateTest{
		{
			name:  "without markers",
			pkg:   tool("1.9.0"),
			pages: pages("https://proget.example/dl/"),
			want:  content("1.9.0", "dl/Tool-X/1.9.0/download"),
			sums:  sums(1),
		},
		{
			name:  "markers",
			pkg:   tool("latest"),
			pages: pages("/{prefix}/{lowerprefix}/{crate}-{version}-{sha256-checksum}.crate"),
			want:  content("1.10.0", "To/ol/to/ol/Tool-X-1.10.0-"+fill(2, 32)+".crate"),
			sums:  sums(2),
		},
		{
			name:  "yanked by number",
			pkg:   tool("2.0.0"),
			pages: pages("/dl"),
			want:  content("2.0.0", "dl/Tool-X/2.0.0/download"),
			sums:  sums(3),
		},
		{
			name: "as the index spells it, and no other crate",
			pkg:  tool("latest"),
			pages: map[string]string{
				"cargo/feed/to/ol/tool-x": `{"name": "tool-X", "vers": "1.0.0"}` + "\n" + `{"name": "tool-xy", "vers": "2.0.0"}`,
				"cargo/feed/config.json":  `{"dl": "/dl"}`,
			},
			want: Content{Ref: "https://proget.example/dl/tool-X/1.0.0/download", FileName: "tool-X-1.0.0.crate", Version: "1.0.0", Size: -1},
		},
		{
			name:  "unknown version",
			pkg:   tool("7.0.0"),
			pages: pages("/dl"),
			is:    ErrNotFound,
			asked: []string{"cargo/feed/to/ol/tool-x"},
		},
		{name: "unknown crate", pkg: tool("7.0.0"), is: ErrNotFound},
		{name: "no template", pkg: tool("1.9.0"), pages: pages(""), fails: `it has no "dl"`},
		{
			name:  "cut line",
			pkg:   tool("1.9.0"),
			pages: map[string]string{"cargo/feed/to/ol/tool-x": crates[:40]},
			fails: "line 1 is not JSON",
		},
	})
}

// TestCrateDots: the folder of a crate is a part of its name, and a part may be a dot segment where
// the name is none.
func TestCrateDots(t *testing.T) {
	t.Parallel()
	for _, name := range []string{". x", "..x", "..ab", "ab..", "a.b"} {
		index := serve(nil)
		kind, err := For(ecosystem.Cargo)
		if err != nil {
			t.Fatal(err)
		}
		_, err = kind.Locate(t.Context(), index, "feed", ecosystem.Package{Type: ecosystem.Cargo, Name: name, Version: "1.0.0"})
		var named *NameError
		if !errors.As(err, &named) || len(index.asked) > 0 {
			t.Errorf("%q: %v, asked for %q", name, err, index.asked)
		}
	}
}

func TestCratePrefix(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"a": "1", "ab": "2", "abc": "3/a", "abcd": "ab/cd", "abcde": "ab/cd"} {
		if got := cratePrefix(name); got != want {
			t.Errorf("cratePrefix(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCrateLink(t *testing.T) {
	t.Parallel()
	c := crate{Version: "1.0.0+b", Sum: fill(1, 32)}
	tests := []struct{ template, want string }{
		{"https://h/dl", "https://h/dl/Tool/1.0.0%2Bb/download"},
		{"https://h/dl/", "https://h/dl/Tool/1.0.0%2Bb/download"},
		{"/x/{crate}-{version}", "/x/Tool-1.0.0%2Bb"},
		{"/{prefix}|{lowerprefix}", "/To/ol|to/ol"},
		{"/{sha256-checksum}", "/" + fill(1, 32)},
	}
	for _, test := range tests {
		if got := crateLink(test.template, "Tool", c); got != test.want {
			t.Errorf("crateLink(%q) = %q, want %q", test.template, got, test.want)
		}
	}
}
