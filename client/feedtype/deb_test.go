package feedtype

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// gz, zst and xzip compress a document.
func gz(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func zst(s string) string {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	defer w.Close()
	return string(w.EncodeAll([]byte(s), nil))
}

func xzip(s string) string {
	var b bytes.Buffer
	w, _ := xz.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func sha256Hex(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }

var debPackages = `Package: tool
Version: 1:1.0-1
Architecture: amd64
Description: a tool
 Version: 9 in a continuation
Filename: ./pool/t/tool_1.0-1+b_amd64.deb
Size: 42
MD5sum: ` + fill(1, 16) + `
SHA256: ` + fill(2, 32) + `

Package: tool
Version: 1:1.10-1~rc1
Architecture: amd64
Filename: pool/t/tool_1.10-1~rc1_amd64.deb
SHA512: ` + fill(3, 64) + `

Package: tool
Version: 1:9-1
Architecture: arm64
Filename: pool/t/tool_9-1_arm64.deb

Package: evil
Version: 1
Architecture: amd64
Filename: ../../x.deb
`

// debRelease vouches for the files below main/binary-amd64.
func debRelease(files map[string]string) string {
	var b strings.Builder
	b.WriteString("-----BEGIN PGP SIGNED MESSAGE-----\nOrigin: acme\nComponents: main\nMD5Sum:\n")
	for name := range files {
		fmt.Fprintf(&b, " %s 1 main/binary-amd64/%s\n", fill(9, 16), name)
	}
	b.WriteString("SHA256:\n")
	for name, body := range files {
		fmt.Fprintf(&b, " %s %d main/binary-amd64/%s\n", sha256Hex(body), len(body), name)
	}
	return b.String()
}

// debTree is a distribution with those files, by their names.
func debTree(release string, files map[string]string) map[string]string {
	const dist = "debian/feed/dists/bookworm/"
	pages := map[string]string{dist + release: debRelease(files)}
	for name, body := range files {
		pages[dist+"main/binary-amd64/"+name] = body
	}
	return pages
}

func debPackage(name, version string) ecosystem.Package {
	return ecosystem.Package{
		Type:       ecosystem.Debian,
		Name:       name,
		Version:    version,
		Qualifiers: map[string]string{"arch": "amd64", "distro": "bookworm", "component": "main"},
	}
}

// TestDebianForAll: a distribution need have no folder for what runs everywhere, since the lists of the others have it, too.
func TestDebianForAll(t *testing.T) {
	t.Parallel()
	const dist = "debian/feed/dists/bookworm/"
	docs := func(arch string) ecosystem.Package {
		pkg := debPackage("docs", "1.0")
		pkg.Qualifiers["arch"] = arch
		return pkg
	}
	packages := gz("Package: docs\nVersion: 1.0\nArchitecture: amd64\nFilename: x.deb\n\nPackage: docs\nVersion: 1.0\nArchitecture: all\nFilename: pool/docs.deb\n")
	pages := debTree("Release", map[string]string{"Packages.bz2": "", "Packages.diff/Index": "", "Packages.gz": packages})
	unserved := map[string]string{dist + "Release": pages[dist+"Release"] + " " + fill(9, 32) + " 1 contrib/binary-amd64/Packages.gz\n"}
	runLocate(t, []locateTest{
		{
			name:  "no folder of its own",
			pkg:   docs("all"),
			pages: pages,
			want:  Content{Ref: "debian/feed/pool/docs.deb", FileName: "docs.deb", Version: "1.0", Size: -1},
		},
		{
			name:  "each folder of the component once",
			pkg:   docs("all"),
			pages: unserved,
			asked: []string{dist + "Release", dist + "main/binary-amd64/Packages.gz"},
			is:    ErrNotFound,
		},
		{
			name:  "another architecture's folder",
			pkg:   docs("arm64"),
			pages: pages,
			asked: []string{dist + "Release"},
			is:    ErrNotFound,
		},
	})
}

func TestDebian(t *testing.T) {
	t.Parallel()
	const dist = "debian/feed/dists/bookworm/"
	old := Content{
		Ref:      "debian/feed/pool/t/tool_1.0-1%2Bb_amd64.deb",
		FileName: "tool_1.0-1+b_amd64.deb",
		Version:  "1:1.0-1",
		Size:     42,
	}
	newer := Content{
		Ref:      "debian/feed/pool/t/tool_1.10-1~rc1_amd64.deb",
		FileName: "tool_1.10-1~rc1_amd64.deb",
		Version:  "1:1.10-1~rc1",
		Size:     -1,
	}
	oldSums := "sha256:" + fill(2, 32) + " (debian Packages)"
	newerSums := "sha512:" + fill(3, 64) + " (debian Packages)"
	changed := debTree("Release", map[string]string{"Packages.gz": gz(debPackages)})
	changed[dist+"main/binary-amd64/Packages.gz"] = gz(debPackages + "\n")
	listed := debTree("Release", map[string]string{"Packages": debPackages, "Packages.xz": xzip(debPackages)})
	delete(listed, dist+"main/binary-amd64/Packages")
	unqualified := debPackage("tool", "1")
	delete(unqualified.Qualifiers, "component")
	runLocate(t, []locateTest{
		{
			name:  "gzip",
			pkg:   debPackage("tool", "1:1.0-1"),
			pages: debTree("Release", map[string]string{"Packages.gz": gz(debPackages), "Packages": debPackages}),
			want:  old,
			sums:  oldSums,
			asked: []string{dist + "Release", dist + "main/binary-amd64/Packages.gz"},
		},
		{
			name:  "InRelease and zstd",
			pkg:   debPackage("tool", "1:1.0-1"),
			pages: debTree("InRelease", map[string]string{"Packages.zst": zst(debPackages)}),
			want:  old,
			sums:  oldSums,
		},
		{name: "xz, latest", pkg: debPackage("tool", "latest"), pages: listed, want: newer, sums: newerSums},
		{
			name:  "plain",
			pkg:   debPackage("tool", "latest"),
			pages: debTree("Release", map[string]string{"Packages": debPackages}),
			want:  newer,
			sums:  newerSums,
		},
		{
			name:  "no Release",
			pkg:   debPackage("tool", "1:1.0-1"),
			pages: map[string]string{dist + "main/binary-amd64/Packages.gz": gz(debPackages)},
			want:  old,
			sums:  oldSums,
		},
		{name: "nothing", pkg: debPackage("tool", "1"), is: ErrNotFound},
		{
			name:  "other component",
			pkg:   debPackage("tool", "1"),
			pages: debTree("Release", map[string]string{"Sources": "x"}),
			is:    ErrNotFound,
		},
		{
			name:  "unknown version asks once",
			pkg:   debPackage("tool", "7"),
			pages: debTree("Release", map[string]string{"Packages.gz": gz(debPackages), "Packages": debPackages}),
			is:    ErrNotFound,
			asked: []string{dist + "Release", dist + "main/binary-amd64/Packages.gz"},
		},
		{
			name:  "changed on the way",
			pkg:   debPackage("tool", "1:1.0-1"),
			pages: changed,
			fails: "Packages.gz: sha256 is " + sha256Hex(gz(debPackages+"\n")) + ", expected",
		},
		{
			name:  "path that leads out",
			pkg:   debPackage("evil", "1"),
			pages: debTree("Release", map[string]string{"Packages": debPackages}),
			fails: "dot segment",
		},
		{
			name:  "no qualifier at all",
			pkg:   ecosystem.Package{Type: ecosystem.Debian, Name: "tool", Version: "1"},
			fails: `needs the qualifier "distro", for example "distro=bookworm", and "component", for example "component=main", and "arch", for example "arch=amd64"`,
			asked: []string{},
		},
		{
			name:  "no component",
			pkg:   unqualified,
			fails: `needs the qualifier "component", for example "component=main"`,
			asked: []string{},
		},
	})
}

func TestMismatchError(t *testing.T) {
	t.Parallel()
	pages := debTree("Release", map[string]string{"Packages": debPackages})
	pages["debian/feed/dists/bookworm/main/binary-amd64/Packages"] += "x"
	_, err := locateDebian(t.Context(), query{Index: serve(pages), feed: "feed", pkg: debPackage("tool", "latest")})
	var mismatch *MismatchError
	if !errors.As(err, &mismatch) || mismatch.Algorithm != "sha256" || bytes.Equal(mismatch.Want, mismatch.Got) {
		t.Errorf("error %v", err)
	}
}

func FuzzDebian(f *testing.F) {
	f.Add(debRelease(map[string]string{"Packages": debPackages}), debPackages)
	f.Fuzz(func(t *testing.T, release, packages string) {
		pages := map[string]string{
			"debian/feed/dists/bookworm/Release":                    release,
			"debian/feed/dists/bookworm/main/binary-amd64/Packages": packages,
		}
		hostile(t, debPackage("tool", "latest"), pages)
		delete(pages, "debian/feed/dists/bookworm/Release")
		hostile(t, debPackage("tool", "1:1.0-1"), pages)
	})
}
