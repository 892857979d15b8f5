package feedtype

import (
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestPub(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"pub/feed/api/packages/tool": `{"name": "tool", "latest": {"version": "9.9.9"}, "versions": [
		{"version": "1.9.0", "archive_url": "https://proget.example/pg/a.tar.gz", "archive_sha256": "` + fill(1, 32) + `", "pubspec": {}},
		{"version": "1.10.0", "archive_url": "b.tar.gz", "archive_sha256": null}, {"version": "2.0.0", "archive_url": "c", "retracted": true}]}`}
	tool := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Pub, Name: "tool", Version: version}
	}
	content := func(version, ref string) Content {
		return Content{
			Ref:      "https://proget.example/pg/" + ref,
			FileName: "tool-" + version + ".tar.gz",
			Version:  version,
			Size:     -1,
		}
	}
	runLocate(t, []locateTest{
		{
			name:  "named",
			pkg:   tool("1.9.0"),
			pages: pages,
			want:  content("1.9.0", "a.tar.gz"),
			sums:  "sha256:" + fill(1, 32) + " (pub index)",
		},
		{
			name:  "latest is not retracted",
			pkg:   tool("latest"),
			pages: pages,
			want:  content("1.10.0", "pub/feed/api/packages/b.tar.gz"),
		},
		{name: "retracted by number", pkg: tool("2.0.0"), pages: pages, want: content("2.0.0", "pub/feed/api/packages/c")},
		{name: "another package", pkg: tool("1.0.0"), pages: map[string]string{"pub/feed/api/packages/tool": `{"name": "tools", "versions": []}`},
			fails: `it is of the package "tools"`},
		{name: "unknown", pkg: tool("7.0.0"), pages: pages, is: ErrNotFound},
		{
			name:  "other shape",
			pkg:   tool("7.0.0"),
			pages: map[string]string{"pub/feed/api/packages/tool": `{"versions": {}}`},
			fails: `"versions" should be a list, is an object`,
		},
	})
}
