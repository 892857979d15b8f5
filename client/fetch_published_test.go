package client

import (
	"iter"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/internal/sandbox"
)

func TestPublished(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	c := newClient(t, url)
	pkg := nugetPackage("Newtonsoft.Json", "latest")
	content := feedtype.Content{Version: "12.0.3"}
	got, err := c.Downloads.Published(t.Context(), "DefaultNuGet", pkg, content)
	if err != nil || len(got.Checksums) != 1 || got.Checksums[0].String() != "sha256 (ProGet version list)" {
		t.Errorf("%v, %v", got.Checksums, err)
	}
	asked := count(server)
	if again, err := c.Downloads.Published(t.Context(), "DefaultNuGet", pkg, got); err != nil || len(again.Checksums) != 1 || count(server) != asked {
		t.Errorf("%v, %v, %d requests", again.Checksums, err, count(server)-asked)
	}
	server.Fault("/api/packages/", sandbox.Fault{Status: 503, Times: -1})
	asked = count(server)
	if _, err := c.Downloads.Published(t.Context(), "DefaultNuGet", pkg, content); KindOf(err) != KindUnavailable || count(server) != asked+1 {
		t.Errorf("%v after %d requests", err, count(server)-asked)
	}
	if n := annotatedRequests(server.Requests()); n > 0 {
		t.Errorf("%d annotated", n)
	}
}

// TestHeldNames: ProGet's list of versions has no vendors, and its own names for extensions and
// modules.
func TestHeldNames(t *testing.T) {
	t.Parallel()
	_, url := startSandbox(t, sandbox.Options{})
	c := newClient(t, url)
	for feed, purl := range map[string]string{
		"apk":       "pkg:apk/alpine/acme-tool@1.0.0-r0?arch=x86_64",
		"debian":    "pkg:deb/debian/acme-tool@1:1.4.0-1?arch=amd64",
		"rpm":       "pkg:rpm/fedora/acme-tool@1.4.0-1?arch=x86_64",
		"terraform": "pkg:terraform/acme/network/aws@1.0.0",
		"vsix":      "pkg:vsix/Acme/Tools@1.0.0",
		"composer":  "pkg:composer/acme/web-kit@1.0.0",
	} {
		pkg, err := ecosystem.ParsePURL(purl)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Downloads.Published(t.Context(), feed, pkg, feedtype.Content{Version: pkg.Version})
		if err != nil || len(got.Checksums) != 1 {
			t.Errorf("%s: %v, %v", purl, got.Checksums, err)
		}
		if has, err := c.Packages.Has(t.Context(), feed, pkg); err != nil || !has {
			t.Errorf("Has %s = %v, %v", purl, has, err)
		}
	}
}

// rowsOf is the sequence of some rows.
func rowsOf(rows []PackageVersion) iter.Seq2[PackageVersion, error] {
	return func(yield func(PackageVersion, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// TestOnlyFile: a list that leaves a doubt gives nothing to check against.
func TestOnlyFile(t *testing.T) {
	t.Parallel()
	row := func(name, version, qualifiers, sum string) PackageVersion {
		return PackageVersion{
			PURL: "pkg:deb/" + name + "@" + version + qualifiers, Name: name, Version: version, SHA256: strings.Repeat(sum, 64),
		}
	}
	apart := row("tool", "1.0", "", "e")
	apart.Qualifier = "Arch=a%2Bb"
	amd, arm := row("tool", "1.0", "?arch=amd64", "a"), row("tool", "1.0", "?arch=arm64", "b")
	for _, test := range []struct {
		name       string
		rows       []PackageVersion
		qualifiers map[string]string
		want       string // first digit of the checksum, "" for none
	}{
		{name: "nothing"},
		{name: "one", rows: []PackageVersion{amd}, want: "a"},
		{name: "two, one meant", rows: []PackageVersion{amd, arm}, qualifiers: map[string]string{"arch": "arm64"}, want: "b"},
		{name: "two, either", rows: []PackageVersion{amd, arm}},
		{name: "another file, distinct by the purl", rows: []PackageVersion{apart}, qualifiers: map[string]string{"arch": "amd64"}},
		{name: "this file, distinct by the purl", rows: []PackageVersion{apart, amd}, qualifiers: map[string]string{"arch": "a+b"}, want: "e"},
		{name: "another version", rows: []PackageVersion{row("tool", "2.0", "", "c")}},
		{name: "another package", rows: []PackageVersion{row("tools", "1.0", "", "c")}},
		{name: "a broken purl", rows: []PackageVersion{{PURL: "?", Name: "tool", Version: "1.0", SHA256: "x", SHA1: strings.Repeat("d", 40)}}, want: "d"},
		{name: "no checksum", rows: []PackageVersion{{Name: "tool", Version: "1.0"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			pkg := ecosystem.Package{Type: ecosystem.Debian, Name: "tool", Version: "1.0", Qualifiers: test.qualifiers}
			got := ""
			if only, ok, _ := onlyFile(rowsOf(test.rows), pkg); ok {
				for _, c := range only.checksums() {
					got = string("0123456789abcdef"[c.Sum[0]>>4])
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
