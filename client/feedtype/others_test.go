package feedtype

import (
	"archive/tar"
	"bytes"
	"net/http"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestHelm(t *testing.T) {
	t.Parallel()
	const index = "helm/feed/index.yaml"
	body := `apiVersion: v1
entries:
  acme:
  - {version: 1.9.0, urls: [https://proget.example/pg/helm/feed/acme-1.9.0.tgz], digest: "sha256:` + fill(1, 32) + `"}
  - version: v1.10.0+b
    digest: ` + fill(2, 32) + `
    urls:
    - charts/acme-1.10.0%2Bb.tgz
  - version: 2.0.0-rc.1
    urls: [charts/rc.tgz]
  - version: 3.0.0
    urls: []
  odd: text
generated: "2026-01-01T00:00:00Z"
`
	chart := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Helm, Name: "acme", Version: version}
	}
	grouped := chart("2.0.0-rc.1")
	grouped.Group = "in/side"
	runLocate(t, []locateTest{
		{
			name:  "absolute",
			pkg:   chart("1.9.0"),
			pages: map[string]string{index: body},
			asked: []string{index},
			want: Content{
				Ref:      "https://proget.example/pg/helm/feed/acme-1.9.0.tgz",
				FileName: "acme-1.9.0.tgz",
				Version:  "1.9.0",
				Size:     -1,
			},
			sums: "sha256:" + fill(1, 32) + " (helm index)",
		},
		{
			name:  "relative, latest stable",
			pkg:   chart("latest-stable"),
			pages: map[string]string{index: `{"entries": {"acme": [{"version": "1.0.0", "urls": ["a.tgz"]}, {"version": "1.1.0-b", "urls": ["b.tgz"]}]}}`},
			want: Content{
				Ref:      "https://proget.example/pg/helm/feed/a.tgz",
				FileName: "acme-1.0.0.tgz",
				Version:  "1.0.0",
				Size:     -1,
			},
		},
		{
			name:  "plus sign as the index has it",
			pkg:   chart("v1.10.0+b"),
			pages: map[string]string{index: body},
			want: Content{
				Ref:      "https://proget.example/pg/helm/feed/charts/acme-1.10.0%2Bb.tgz",
				FileName: "acme-v1.10.0+b.tgz",
				Version:  "v1.10.0+b",
				Size:     -1,
			},
			sums: "sha256:" + fill(2, 32) + " (helm index)",
		},
		{
			name:  "repository in a feed",
			pkg:   grouped,
			pages: map[string]string{"helm/feed/in/side/index.yaml": body},
			want: Content{
				Ref:      "https://proget.example/pg/helm/feed/in/side/charts/rc.tgz",
				FileName: "acme-2.0.0-rc.1.tgz",
				Version:  "2.0.0-rc.1",
				Size:     -1,
			},
		},
		{name: "no address", pkg: chart("3.0.0"), pages: map[string]string{index: body}, is: ErrNotFound},
		{name: "unknown", pkg: chart("7.0.0"), pages: map[string]string{index: body}, is: ErrNotFound},
		{name: "empty index", pkg: chart("7.0.0"), pages: map[string]string{index: ""}, is: ErrNotFound},
		{
			name:  "other shape",
			pkg:   chart("7.0.0"),
			pages: map[string]string{index: "entries: {acme: text}"},
			fails: "cannot unmarshal",
		},
		{
			name:  "aliases that grow",
			pkg:   chart("7.0.0"),
			fails: "yaml: ",
			pages: map[string]string{index: "entries:\n  a: &a [x,x,x,x,x,x,x,x,x]\n" +
				"  b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n  c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n  d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n  acme: [*d,*d,*d]\n"},
		},
	})
}

func TestGem(t *testing.T) {
	t.Parallel()
	info := map[string]string{"rubygems/feed/info/tool": "---\n1.0.0 |checksum:" + fill(1, 32) + ",ruby:>= 2\n" +
		"1.0.0-x86_64-linux rake:>= 1&< 2|ruby:>= 2,checksum:" + fill(2, 32) + "\n1.10.0.rc1 a:>= 0|checksum:" + fill(3, 32) + "\njunk\n"}
	gem := func(version, platform string) ecosystem.Package {
		p := ecosystem.Package{Type: ecosystem.Gem, Name: "tool", Version: version}
		if platform != "" {
			p.Qualifiers = map[string]string{"platform": platform}
		}
		return p
	}
	content := func(version, file string) Content {
		return Content{Ref: "rubygems/feed/gems/" + file, FileName: file, Version: version, Size: -1}
	}
	runLocate(t, []locateTest{
		{
			name:  "ruby",
			pkg:   gem("1.0.0", "ruby"),
			pages: info,
			want:  content("1.0.0", "tool-1.0.0.gem"),
			sums:  "sha256:" + fill(1, 32) + " (gem index)",
		},
		{
			name:  "platform",
			pkg:   gem("1.0.0", "x86_64-linux"),
			pages: info,
			want:  content("1.0.0", "tool-1.0.0-x86_64-linux.gem"),
			sums:  "sha256:" + fill(2, 32) + " (gem index)",
		},
		{
			name:  "latest",
			pkg:   gem("latest", ""),
			pages: info,
			want:  content("1.10.0.rc1", "tool-1.10.0.rc1.gem"),
			sums:  "sha256:" + fill(3, 32) + " (gem index)",
		},
		{
			name:  "latest stable",
			pkg:   gem("latest-stable", ""),
			pages: info,
			want:  content("1.0.0", "tool-1.0.0.gem"),
			sums:  "sha256:" + fill(1, 32) + " (gem index)",
		},
		{name: "not in the index", pkg: gem("2.0.0", ""), pages: info, want: content("2.0.0", "tool-2.0.0.gem")},
		{name: "no index", pkg: gem("2.0.0", ""), want: content("2.0.0", "tool-2.0.0.gem")},
		{name: "latest without an index", pkg: gem("latest", ""), is: ErrNotFound},
	})
}

