package feedtype

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

const nugetIndex = `{"version": "3.0.0", "resources": [
  {"@id": "https://proget.example/pg/nuget/feed/v3/search", "@type": "SearchQueryService"},
  {"@id": "https://proget.example/pg/nuget/feed/v3/flat2", "@type": ["Other/1.0.0", "PackageBaseAddress/3.0.0"]},
  {"@id": "https://proget.example/pg/nuget/feed/second", "@type": "PackageBaseAddress/3.0.0"}]}`

// 64 bytes of 0x07 in base64, and as hex in the rows' answers.
var nugetHash = strings.Repeat("BwcH", 21) + "Bw=="

func nugetEntry(version, src, hash string) string {
	return `<entry xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
	  xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
	  <id>x</id><title type="text">Acme.Tool</title><content type="application/zip" src="` + src + `"/>
	  <m:properties><d:Version>` + version + `</d:Version><d:PackageHash>` + hash + `</d:PackageHash>
	  <d:PackageHashAlgorithm>SHA512</d:PackageHashAlgorithm>
	  <d:PackageSize m:type="Edm.Int64">1234</d:PackageSize></m:properties></entry>`
}

func acme(t ecosystem.Type, version string) ecosystem.Package {
	return ecosystem.Package{Type: t, Name: "Acme.Tool", Version: version}
}

func TestNuGetV3(t *testing.T) {
	t.Parallel()
	entry := "nuget/feed/Packages(Id=%27Acme.Tool%27,Version=%271.2.0%27)"
	content := func(version string, size int64) Content {
		return Content{
			Ref:      "https://proget.example/pg/nuget/feed/v3/flat2/acme.tool/" + version + "/acme.tool." + version + ".nupkg",
			FileName: "Acme.Tool." + version + ".nupkg", Version: version, Size: size,
		}
	}
	runLocate(t, []locateTest{
		{
			name: "checksum from the v2 entry",
			pkg:  acme(ecosystem.NuGet, "1.2.0"),
			pages: map[string]string{
				"nuget/feed/v3/index.json": nugetIndex,
				entry:                      nugetEntry("1.2.0", "https://elsewhere.example/x", nugetHash),
			},
			asked: []string{"nuget/feed/v3/index.json", entry},
			want:  content("1.2.0", 1234),
			sums:  "sha512:" + fill(7, 64) + " (nuget v2 entry)",
		},
		{
			name:  "without v2",
			pkg:   acme(ecosystem.NuGet, "1.2.0"),
			pages: map[string]string{"nuget/feed/v3/index.json": nugetIndex},
			want:  content("1.2.0", -1),
		},
		{
			name: "latest",
			pkg:  acme(ecosystem.NuGet, "latest"),
			pages: map[string]string{
				"nuget/feed/v3/index.json":                 nugetIndex,
				"nuget/feed/v3/flat2/acme.tool/index.json": `{"versions": ["1.2.0", "1.10.0", "1.9.0"]}`,
			},
			want: content("1.10.0", -1),
		},
		{
			name: "latest stable",
			pkg:  acme(ecosystem.NuGet, "latest-stable"),
			pages: map[string]string{
				"nuget/feed/v3/index.json":                 nugetIndex,
				"nuget/feed/v3/flat2/acme.tool/index.json": `{"x": [1, {}], "versions": ["1.2.0", "2.0.0-beta"]}`,
			},
			want: content("1.2.0", -1),
		},
		{
			name: "latest of nothing",
			pkg:  acme(ecosystem.NuGet, "latest-stable"),
			pages: map[string]string{
				"nuget/feed/v3/index.json":                 nugetIndex,
				"nuget/feed/v3/flat2/acme.tool/index.json": `{"versions": ["2.0.0-beta"]}`,
			},
			is:    ErrNotFound,
			fails: `"latest-stable" of "Acme.Tool"`,
		},
		{
			name:  "latest of an unknown package",
			pkg:   acme(ecosystem.NuGet, "latest"),
			pages: map[string]string{"nuget/feed/v3/index.json": nugetIndex},
			is:    ErrNotFound,
		},
		{
			name:  "cut index",
			pkg:   acme(ecosystem.NuGet, "1.2.0"),
			pages: map[string]string{"nuget/feed/v3/index.json": nugetIndex[:200]},
			fails: "nuget index https://proget.example/pg/nuget/feed/v3/index.json",
		},
		{
			name:  "sign-in page as index",
			pkg:   acme(ecosystem.NuGet, "1.2.0"),
			pages: map[string]string{"nuget/feed/v3/index.json": "<html>"},
			fails: "it is not valid JSON near byte 1",
		},
		{
			name:  "resource that is not http",
			pkg:   acme(ecosystem.NuGet, "1.2.0"),
			pages: map[string]string{"nuget/feed/v3/index.json": `{"resources": [{"@id": "file:///etc/", "@type": "PackageBaseAddress/3.0.0"}]}`},
			fails: "not an http",
		},
	})
}

