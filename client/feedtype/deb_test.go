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
	"github.com/ulikunitz/xz/lzma"

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

// debRelease is a Release file with the checksums of the files below main/binary-amd64.
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

// TestDebianForAll: a distribution need have no folder for what runs everywhere, since the lists of
// the others have it, too.
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
			asked: []string{dist + "Release", dist + "main/binary-amd64/Packages.gz", dist + "main/binary-amd64/Packages.bz2"},
			is:    ErrNotFound,
		},
		{
			name:  "another architecture's folder",
			pkg:   docs("arm64"),
			pages: pages,
			asked: []string{dist + "Release"},
			is:    ErrNotFound,
		},
		{
			name:  "for all, and asked for one",
			pkg:   docs("amd64"),
			pages: debTree("Release", map[string]string{"Packages": "Package: docs\nVersion: 1.0\nArchitecture: all\nFilename: docs.deb\n"}),
			is:    ErrNotFound,
			fails: "it exists for arch all",
		},
		{
			name: "for all, in a folder of its own, and asked for one",
			pkg:  docs("amd64"),
			pages: map[string]string{
				dist + "Release":                    "SHA256:\n " + sha256Hex("") + " 0 main/binary-amd64/Packages\n " + sha256Hex("Package: docs\nVersion: 1.0\nArchitecture: all\n") + " 1 main/binary-all/Packages\n",
				dist + "main/binary-amd64/Packages": "",
				dist + "main/binary-all/Packages":   "Package: docs\nVersion: 1.0\nArchitecture: all\n",
			},
			is:    ErrNotFound,
			fails: "it exists for arch all",
		},
		{
			name:  "for one, and asked for all",
			pkg:   docs("all"),
			pages: debTree("Release", map[string]string{"Packages": "Package: docs\nVersion: 1.0\nArchitecture: amd64\nFilename: docs.deb\n"}),
			is:    ErrNotFound,
			fails: "it exists for arch amd64",
		},
		{
			name:  "another version for another architecture",
			pkg:   docs("amd64"),
			pages: debTree("Release", map[string]string{"Packages": "Package: docs\nVersion: 2.0\nArchitecture: all\nFilename: docs.deb\n"}),
			is:    ErrNotFound,
			fails: "was not found in https://proget.example/pg/debian/feed/dists/bookworm/Release",
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

// lzmaOf compresses in the format before xz.
func lzmaOf(s string) string {
	var b bytes.Buffer
	w, _ := lzma.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// debOld is the list of TestDebianOfOldTools, compressed by bzip2, which the standard library
// cannot write.
const debOld = "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xd4\x75\x9f\xd4\x00\x00\x3c\x5f\x80\x00\x30\x40\x01\xe7\x10\x23\x23\x9b\x00\xbe\xee\xd6\x00\x20\x00\x75\x19\xea\x7a\x9a\x62\x0d\x01\xa0\xf4\x80\x7a\x9b\x50\x42\x6a\x1b\x4d\x10\x01\xa1\x90\x00\x34\xcd\x9c\x66\x6b\x0d\x14\x8e\x40\x61\x38\x13\xd2\x98\x44\x56\x4e\x9e\x04\x22\x35\x06\xa2\xfa\x5e\xa4\xae\x2a\x84\x60\xb8\x16\xc4\xc6\xe5\x74\x4e\x0f\xc1\xc9\xd0\xc4\x09\x42\x75\xeb\xbb\x4c\xfd\x14\x04\x7a\xc2\x60\x66\x32\xa8\xd3\xe1\x6f\x64\xd3\xfc\x5d\xc9\x14\xe1\x42\x43\x51\xd6\x7f\x50"

// TestDebianOfOldTools: field names in any case, tabs, "./", and lists that are compressed by bzip2
// or lzma alone.
func TestDebianOfOldTools(t *testing.T) {
	t.Parallel()
	const dist = "debian/feed/dists/bookworm/"
	const odd = "package: tool\nVERSION:\t1.0\nArchitecture :amd64\nFileName: .//./pool/t/tool_1.0_amd64.deb\nmd5SUM: 01010101010101010101010101010101\n\n"
	want := Content{Ref: "debian/feed/pool/t/tool_1.0_amd64.deb", FileName: "tool_1.0_amd64.deb", Version: "1.0", Size: -1}
	sums := "md5:" + fill(1, 16) + " (debian Packages)"
	release := func(file, body string) string {
		return "Origin: x\nMD5sum:\n\t" + fill(9, 16) + "\t1\t./main/binary-amd64/" + file + "\nsha256:\n\t" + sha256Hex(body) + "\t1\t./main/binary-amd64/" + file + "\n"
	}
	runLocate(t, []locateTest{
		{
			name:  "plain",
			pkg:   debPackage("tool", "1.0"),
			pages: map[string]string{dist + "Release": release("Packages", odd), dist + "main/binary-amd64/Packages": odd},
			want:  want,
			sums:  sums,
		},
		{
			name:  "lzma",
			pkg:   debPackage("tool", "1.0"),
			pages: map[string]string{dist + "Release": release("Packages.lzma", lzmaOf(odd)), dist + "main/binary-amd64/Packages.lzma": lzmaOf(odd)},
			want:  want,
			sums:  sums,
		},
		{
			name:  "lzma without Release",
			pkg:   debPackage("tool", "1.0"),
			pages: map[string]string{dist + "main/binary-amd64/Packages.lzma": lzmaOf(odd)},
			want:  want,
			sums:  sums,
			asked: []string{
				dist + "Release", dist + "InRelease", dist + "main/binary-amd64/Packages.gz", dist + "main/binary-amd64/Packages.xz",
				dist + "main/binary-amd64/Packages.zst", dist + "main/binary-amd64/Packages", dist + "main/binary-amd64/Packages.bz2",
				dist + "main/binary-amd64/Packages.lzma",
			},
		},
		{
			name:  "bzip2",
			pkg:   debPackage("tool", "1.0"),
			pages: map[string]string{dist + "Release": release("Packages.bz2", debOld), dist + "main/binary-amd64/Packages.bz2": debOld},
			want:  want,
			sums:  sums,
		},
		{
			name:  "lzma that is cut",
			pkg:   debPackage("tool", "1.0"),
			pages: map[string]string{dist + "main/binary-amd64/Packages": lzmaOf(odd)[:20]},
			fails: "it is cut off",
		},
		{
			name:  "lzma with a huge dictionary",
			pkg:   debPackage("tool", "1.0"),
			pages: map[string]string{dist + "main/binary-amd64/Packages": "\x5d\x00\x00\x00\xff" + lzmaOf(odd)[5:]},
			fails: "its dictionary is larger than 64 MiB",
		},
	})
}

// TestDebianByHash: where Release and a list are of different moments, the list is asked for under
// the checksum in Release.
func TestDebianByHash(t *testing.T) {
	t.Parallel()
	const dist = "debian/feed/dists/bookworm/"
	body := gz(debPackages)
	named := dist + "main/binary-amd64/by-hash/SHA256/" + sha256Hex(body)
	with := func(release string, more ...string) map[string]string {
		pages := map[string]string{dist + "Release": release + debRelease(map[string]string{"Packages.gz": body})}
		for i := 0; i < len(more); i += 2 {
			pages[more[i]] = more[i+1]
		}
		return pages
	}
	newer := dist + "main/binary-amd64/Packages.gz"
	content := Content{Ref: "debian/feed/pool/t/tool_1.0-1%2Bb_amd64.deb", FileName: "tool_1.0-1+b_amd64.deb", Version: "1:1.0-1", Size: 42}
	sums := "sha256:" + fill(2, 32) + " (debian Packages)"
	runLocate(t, []locateTest{
		{name: "changed", pkg: debPackage("tool", "1:1.0-1"), pages: with("", newer, gz("x"), named, body), want: content, sums: sums, asked: []string{dist + "Release", newer, named}},
		{name: "changed, and not by its checksum", pkg: debPackage("tool", "1:1.0-1"), pages: with("", newer, gz("x")), fails: "Packages.gz: sha256 is"},
		{name: "changed twice", pkg: debPackage("tool", "1:1.0-1"), pages: with("", newer, gz("x"), named, gz("y")), fails: "Packages.gz: sha256 is " + sha256Hex(gz("x"))},
		{name: "missing", pkg: debPackage("tool", "1:1.0-1"), pages: with("", named, body), is: ErrNotFound, asked: []string{dist + "Release", newer}},
		{name: "only by its checksum", pkg: debPackage("tool", "1:1.0-1"), pages: with("acquire-by-hash: yes\n", named, body), want: content, sums: sums},
	})
}

// TestDebianTwins: of the twins of a list, one that is as Release says is enough. Nothing else is
// read from one that is not.
func TestDebianTwins(t *testing.T) {
	t.Parallel()
	const dist = "debian/feed/dists/bookworm/"
	const folder = dist + "main/binary-amd64/"
	stale, lists := gz(debPackages+"\n"), map[string]string{"Packages.gz": gz(debPackages), "Packages.xz": xzip(debPackages), "Packages": debPackages}
	with := func(gz, xz, plain string) map[string]string {
		pages := debTree("Release", lists)
		for file, body := range map[string]string{"Packages.gz": gz, "Packages.xz": xz, "Packages": plain} {
			if pages[folder+file] = body; body == "gone" {
				delete(pages, folder+file)
			}
		}
		return pages
	}
	content := Content{Ref: "debian/feed/pool/t/tool_1.0-1%2Bb_amd64.deb", FileName: "tool_1.0-1+b_amd64.deb", Version: "1:1.0-1", Size: 42}
	sums := "sha256:" + fill(2, 32) + " (debian Packages)"
	tool := debPackage("tool", "1:1.0-1")
	runLocate(t, []locateTest{
		{name: "the first is stale", pkg: tool, pages: with(stale, lists["Packages.xz"], "gone"), want: content, sums: sums},
		{name: "the last is not", pkg: tool, pages: with(stale, xzip("x"), debPackages), want: content, sums: sums},
		{name: "all are stale", pkg: tool, pages: with(stale, xzip("x"), "x"), fails: "sha256 is"},
		{name: "the others are gone", pkg: tool, pages: with(stale, "gone", "gone"), fails: "Packages.gz: sha256 is"},
		{name: "the first is as Release says, and the version is not there", pkg: debPackage("tool", "7"), pages: with(lists["Packages.gz"], "x", "x"), is: ErrNotFound},
		{name: "Release lists nothing", pkg: tool, pages: map[string]string{dist + "Release": "Origin: acme\nSuite: stable\n", folder + "Packages": debPackages}, want: content, sums: sums},
		{name: "Release is empty, and InRelease is not", pkg: tool, pages: map[string]string{dist + "Release": "", dist + "InRelease": debRelease(lists), folder + "Packages": debPackages}, want: content, sums: sums},
		{name: "neither lists anything", pkg: tool, pages: map[string]string{dist + "Release": "", dist + "InRelease": "SHA256:\n", folder + "Packages": debPackages}, want: content, sums: sums},
		{name: "a version listed twice", pkg: tool, pages: map[string]string{folder + "Packages": debPackages + "\nPackage: tool\nVersion: 1:1.0-1\nArchitecture: amd64\nFilename: other.deb\n"}, want: content, sums: sums},
		{name: "Release lists other components", pkg: tool, pages: map[string]string{dist + "Release": "SHA256:\n " + fill(1, 32) + " 1 other/binary-amd64/Packages\n", folder + "Packages": debPackages}, is: ErrNotFound},
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

// TestReleaseOfShortLines: what is not a list of checksums costs next to nothing, because a Release
// file may have 60 million such lines.
func TestReleaseOfShortLines(t *testing.T) {
	const lines, most = 1000, 4
	for _, line := range []string{"\n", "\r\n", "a\n", "a:\n", "S:\n", "a-_-:\n", "SHA256:\n", "MD5Sum: x\n", "Acquire-By-Hash: no\n", " \n", " a b c\n", "\t0 1 x/binary-\n"} {
		text := strings.Repeat(line, lines)
		allocations := testing.AllocsPerRun(10, func() {
			release, err := readRelease(strings.NewReader(text), "main/binary-")
			if err != nil || len(release.sums) > 0 {
				t.Fatalf("%q: %v, %v", line, release, err)
			}
		})
		if allocations > most*lines {
			t.Errorf("%q: %.0f allocations in %d lines", line, allocations, lines)
		}
	}
}

// TestDebianArchitectures: each folder in a Release file takes requests, so there is a bound on
// them. Without a word for all architectures one folder is looked in, however many there are.
func TestDebianArchitectures(t *testing.T) {
	t.Parallel()
	kind, err := For(ecosystem.Debian)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		folders int
		arch    string
		asked   int
		want    error
	}{
		{maxFolders - 1, "all", maxFolders, ErrNotFound}, // that of the architecture itself is looked for, too
		{maxFolders, "all", 1, errTooMany},
		{maxReleaseFiles - 1, "all", 1, errTooMany},
		{maxReleaseFiles - 1, "amd64", 1, ErrNotFound},
	} {
		release := "SHA256:\n"
		for i := range test.folders {
			release += fmt.Sprintf(" %s 1 main/binary-a%d/Packages\n", fill(1, 32), i)
		}
		index := serve(map[string]string{"debian/feed/dists/bookworm/Release": release})
		pkg := debPackage("docs", "1.0")
		pkg.Qualifiers["arch"] = test.arch
		if _, err := kind.Locate(t.Context(), index, "feed", pkg); !errors.Is(err, test.want) || len(index.asked) != test.asked {
			t.Errorf("%+v: %v after %d requests", test, err, len(index.asked))
		}
	}
}