func TestCargo(t *testing.T) {
	t.Parallel()
	crates := `{"name":"Tool-X","vers":"1.9.0","cksum":"` + fill(1, 32) + `","yanked":false,"features":{}}
{"name":"Tool-X","vers":"1.10.0","cksum":"` + fill(2, 32) + `","yanked":false}
{"name":"Tool-X","vers":"2.0.0","cksum":"` + fill(3, 32) + `","yanked":true}`
	pages := func(dl string) map[string]string {
		return map[string]string{
			"cargo/feed/to/ol/tool-x": crates,
			"cargo/feed/config.json":  `{"dl": "` + dl + `", "api": null}`,
		}
	}
	tool := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Cargo, Name: "Tool-X", Version: version}
	}
	content := func(version, path string) Content {
		return Content{
			Ref:      "https://proget.example/" + path,
			FileName: "Tool-X-" + version + ".crate",
			Version:  version,
			Size:     -1,
		}
	}
	sums := func(b byte) string { return "sha256:" + fill(b, 32) + " (cargo index)" }
	runLocate(t, []locateTest{
		{
			name:  "without markers",
			pkg:   tool("1.9.0"),
			pages: pages("https://proget.example/dl/"),
			want:  content("1.9.0", "dl/Tool-X/1.9.0/download"),
			sums:  sums(1),
		},
		{
			name:  "markers",
			pkg:   tool("latest"),
			pages: pages("/{prefix}/{lowerprefix}/{crate}-{version}-{sha256-checksum}.crate"),
			want:  content("1.10.0", "To/ol/to/ol/Tool-X-1.10.0-"+fill(2, 32)+".crate"),
			sums:  sums(2),
		},
		{
			name:  "yanked by number",
			pkg:   tool("2.0.0"),
			pages: pages("/dl"),
			want:  content("2.0.0", "dl/Tool-X/2.0.0/download"),
			sums:  sums(3),
		},
		{
			name:  "unknown version",
			pkg:   tool("7.0.0"),
			pages: pages("/dl"),
			is:    ErrNotFound,
			asked: []string{"cargo/feed/to/ol/tool-x"},
		},
		{name: "unknown crate", pkg: tool("7.0.0"), is: ErrNotFound},
		{name: "no template", pkg: tool("1.9.0"), pages: pages(""), fails: "link to the content is empty"},
		{
			name:  "cut line",
			pkg:   tool("1.9.0"),
			pages: map[string]string{"cargo/feed/to/ol/tool-x": crates[:40]},
			fails: "unexpected EOF",
		},
	})
}

func TestCratePrefix(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"a": "1", "ab": "2", "abc": "3/a", "abcd": "ab/cd", "abcde": "ab/cd"} {
		if got := cratePrefix(name); got != want {
			t.Errorf("cratePrefix(%q) = %q, want %q", name, got, want)
		}
	}
}

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
		{name: "no archive", pkg: tool("latest"), pages: map[string]string{index: "<html>"}, fails: "EOF"},
		{name: "no arch", pkg: ecosystem.Package{Type: ecosystem.Alpine, Name: "tool", Version: "1"}, fails: `"arch=x86_64"`},
	})
}

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
		{name: "unknown", pkg: tool("7.0.0"), pages: pages, is: ErrNotFound},
		{
			name:  "other shape",
			pkg:   tool("7.0.0"),
			pages: map[string]string{"pub/feed/api/packages/tool": `{"versions": {}}`},
			fails: `expected "["`,
		},
	})
}

