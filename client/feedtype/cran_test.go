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
			name:  "no index",
			pkg:   tool("1.9", nil),
			want:  content("src/contrib", "1.9", ".tar.gz"),
			asked: []string{"cran/feed/src/contrib/PACKAGES.gz", "cran/feed/src/contrib/PACKAGES"},
		},
		{
			name:  "binary",
			pkg:   tool("1.10", binary),
			pages: map[string]string{"cran/feed/bin/windows/contrib/4.4/PACKAGES": packages},
			want:  content("bin/windows/contrib/4.4", "1.10", ".zip"),
			sums:  sums,
		},
		{name: "latest of nothing", pkg: tool("latest", nil), is: ErrNotFound},
	})
}
