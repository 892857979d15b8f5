package feedtype

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

var rpmPrimary = `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="4">
<package type="rpm"><name>tool</name><arch>x86_64</arch><version epoch="0" ver="1.0" rel="1.el9"/>
  <checksum type="sha256" pkgid="YES">` + fill(1, 32) + `</checksum><size package="77" installed="1" archive="2"/>
  <location href="Packages/tool-1.0-1.el9.x86_64.rpm"/><format><rpm:license>MIT</rpm:license></format></package>
<package type="rpm"><name>tool</name><arch>x86_64</arch><version epoch="1" ver="0.5" rel="2"/>
  <checksum type="sha">` + fill(2, 20) + `</checksum><location xml:base="https://proget.example/pg/other/" href="tool-0.5-2.x86_64.rpm"/></package>
<package type="rpm"><name>tool</name><arch>noarch</arch><version epoch="0" ver="9" rel="1"/><location href="x.rpm"/></package>
<package type="rpm"><name>absolute</name><arch>x86_64</arch><version ver="1" rel="1"/><location href="https://proget.example/a%2Bb.rpm"/></package>
</metadata>`

// rpmTree is a repository whose list of packages is body.
func rpmTree(body string) map[string]string {
	return map[string]string{
		"rpm/feed/repodata/repomd.xml": `<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>
			<data type="filelists"><location href="repodata/f.xml.gz"/></data>
			<data type="primary"><checksum type="sha256">` + sha256Hex(body) + `</checksum><location href="repodata/p-primary.xml.zst"/></data></repomd>`,
		"rpm/feed/repodata/p-primary.xml.zst": body,
	}
}

func rpmNamed(name, version string, more ...string) ecosystem.Package {
	p := ecosystem.Package{
		Type:       ecosystem.RPM,
		Name:       name,
		Version:    version,
		Qualifiers: map[string]string{"arch": "x86_64"},
	}
	for i := 0; i < len(more); i += 2 {
		p.Qualifiers[more[i]] = more[i+1]
	}
	return p
}

func TestRPM(t *testing.T) {
	t.Parallel()
	old := Content{
		Ref:      "https://proget.example/pg/rpm/feed/Packages/tool-1.0-1.el9.x86_64.rpm",
		FileName: "tool-1.0-1.el9.x86_64.rpm",
		Version:  "1.0-1.el9",
		Size:     77,
	}
	epoch := Content{
		Ref:      "https://proget.example/pg/other/tool-0.5-2.x86_64.rpm",
		FileName: "tool-0.5-2.x86_64.rpm",
		Version:  "0.5-2",
		Size:     -1,
	}
	withEpoch := epoch
	withEpoch.Version = "1:0.5-2"
	oldSums, epochSums := "sha256:"+fill(1, 32)+" (rpm primary)", "sha1:"+fill(2, 20)+" (rpm primary)"
	changed := rpmTree(rpmPrimary)
	changed["rpm/feed/repodata/p-primary.xml.zst"] += " "
	runLocate(t, []locateTest{
		{
			name:  "zstd",
			pkg:   rpmNamed("tool", "1.0-1.el9"),
			pages: rpmTree(zst(rpmPrimary)),
			want:  old,
			sums:  oldSums,
			asked: []string{"rpm/feed/repodata/repomd.xml", "rpm/feed/repodata/p-primary.xml.zst"},
		},
		{
			name:  "gzip, epoch in the version",
			pkg:   rpmNamed("tool", "1:0.5-2"),
			pages: rpmTree(gz(rpmPrimary)),
			want:  withEpoch,
			sums:  epochSums,
		},
		{
			name:  "xz, epoch left out",
			pkg:   rpmNamed("tool", "0.5-2"),
			pages: rpmTree(xzip(rpmPrimary)),
			want:  epoch,
			sums:  epochSums,
		},
		{
			name:  "epoch as a qualifier",
			pkg:   rpmNamed("tool", "0.5-2", "epoch", "1"),
			pages: rpmTree(rpmPrimary),
			want:  epoch,
			sums:  epochSums,
		},
		{name: "other epoch", pkg: rpmNamed("tool", "0.5-2", "epoch", "3"), pages: rpmTree(rpmPrimary), is: ErrNotFound},
		{
			name:  "latest goes by epoch",
			pkg:   rpmNamed("tool", "latest"),
			pages: rpmTree(rpmPrimary),
			want:  epoch,
			sums:  epochSums,
		},
		{
			name:  "absolute location",
			pkg:   rpmNamed("absolute", "1-1"),
			pages: rpmTree(rpmPrimary),
			want:  Content{Ref: "https://proget.example/a%2Bb.rpm", FileName: "a+b.rpm", Version: "1-1", Size: -1},
		},
		{name: "for all machines", pkg: rpmNamed("tool", "9-1"), pages: rpmTree(rpmPrimary), is: ErrNotFound, fails: "it exists for arch noarch"},
		{
			name: "for another machine", pkg: rpmNamed("tool", "1.0-1.el9", "arch", "aarch64"), pages: rpmTree(rpmPrimary), is: ErrNotFound,
			fails: "it exists for arch x86_64",
		},
		{
			name: "listed twice", pkg: rpmNamed("tool", "1-1"),
			pages: rpmTree(`<metadata><package><name>tool</name><arch>x86_64</arch><version ver="1" rel="1"/><location href="a.rpm"/></package>
				<package><name>tool</name><arch>x86_64</arch><version ver="1" rel="1"/><location href="b.rpm"/></package></metadata>`),
			want: Content{Ref: "https://proget.example/pg/rpm/feed/a.rpm", FileName: "a.rpm", Version: "1-1", Size: -1},
		},
		{name: "unknown", pkg: rpmNamed("none", "1-1"), pages: rpmTree(rpmPrimary), is: ErrNotFound},
		{name: "no repository", pkg: rpmNamed("tool", "1-1"), is: ErrNotFound},
		{
			name:  "no primary",
			pkg:   rpmNamed("tool", "1-1"),
			pages: map[string]string{"rpm/feed/repodata/repomd.xml": "<repomd/>"},
			fails: "no primary list",
		},
		{
			name: "an invalid checksum of the list is not used",
			pkg:  rpmNamed("tool", "1.0-1.el9"),
			pages: map[string]string{
				"rpm/feed/repodata/repomd.xml": `<repomd><data type="primary"><checksum type="sha256">00</checksum><location href="x"/></data></repomd>`,
				"rpm/feed/x":                   rpmPrimary,
			},
			want: Content{
				Ref: "https://proget.example/pg/rpm/feed/Packages/tool-1.0-1.el9.x86_64.rpm", FileName: "tool-1.0-1.el9.x86_64.rpm",
				Version: "1.0-1.el9", Size: 77, Ignored: []string{`rpm repomd.xml: "00" is not a valid sha256 checksum`},
			},
			sums: "sha256:" + fill(1, 32) + " (rpm primary)",
		},
		{
			name:  "location that is not http",
			pkg:   rpmNamed("tool", "1-1"),
			fails: "not an http",
			pages: map[string]string{
				"rpm/feed/repodata/repomd.xml": `<repomd><data type="primary"><location href="file:///etc/passwd"/></data></repomd>`},
		},
		{
			name:  "changed on the way",
			pkg:   rpmNamed("tool", "1.0-1.el9"),
			pages: changed,
			fails: "expected " + sha256Hex(rpmPrimary),
		},
		{name: "cut", pkg: rpmNamed("tool", "1.0-1.el9"), pages: rpmTree(gz(rpmPrimary)[:200]), fails: "it is cut off"},
		{name: "no arch", pkg: ecosystem.Package{Type: ecosystem.RPM, Name: "tool", Version: "1"}, fails: `"arch=x86_64"`},
		{
			name:  "entities",
			pkg:   rpmNamed("tool", "1-1"),
			fails: "it is not valid XML in line 1",
			pages: rpmTree(`<!DOCTYPE m [<!ENTITY a "` + strings.Repeat("x", 99) + `">]><metadata>&a;</metadata>`),
		},
	})
}