func TestVSIX(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"vsix/feed": `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>
		<entry><id>acme.tool</id><content type="application/octet-stream" src="http://proget.example/pg/vsix/feed/1.9"/>
		<Vsix xmlns="http://schemas.microsoft.com/developer/vsx-syndication-schema/2010"><Id>Acme.Tool</Id><Version>1.9.0</Version></Vsix></entry>
		<entry><id>acme.tool</id><content src="new"/><Vsix><Version>1.10.0</Version></Vsix></entry>
		<entry><id>other</id><content src="x"/><Vsix><Id>Other</Id><Version>9</Version></Vsix></entry></feed>`}
	tool := func(group, name, version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.VSIX, Group: group, Name: name, Version: version}
	}
	runLocate(t, []locateTest{
		{
			name:  "named",
			pkg:   tool("", "Acme.Tool", "1.9.0"),
			pages: pages,
			asked: []string{"vsix/feed"},
			want: Content{
				Ref:      "https://proget.example/pg/vsix/feed/1.9",
				FileName: "Acme.Tool-1.9.0.vsix",
				Version:  "1.9.0",
				Size:     -1,
			},
		},
		{
			name:  "latest, publisher as group",
			pkg:   tool("acme", "tool", "latest"),
			pages: pages,
			want:  Content{Ref: "https://proget.example/pg/vsix/new", FileName: "tool-1.10.0.vsix", Version: "1.10.0", Size: -1},
		},
		{name: "unknown", pkg: tool("", "Acme.Tool", "7"), pages: pages, is: ErrNotFound},
		{name: "no feed", pkg: tool("", "Acme.Tool", "7"), is: ErrNotFound},
	})
}

func TestTerraform(t *testing.T) {
	t.Parallel()
	const discovery = `{"modules.v1": "/pg/v1/modules/", "providers.v1": {"a": 1}}`
	module := func(group, name, version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Terraform, Group: group, Name: name, Version: version}
	}
	download := func(version, body string) map[string]string {
		return map[string]string{
			".well-known/terraform.json":                             discovery,
			"v1/modules/feed__acme/vpc/aws/" + version + "/download": body,
			"v1/modules/feed__acme/vpc/aws/versions":                 `{"modules": [{"versions": [{"version": "1.9.0"}, {"version": "1.10.0"}]}]}`,
		}
	}
	content := func(version, ref, extension string) Content {
		return Content{
			Ref:      "https://proget.example/" + ref,
			FileName: "acme-vpc-aws-" + version + extension,
			Version:  version,
			Size:     -1,
		}
	}
	runLocate(t, []locateTest{
		{
			name:  "JSON answer",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", `{"location": "/f/x?archive=tar.gz&k=a%2Bb"}`),
			want:  content("1.0.0", "f/x?k=a%2Bb", ".tar.gz"),
		},
		{
			name:  "latest, provider as a segment",
			pkg:   module("acme/vpc", "aws", "latest"),
			pages: download("1.10.0", `{"location": "f.tgz//modules/a"}`),
			want:  content("1.10.0", "pg/v1/modules/feed__acme/vpc/aws/1.10.0/f.tgz", ".tgz"),
		},
		{
			name:  "checksum",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", `{"location": "/f?checksum=md5:`+fill(1, 16)+`"}`),
			want:  content("1.0.0", "f", ".zip"),
			sums:  "md5:" + fill(1, 16) + " (terraform registry)",
		},
		{
			name:  "repository",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", `{"location": "git::https://h/x.git"}`),
			fails: "not an archive but a repository",
		},
		{
			name:  "no location",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: download("1.0.0", ``),
			fails: "names no archive",
		},
		{
			name:  "no modules",
			pkg:   module("acme", "vpc.aws", "1.0.0"),
			pages: map[string]string{".well-known/terraform.json": `{}`},
			fails: "no modules.v1",
		},
		{name: "no discovery", pkg: module("acme", "vpc.aws", "1.0.0"), is: ErrNotFound},
		{name: "no provider", pkg: module("acme", "vpc", "1.0.0"), fails: "MODULE.PROVIDER"},
		{name: "no namespace", pkg: module("", "vpc.aws", "1.0.0"), fails: "namespace as the group"},
	})
}

func TestTerraformHeader(t *testing.T) {
	t.Parallel()
	index := serve(map[string]string{".well-known/terraform.json": `{"modules.v1": "/pg/m"}`})
	index.pages["m/feed__acme/vpc/aws/1.0.0/download"] = page{header: http.Header{"X-Terraform-Get": {"../../x.zip?sig=b&a=1"}}}
	kind, err := For(ecosystem.Terraform)
	if err != nil {
		t.Fatal(err)
	}
	got, err := kind.Locate(t.Context(), index, "feed", ecosystem.Package{
		Type:    ecosystem.Terraform,
		Group:   "acme",
		Name:    "vpc.aws",
		Version: "1.0.0",
	})
	if err != nil || got.Ref != "https://proget.example/pg/m/feed__acme/vpc/x.zip?sig=b&a=1" {
		t.Errorf("%+v, %v", got, err)
	}
}
