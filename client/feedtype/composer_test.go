package feedtype

import (
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestComposer(t *testing.T) {
	t.Parallel()
	const root = `{"packages": [], "metadata-url": "/pg/composer/feed/p2/%package%.json"}`
	metadata := `{"packages": {"other/x": [{}], "acme/tool": [
	 {"name": "acme/tool", "version": "v2.0.0-beta1", "version_normalized": "2.0.0.0-beta1", "dist": {"type": "zip", "url": "b.zip", "shasum": "` + fill(1, 20) + `"}},
	 {"version": "v1.10.0", "version_normalized": "1.10.0.0"},
	 {"version": "v1.9.0", "version_normalized": "1.9.0.0", "dist": {"type": "tar", "url": "https://proget.example/a.tar", "shasum": ""}},
	 {"version": "v1.8.0", "dist": "__unset"}]}, "minified": "composer/2.0"}`
	pages := map[string]string{
		"composer/feed/packages.json": root, "composer/feed/p2/acme/tool.json": metadata,
		"composer/feed/p2/acme/tool~dev.json": `{"packages": {"acme/tool": [{"version": "dev-main", "dist": {"url": "m.zip"}},
			{"version": "dev-feature/x", "dist": {"url": "x.zip"}}]}}`,
	}
	tool := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Composer, Group: "Acme", Name: "Tool", Version: version}
	}
	content := func(version, ref, extension string) Content {
		return Content{
			Ref:      "https://proget.example/" + ref,
			FileName: "Acme-Tool-" + version + extension,
			Version:  version,
			Size:     -1,
		}
	}
	ungrouped := tool("1")
	ungrouped.Group = ""
	sums := "sha1:" + fill(1, 20) + " (composer metadata)"
	runLocate(t, []locateTest{
		{
			name:  "without its v",
			pkg:   tool("1.9.0"),
			pages: pages,
			want:  content("v1.9.0", "a.tar", ".tar"),
			asked: []string{"composer/feed/packages.json", "composer/feed/p2/acme/tool.json"},
		},
		{
			name:  "inherited archive",
			pkg:   tool("v1.10.0"),
			pages: pages,
			want:  content("v1.10.0", "pg/composer/feed/p2/acme/b.zip", ".zip"),
			sums:  sums,
		},
		{
			name:  "latest",
			pkg:   tool("latest"),
			pages: pages,
			want:  content("v2.0.0-beta1", "pg/composer/feed/p2/acme/b.zip", ".zip"),
			sums:  sums,
		},
		{
			name:  "latest stable",
			pkg:   tool("latest-stable"),
			pages: pages,
			want:  content("v1.10.0", "pg/composer/feed/p2/acme/b.zip", ".zip"),
			sums:  sums,
		},
		{
			name:  "branch",
			pkg:   tool("dev-main"),
			pages: pages,
			want:  content("dev-main", "pg/composer/feed/p2/acme/m.zip", ".zip"),
		},
		{
			name:  "branch in a folder",
			pkg:   tool("dev-feature/x"),
			pages: pages,
			want: Content{
				Ref: "https://proget.example/pg/composer/feed/p2/acme/x.zip", FileName: "Acme-Tool-dev-feature-x.zip", Version: "dev-feature/x", Size: -1,
			},
		},
		{
			name: "one version in two spellings",
			pkg:  tool("v3.0.0"),
			pages: map[string]string{"composer/feed/packages.json": root, "composer/feed/p2/acme/tool.json": `{"packages": {"acme/tool": [
				{"version": "v3.0.0", "version_normalized": "3.0.0.0", "dist": {"url": "v.zip"}},
				{"version": "3.0.0", "version_normalized": "3.0.0.0", "dist": {"url": "plain.zip"}}]}}`},
			want: content("v3.0.0", "pg/composer/feed/p2/acme/v.zip", ".zip"),
		},
		{name: "no archive", pkg: tool("v1.8.0"), pages: pages, fails: "no archive to download"},
		{name: "unknown", pkg: tool("7.0.0"), pages: pages, is: ErrNotFound},
		{
			name:  "Composer 1",
			pkg:   tool("7.0.0"),
			pages: map[string]string{"composer/feed/packages.json": `{"packages": {}}`},
			fails: "no metadata-url",
		},
		{name: "no vendor", pkg: ungrouped, fails: "vendor"},
	})
}
