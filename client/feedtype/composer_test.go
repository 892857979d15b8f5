package feedtype

import (
	"encoding/json"
	"strings"
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

// TestComposerPlaces has a package where servers other than Packagist have it.
func TestComposerPlaces(t *testing.T) {
	t.Parallel()
	const (
		root     = `{"packages": [], "metadata-url": "p2/%package%.json"}`
		packages = "composer/feed/packages.json"
		base     = "https://proget.example/pg/composer/feed/"
	)
	document := func(name, version, dist string) string {
		return `{"packages": {"` + name + `": [{"version": "` + version + `", "dist": ` + dist + `}]}}`
	}
	tool := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Composer, Group: "Acme", Name: "Tool", Version: version}
	}
	zip := func(version string) Content {
		return Content{Ref: base + "a.zip", FileName: "Acme-Tool-" + version + ".zip", Version: version, Size: -1}
	}
	const dist = `{"type": "zip", "url": "/pg/composer/feed/a.zip"}`
	tests := []locateTest{
		{
			name: "document named as it was typed", pkg: tool("1.0"),
			pages: map[string]string{packages: root, "composer/feed/p2/Acme/Tool.json": document("Acme/Tool", "1.0", dist)},
			want:  zip("1.0"), asked: []string{packages, base[26:] + "p2/acme/tool.json", base[26:] + "p2/Acme/Tool.json"},
		},
		{
			name: "branch among the versions", pkg: tool("dev-main"),
			pages: map[string]string{packages: root, "composer/feed/p2/acme/tool.json": document("acme/tool", "dev-main", dist)},
			want:  zip("dev-main"),
		},
		{
			name: "branch not in the document of branches", pkg: tool("1.x-dev"),
			pages: map[string]string{
				packages: root, "composer/feed/p2/acme/tool~dev.json": document("acme/tool", "2.x-dev", dist),
				"composer/feed/p2/acme/tool.json": document("acme/tool", "1.x-dev", dist),
			},
			want: zip("1.x-dev"),
		},
		{name: "in packages.json", pkg: tool("1.0"), pages: map[string]string{packages: `{"packages": {"acme/tool": {"1.0": {"dist": ` + dist + `}}}}`}, want: zip("1.0")},
		{
			name: "in packages.json beside documents", pkg: tool("1.0"),
			pages: map[string]string{packages: `{"metadata-url": "p2/%package%.json", "packages": {"acme/tool": {"1.0": {"dist": ` + dist + `}}}}`}, want: zip("1.0"),
		},
		{name: "not in packages.json", pkg: tool("2.0"), pages: map[string]string{packages: document("acme/tool", "1.0", dist)}, is: ErrNotFound, fails: "packages.json"},
		{name: "nowhere", pkg: tool("2.0"), pages: map[string]string{packages: root}, is: ErrNotFound, fails: "p2/acme/tool.json"},
		{
			name: "other version in every document", pkg: tool("dev-x"),
			pages: map[string]string{packages: root, "composer/feed/p2/acme/tool.json": document("acme/tool", "1.0", dist)}, is: ErrNotFound, fails: "was not found in",
		},
		{
			name: "template that leaves the server", pkg: tool("1.0"),
			pages: map[string]string{packages: `{"metadata-url": "ftp://x/%package%.json"}`}, fails: "is not an http or https URL",
		},
	}
	for dist, name := range map[string]string{
		`{"type": "tar", "url": "/pg/composer/feed/a.tar.gz"}`: ".tar.gz", `{"type": "TAR", "url": "/pg/composer/feed/a.tgz?x=1"}`: ".tgz",
		`{"type": "tar", "url": "/pg/composer/feed/a"}`: ".tar", `{"type": "ZIP", "url": "/pg/composer/feed/a"}`: ".zip",
		`{"url": "/pg/composer/feed/a.tar.gz"}`: ".zip", `{"type": "../x", "url": "/pg/composer/feed/a"}`: "",
	} {
		var d composerDist
		if err := json.Unmarshal([]byte(dist), &d); err != nil {
			t.Fatal(err)
		}
		ref, _, _ := strings.Cut(d.URL, "#")
		want := Content{Ref: "https://proget.example" + ref, FileName: "Acme-Tool-1.0" + name, Version: "1.0", Size: -1}
		if name == "" {
			want.FileName = "Tool-1.0.zip"
		}
		tests = append(tests, locateTest{
			name: dist, pkg: tool("1.0"), want: want,
			pages: map[string]string{packages: root, "composer/feed/p2/acme/tool.json": document("acme/tool", "1.0", dist)},
		})
	}
	runLocate(t, tests)
}
