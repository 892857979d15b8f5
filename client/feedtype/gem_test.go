package feedtype

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestGem(t *testing.T) {
	t.Parallel()
	info := map[string]string{"rubygems/feed/info/tool": "---\n1.0.0 |checksum:" + fill(1, 32) + ",ruby:>= 2\n" +
		"1.0.0-x86_64-linux rake:>= 1&< 2|ruby:>= 2,checksum:" + fill(2, 32) + "\n1.10.0.rc1 a:>= 0|checksum:" + fill(3, 32) + "\njunk\n"}
	gem := func(version, platform string) ecosystem.Package {
		p := ecosystem.Package{Type: ecosystem.Gem, Name: "tool", Version: version}
		if platform != "" {
			p.Qualifiers = map[string]string{"platform": platform}
		}
		return p
	}
	content := func(version, file string) Content {
		return Content{Ref: "rubygems/feed/gems/" + file, FileName: file, Version: version, Size: -1}
	}
	runLocate(t, []locateTest{
		{
			name:  "ruby",
			pkg:   gem("1.0.0", "ruby"),
			pages: info,
			want:  content("1.0.0", "tool-1.0.0.gem"),
			sums:  "sha256:" + fill(1, 32) + " (gem index)",
		},
		{
			name:  "platform",
			pkg:   gem("1.0.0", "x86_64-linux"),
			pages: info,
			want:  content("1.0.0", "tool-1.0.0-x86_64-linux.gem"),
			sums:  "sha256:" + fill(2, 32) + " (gem index)",
		},
		{
			name:  "latest",
			pkg:   gem("latest", ""),
			pages: info,
			want:  content("1.10.0.rc1", "tool-1.10.0.rc1.gem"),
			sums:  "sha256:" + fill(3, 32) + " (gem index)",
		},
		{
			name:  "latest stable",
			pkg:   gem("latest-stable", ""),
			pages: info,
			want:  content("1.0.0", "tool-1.0.0.gem"),
			sums:  "sha256:" + fill(1, 32) + " (gem index)",
		},
		{
			name:  "platform in the version, as lock files write it",
			pkg:   gem("1.0.0-x86_64-linux", ""),
			pages: info,
			want:  content("1.0.0", "tool-1.0.0-x86_64-linux.gem"),
			sums:  "sha256:" + fill(2, 32) + " (gem index)",
		},
		{name: "for another platform", pkg: gem("1.0.0", "java"), pages: info, is: ErrNotFound, fails: "it exists for platform ruby, x86_64-linux"},
		{name: "1.0 is 1.0.0", pkg: gem("1.0", ""), pages: info, want: content("1.0.0", "tool-1.0.0.gem"), sums: "sha256:" + fill(1, 32) + " (gem index)"},
		{
			name:  "hyphen that RubyGems writes as a word",
			pkg:   gem("1.0.0-beta1", ""),
			pages: map[string]string{"rubygems/feed/info/tool": "1.0.0.pre.beta1 |checksum:" + fill(4, 32) + "\n"},
			want:  content("1.0.0.pre.beta1", "tool-1.0.0.pre.beta1.gem"),
			sums:  "sha256:" + fill(4, 32) + " (gem index)",
		},
		{
			name:  "hyphen that the server writes as it is",
			pkg:   gem("1.0.0.pre.beta1", ""),
			pages: map[string]string{"rubygems/feed/info/tool": "1.0.0-beta1 |checksum:" + fill(4, 32) + "\n"},
			want:  content("1.0.0-beta1", "tool-1.0.0-beta1.gem"),
			sums:  "sha256:" + fill(4, 32) + " (gem index)",
		},
		{
			name: "both spellings: the one that is asked for",
			pkg:  gem("1.0.0-beta1", ""),
			pages: map[string]string{"rubygems/feed/info/tool": "1.0.0-beta1 |checksum:" + fill(4, 32) + "\n1.0.0.pre.beta1 |checksum:" +
				fill(5, 32) + "\n"},
			want: content("1.0.0-beta1", "tool-1.0.0-beta1.gem"),
			sums: "sha256:" + fill(4, 32) + " (gem index)",
		},
		{
			name:  "latest is none for another platform",
			pkg:   gem("latest", ""),
			pages: map[string]string{"rubygems/feed/info/tool": "1.0.0 |\n2.0.0-java |\n"},
			want:  content("1.0.0", "tool-1.0.0.gem"),
		},
		{
			name:  "a pre-release with a hyphen is not the latest stable",
			pkg:   gem("latest-stable", ""),
			pages: map[string]string{"rubygems/feed/info/tool": "1.0.0 |\n2.0.0-rc1 |\n"},
			want:  content("1.0.0", "tool-1.0.0.gem"),
		},
		{name: "not in the index", pkg: gem("2.0.0", ""), pages: info, want: content("2.0.0", "tool-2.0.0.gem")},
		{name: "no index", pkg: gem("2.0.0", ""), want: content("2.0.0", "tool-2.0.0.gem")},
		{name: "latest without an index", pkg: gem("latest", ""), is: ErrNotFound},
	})
}

func TestEachGem(t *testing.T) {
	t.Parallel()
	tests := []struct{ line, want string }{
		{"1.0.0 |checksum:abc", "1.0.0,ruby,abc"},
		{"1.0.0 |ruby:>= 3.0,checksum:abc,rubygems:>= 3", "1.0.0,ruby,abc"},
		{"1.0.0-x86_64-linux-gnu rake:>= 0&< 2|checksum:abc", "1.0.0,x86_64-linux-gnu,abc"},
		{"1.0.0 |ruby:>= 3.0", "1.0.0,ruby,"},
		{"1.0.0-java |", "1.0.0,java,"},
		{"1.0.0-beta1 |checksum:abc", "1.0.0-beta1,ruby,abc"},
		{"1.0.0-rc.2-arm64-darwin |checksum:abc", "1.0.0-rc.2,arm64-darwin,abc"},
		{"1.0.0-1 |checksum:abc", "1.0.0-1,ruby,abc"},
		{"1.0.0-amd64-freebsd |", "1.0.0,amd64-freebsd,"},
		{"1.0.0-ruby |", "1.0.0,ruby,"},
		{"1.0.0-a-b2-java-9 |", "1.0.0-a-b2,java-9,"},
		{"1.0.0--java |", "1.0.0-,java,"},
		{"1.0.0- |", "1.0.0,ruby,"},
		{"1.0.0-a- |", "1.0.0-a,ruby,"},
		{"-java |", ",java,"},
		{" |checksum:abc", ""},
		{"---", ""},
		{"1.0.0", ""},
		{"", ""},
	}
	for _, test := range tests {
		got := ""
		err := eachGem(strings.NewReader(test.line+"\n"), func(g gem) {
			got = g.version + "," + g.platform + "," + g.sum
		})
		if got != test.want || err != nil {
			t.Errorf("%q: %q, %v; want %q", test.line, got, err, test.want)
		}
	}
}

// TestGemBounds: an index costs no more than its length.
func TestGemBounds(t *testing.T) { // not in parallel, since allocations are counted
	many := "1" + strings.Repeat("-a", 10_000)
	if allocated := testing.AllocsPerRun(1, func() { splitGem(many) }); allocated > 0 {
		t.Errorf("%v allocations for one version", allocated)
	}
	for lines, want := range map[int]error{maxVersions: nil, maxVersions + 1: errTooMany} {
		if err := eachGem(strings.NewReader(strings.Repeat("\n", lines)), func(gem) {}); err != want {
			t.Errorf("%d lines: %v", lines, err)
		}
	}
}