func TestNuGetV3LowersAndNormalizes(t *testing.T) {
	t.Parallel()
	got := flatRef("https://h/f/", "Acme.Tool", "1.0.0-BETA")
	if want := "https://h/f/acme.tool/1.0.0-beta/acme.tool.1.0.0-beta.nupkg"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestNuGetV2(t *testing.T) {
	t.Parallel()
	entry := "nuget/feed/Packages(Id=%27Acme.Tool%27,Version=%271.2%27)"
	const normal = "nuget/feed/Packages(Id=%27Acme.Tool%27,Version=%271.2.0%27)"
	const all = "nuget/feed/FindPackagesById()?id=%27Acme.Tool%27&semVerLevel=2.0.0"
	direct := Content{
		Ref:      "nuget/feed/package/Acme.Tool/1.2",
		FileName: "Acme.Tool.1.2.nupkg",
		Version:  "1.2",
		Size:     -1,
		Note:     stripNote,
	}
	published := direct
	published.Ref, published.Size = "https://proget.example/pg/nuget/feed/package/Acme.Tool/1.2.0", 1234
	published.FileName, published.Version = "Acme.Tool.1.2.0.nupkg", "1.2.0"
	sums := "sha512:" + fill(7, 64) + " (nuget v2 entry)"
	doubtful := direct
	doubtful.Ref, doubtful.FileName, doubtful.Version = "nuget/feed/package/Acme.Tool/1.2.0", "Acme.Tool.1.2.0.nupkg", "1.2.0"
	doubtful.Size, doubtful.Ignored = 1234, []string{`nuget v2 entry: "BwcH" is not a valid sha512 checksum`}
	latest := Content{
		Ref:      "nuget/feed/package/Acme.Tool/3.0-rc",
		FileName: "Acme.Tool.3.0-rc.nupkg",
		Version:  "3.0-rc",
		Size:     1234,
	}
	latestRef := "nuget/feed/Packages()?$filter=Id%20eq%20%27Acme.Tool%27%20and%20IsAbsoluteLatestVersion&$top=1"
	stableRef := "nuget/feed/Packages()?$filter=Id%20eq%20%27Acme.Tool%27%20and%20IsLatestVersion&$top=1"
	other := "feeds/feed/Packages(Id=%27Acme.Tool%27,Version=%271.2%27)"
	chocolatey := published
	chocolatey.Ref, chocolatey.FileName, chocolatey.Version = "feeds/feed/package/Acme.Tool/1.2", "Acme.Tool.1.2.nupkg", "1.2"
	runLocate(t, []locateTest{
		{
			name:  "no v3, no entry",
			pkg:   acme(ecosystem.NuGet, "1.2"),
			want:  direct,
			asked: []string{"nuget/feed/v3/index.json", entry, normal, all},
		},
		{
			name:  "v3 without content",
			pkg:   acme(ecosystem.NuGet, "1.2"),
			pages: map[string]string{"nuget/feed/v3/index.json": `{"resources": []}`},
			want:  direct,
		},
		{name: "powershell never asks v3", pkg: acme(ecosystem.PowerShell, "1.2"), want: direct, asked: []string{entry, normal, all}},
		{
			name:  "entry with an http link to its own host",
			pkg:   acme(ecosystem.PowerShell, "1.2"),
			pages: map[string]string{entry: nugetEntry("1.2.0", "http://proget.example/pg/nuget/feed/package/Acme.Tool/1.2.0", nugetHash)},
			want:  published,
			sums:  sums,
		},
		{
			name:  "latest",
			pkg:   acme(ecosystem.PowerShell, "latest"),
			pages: map[string]string{latestRef: `<feed xmlns="http://www.w3.org/2005/Atom">` + nugetEntry("3.0-rc", "", nugetHash) + nugetEntry("1", "", "") + `</feed>`},
			want:  latest,
			sums:  sums,
		},
		{
			name:  "latest stable of nothing",
			pkg:   acme(ecosystem.PowerShell, "latest-stable"),
			pages: map[string]string{stableRef: `<feed xmlns="http://www.w3.org/2005/Atom"></feed>`},
			is:    ErrNotFound,
			asked: []string{stableRef, all},
		},
		{
			name:  "hash of the wrong length",
			pkg:   acme(ecosystem.PowerShell, "1.2"),
			pages: map[string]string{entry: nugetEntry("1.2.0", "", "BwcH")},
			want:  doubtful,
		},
		{
			name:  "entities",
			pkg:   acme(ecosystem.PowerShell, "1.2"),
			pages: map[string]string{entry: `<!DOCTYPE x [<!ENTITY a "b">]><entry>&a;</entry>`},
			fails: "it is not valid XML in line 1",
		},
		{
			name:  "chocolatey at the usual address",
			pkg:   acme(ecosystem.Chocolatey, "1.2"),
			pages: map[string]string{entry: nugetEntry("1.2.0", "http://proget.example/pg/nuget/feed/package/Acme.Tool/1.2.0", nugetHash)},
			want:  published,
			sums:  sums,
			asked: []string{entry},
		},
		{
			name:  "chocolatey at the other address",
			pkg:   acme(ecosystem.Chocolatey, "1.2"),
			pages: map[string]string{other: nugetEntry("1.2", "", nugetHash)},
			want:  chocolatey,
			sums:  sums,
		},
		{name: "chocolatey without an entry", pkg: acme(ecosystem.Chocolatey, "1.2"), want: direct},
		{name: "chocolatey latest of nothing", pkg: acme(ecosystem.Chocolatey, "latest"), is: ErrNotFound},
	})
}

func TestNuGetHTMLIsNoEntry(t *testing.T) {
	t.Parallel()
	index := serve(nil)
	index.pages["nuget/feed/Packages(Id=%27Acme.Tool%27,Version=%271.2%27)"] = page{
		body:        "<html><br>",
		contentType: "Text/HTML; charset=utf-8",
	}
	kind, err := For(ecosystem.PowerShell)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kind.Locate(t.Context(), index, "feed", acme(ecosystem.PowerShell, "1.2")); err != nil {
		t.Error(err)
	}
}

func TestLatestQueryQuotes(t *testing.T) {
	t.Parallel()
	if got := latestQuery("a'b", Latest); got != "Packages()?$filter=Id%20eq%20%27a%27%27b%27%20and%20IsAbsoluteLatestVersion&$top=1" {
		t.Error(got)
	}
	index := serve(nil)
	_, _ = nugetQuery{query{Index: index, pkg: ecosystem.Package{Name: "O'Neil"}}}.entryV2(t.Context(), "f", "1.0+b")
	if want := "f/Packages(Id=%27O%27%27Neil%27,Version=%271.0%2Bb%27)"; len(index.asked) != 1 || index.asked[0] != want {
		t.Errorf("%q, want %s", index.asked, want)
	}
}

func FuzzNuGet(f *testing.F) {
	f.Add(nugetListedIndex, nugetEntry("1", "/x", nugetHash), `{"versions": ["1"]}`, `{"items": [{"items": [{"catalogEntry": {"version": "1"}}]}, {"@id": "x"}]}`,
		`[{"name": "Acme.Tool", "version": "1", "listed": false}]`)
	f.Add(nugetListedIndex, `<feed><link rel="next" href="?"/></feed>`, `{"versions": ["1.0"]}`, `{"items": [{"@id": "/", "upper": "2"}]}`, "{}")
	f.Fuzz(func(t *testing.T, index, entry, versions, registration, held string) {
		for _, version := range []string{"1", "latest", "latest-stable"} {
			for _, typ := range []ecosystem.Type{ecosystem.NuGet, ecosystem.Chocolatey} {
				hostile(t, acme(typ, version), map[string]string{
					"nuget/feed/v3/index.json":                                           index,
					"nuget/feed/v3/flat2/acme.tool/index.json":                           versions,
					"nuget/feed/v3/registration/acme.tool/index.json":                    registration,
					"nuget/feed/v3/registration/acme.tool/x":                             registration,
					"api/packages/feed/versions?name=Acme.Tool":                          held,
					"nuget/feed/Packages(Id=%27Acme.Tool%27,Version=%271%27)":            entry,
					"nuget/feed/" + latestQuery("Acme.Tool", version):                    entry,
					"nuget/feed/FindPackagesById()?id=%27Acme.Tool%27&semVerLevel=2.0.0": entry,
				})
			}
		}
	})
}
