package feedtype

import (
	"archive/tar"
	"bytes"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestAlpine(t *testing.T) {
	t.Parallel()
	archive := func(name, body string) string {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		_ = w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(body))})
		_, _ = w.Write([]byte(body))
		_ = w.Flush() // like apk's segments: the archive has no end
		return b.String()
	}
	records := "C:Q1abc=\nP:tool\nV:1.9-r0\nA:x86_64\nS:7\n\nP:tool\nV:1.10-r1\nA:x86_64\n\nP:other\nV:9-r0\n"
	const index = "apk/feed/x86_64/APKINDEX.tar.gz"
	whole := map[string]string{index: gz(archive(".SIGN.RSA.x.pub", "sig")) + gz(archive("APKINDEX", records))}
	tool := func(version string) ecosystem.Package {
		return ecosystem.Package{
			Type:       ecosystem.Alpine,
			Name:       "tool",
			Version:    version,
			Qualifiers: map[string]string{"arch": "x86_64"},
		}
	}
	content := func(version string) Content {
		return Content{
			Ref:      "apk/feed/x86_64/tool-" + version + ".apk",
			FileName: "tool-" + version + ".apk",
			Version:  version,
			Size:     -1,
		}
	}
	runLocate(t, []locateTest{
		{name: "named", pkg: tool("1.0-r0"), want: content("1.0-r0"), asked: []string{}},
		{name: "latest", pkg: tool("latest"), pages: whole, want: content("1.10-r1")},
		{
			name:  "latest of nothing",
			pkg:   tool("latest"),
			pages: map[string]string{index: gz(archive("APKINDEX", ""))},
			is:    ErrNotFound,
		},
		{
			name:  "no index in the archive",
			pkg:   tool("latest"),
			pages: map[string]string{index: gz(archive("x", ""))},
			fails: "no file APKINDEX",
		},
		{name: "no archive", pkg: tool("latest"), pages: map[string]string{index: "<html>"}, fails: "it is cut off"},
		{name: "no arch", pkg: ecosystem.Package{Type: ecosystem.Alpine, Name: "tool", Version: "1"}, fails: `"arch=x86_64"`},
	})
}