func FuzzRPM(f *testing.F) {
	f.Add(rpmTree("")["rpm/feed/repodata/repomd.xml"], rpmPrimary)
	f.Fuzz(func(t *testing.T, repomd, primary string) {
		pages := rpmTree(primary)
		hostile(t, rpmNamed("tool", "latest"), pages)
		pages["rpm/feed/repodata/repomd.xml"] = repomd
		hostile(t, rpmNamed("tool", "1.0-1.el9"), pages)
	})
}

// TestRPMLocation: a location is a path, in which signs that mean something in a URL are parts of
// names.
func TestRPMLocation(t *testing.T) {
	t.Parallel()
	const root = "https://h/pg/rpm/feed/"
	for _, test := range []struct{ base, href, want, file string }{
		{"", "Packages/a-1-1.rpm", root + "Packages/a-1-1.rpm", "a-1-1.rpm"},
		{"", "a#1-1-1.rpm", root + "a%231-1-1.rpm", "a#1-1-1.rpm"},
		{"", "a?b-1-1.rpm", root + "a%3Fb-1-1.rpm", "a?b-1-1.rpm"},
		{"", "100%-1-1.rpm", root + "100%25-1-1.rpm", "100%-1-1.rpm"},
		{"", "a%2", root + "a%252", "a%2"},
		{"", "a%2Bb-1-1.rpm", root + "a%2Bb-1-1.rpm", "a+b-1-1.rpm"},
		{"", "a%zzb", root + "a%25zzb", "a%zzb"},
		{"", "a++-1:2-1~rc^1.rpm", root + "a++-1:2-1~rc%5E1.rpm", "a++-1:2-1~rc^1.rpm"},
		{"", " a b.rpm\n", root + "a%20b.rpm", "a b.rpm"},
		{"", "", "", ""},
		{"https://h/pg/rpm/other", "a#.rpm", "https://h/pg/rpm/other/a%23.rpm", "a#.rpm"},
		{"https://h/pg/rpm/other/", "a.rpm", "https://h/pg/rpm/other/a.rpm", "a.rpm"},
		{"other/", "a.rpm", root + "other/a.rpm", "a.rpm"},
		{"", "https://h/x/a#b.rpm", "https://h/x/a%23b.rpm", "a#b.rpm"},
		{"", "https://h/x/a.rpm?sig=a%2Bb", "https://h/x/a.rpm?sig=a%2Bb", "a.rpm"},
		{"", "file:///etc/passwd", "", ""},
	} {
		got, err := rpmLocation{Base: test.base, Href: test.href}.resolve(&Document{URL: root + "repodata/repomd.xml"})
		if got != test.want || (err != nil) != (test.want == "") || got != "" && lastSegment(got) != test.file {
			t.Errorf("%q %q: %s, %v; want %s", test.base, test.href, got, err, test.want)
		}
	}
}
