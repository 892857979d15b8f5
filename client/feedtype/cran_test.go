package feedtype

import (
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestCRAN(t *testing.T) {
	t.Parallel()
	packages := "Package: tool\nVersion: 1.10\nMD5sum: " + fill(1, 16) + "\n\nPackage: other\nVersion: 1\n"
	source := map[string]string{"cran/feed/src/contrib/PACKAGES.gz": gz(packages)}
	tool := func(version string, qualifiers map[string]string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.CRAN, Name: "tool", Version: version, Qualifiers: qualifiers}
	}
	content := func(folder, version, extension string) Content {
		file := "tool_" + version + extension
		return Content{Ref: "cran/feed/" + folder + "/" + file, FileName: file, Version: version, Size: -1}
	}
	binary := map[string]string{"path": "bin/windows/contrib/4.4", "ext": ".zip"}
	sums := "md5:" + fill(1, 16) + " (cran PACKAGES)"
	runLocate(t, []locateTest{
		{name: "current", pkg: tool("1.10", nil), pages: source, want: content("src/contrib", "1.10", ".tar.gz"), sums: sums},
		{
			name:  "latest from the plain index",
			pkg:   tool("latest", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES": packages},
			want:  content("src/contrib", "1.10", ".tar.gz"),
			sums:  sums,
		},
		{name: "archived", pkg: tool("1.9", nil), pages: source, want: content("src/contrib/Archive/tool", "1.9", ".tar.gz")},
		{
			name: "a name in other letters", pkg: tool("1.10", nil), pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: Tool\nVersion: 1.10\n"},
			want: Content{Ref: "cran/feed/src/contrib/Tool_1.10.tar.gz", FileName: "Tool_1.10.tar.gz", Version: "1.10", Size: -1},
		},
		{
			name: "archived under a name in other letters", pkg: tool("1.9", nil), pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: Tool\nVersion: 1.10\n"},
			want: Content{Ref: "cran/feed/src/contrib/Archive/Tool/Tool_1.9.tar.gz", FileName: "Tool_1.9.tar.gz", Version: "1.9", Size: -1},
		},
		{
			name: "an empty file for a compressed index", pkg: tool("1.10", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES.gz": "", "cran/feed/src/contrib/PACKAGES": packages},
			want:  content("src/contrib", "1.10", ".tar.gz"), sums: sums,
		},
		{
			name: "an empty list that is compressed", pkg: tool("1.10", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES.gz": gz(""), "cran/feed/src/contrib/PACKAGES": packages},
			want:  content("src/contrib/Archive/tool", "1.10", ".tar.gz"),
		},
		{
			name: "folder below with dots", pkg: tool("1.10", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: tool\nVersion: 1.10\nPath: ./4.4//Recommended/.\n\n"},
			want:  content("src/contrib/4.4/Recommended", "1.10", ".tar.gz"),
		},
		{
			name: "this folder", pkg: tool("1.10", nil), pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: tool\nVersion: 1.10\nPath: .\n\n"},
			want: content("src/contrib", "1.10", ".tar.gz"),
		},
		{
			name: "folder above", pkg: tool("1.10", nil), pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: tool\nVersion: 1.10\nPath: ../..\n\n"},
			fails: "dot segment",
		},
		{
			name:  "no index",
			pkg:   tool("1.9", nil),
			want:  content("src/contrib", "1.9", ".tar.gz"),
			asked: []string{"cran/feed/src/contrib/PACKAGES.gz", "cran/feed/src/contrib/PACKAGES"},
		},
		{
			name: "no index, the file is gone", pkg: tool("1.9", nil), gone: []string{"cran/feed/src/contrib/tool_1.9.tar.gz"},
			want: content("src/contrib/Archive/tool", "1.9", ".tar.gz"),
		},
		{
			name: "no index, a binary is gone", pkg: tool("1.9", binary), gone: []string{"cran/feed/bin/windows/contrib/4.4/tool_1.9.zip"},
			want: content("bin/windows/contrib/4.4", "1.9", ".zip"),
		},
		{
			name:  "binary",
			pkg:   tool("1.10", binary),
			pages: map[string]string{"cran/feed/bin/windows/contrib/4.4/PACKAGES": packages},
			want:  content("bin/windows/contrib/4.4", "1.10", ".zip"),
			sums:  sums,
		},
		{name: "R's spelling of the version", pkg: tool("1-10", nil), pages: source, want: content("src/contrib", "1.10", ".tar.gz"), sums: sums},
		{
			name:  "both spellings: the one that is asked for",
			pkg:   tool("1.0.1", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: tool\nVersion: 1.0.1\n\nPackage: tool\nVersion: 1.0-1\n"},
			want:  content("src/contrib", "1.0.1", ".tar.gz"),
		},
		{name: "not in the index at all", pkg: ecosystem.Package{Type: ecosystem.CRAN, Name: "gone", Version: "1.0"}, pages: source, want: Content{
			Ref: "cran/feed/src/contrib/Archive/gone/gone_1.0.tar.gz", FileName: "gone_1.0.tar.gz", Version: "1.0", Size: -1,
		}},
		{name: "no archive of binaries", pkg: tool("1.9", binary), pages: map[string]string{"cran/feed/bin/windows/contrib/4.4/PACKAGES": packages},
			want: content("bin/windows/contrib/4.4", "1.9", ".zip")},
		{
			name:  "a file and a folder of their own",
			pkg:   tool("latest", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "package: tool\nversion: 1.10\nfile:\ttool_R_1.10.tgz\nPATH: ./4.4.0/Recommended/\n"},
			want:  Content{Ref: "cran/feed/src/contrib/4.4.0/Recommended/tool_R_1.10.tgz", FileName: "tool_R_1.10.tgz", Version: "1.10", Size: -1},
		},
		{
			name:  "an older version that the index has in the archive",
			pkg:   tool("1.9", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES": packages + "\nPackage: tool\nVersion: 1.9\nPath: Archive/tool\nMD5sum: " + fill(2, 16) + "\n"},
			want:  content("src/contrib/Archive/tool", "1.9", ".tar.gz"),
			sums:  "md5:" + fill(2, 16) + " (cran PACKAGES)",
		},
		{
			name:  "a folder that leads out",
			pkg:   tool("latest", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: tool\nVersion: 1\nPath: ../../../x\n"},
			fails: "dot segment",
		},
		{
			name:  "a file that leads out",
			pkg:   tool("latest", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: tool\nVersion: 1\nFile: ../x\n"},
			fails: "dot segment",
		},
		{
			name:  "a file with signs that mean something in an address",
			pkg:   tool("latest", nil),
			pages: map[string]string{"cran/feed/src/contrib/PACKAGES": "Package: tool\nVersion: 1\nFile: a#b%2F?c.tgz\n"},
			want:  Content{Ref: "cran/feed/src/contrib/a%23b%252F%3Fc.tgz", FileName: "a#b%2F?c.tgz", Version: "1", Size: -1},
		},
		{name: "latest of nothing", pkg: tool("latest", nil), is: ErrNotFound},
	})
}

func FuzzCRAN(f *testing.F) {
	f.Add("Package: tool\nVersion: 1.0\nFile: x\nPath: y\n", "1.0")
	f.Add("PACKAGE:\ttool\nVersion: 1\nPath: ../x", "latest")
	f.Fuzz(func(t *testing.T, packages, version string) {
		hostile(t, ecosystem.Package{Type: ecosystem.CRAN, Name: "tool", Version: version}, map[string]string{"cran/feed/src/contrib/PACKAGES": packages})
	})
}
