package feedtype

import (
	"fmt"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

const (
	nugetIndexRef     = "nuget/feed/v3/index.json"
	nugetFlatRef      = "nuget/feed/v3/flat2/acme.tool/index.json"
	nugetRegistration = "nuget/feed/v3/registration/acme.tool/index.json"
	nugetHeldRef      = "api/packages/feed/versions?name=Acme.Tool"
	nugetAllRef       = "nuget/feed/FindPackagesById()?id=%27Acme.Tool%27&semVerLevel=2.0.0"
)

const nugetListedIndex = `{"resources": [
  {"@id": "https://proget.example/pg/nuget/feed/v3/flat2/", "@type": "PackageBaseAddress/3.0.0"},
  {"@id": "https://proget.example/pg/nuget/feed/old", "@type": "RegistrationsBaseUrl"},
  {"@id": "https://proget.example/pg/nuget/feed/v3/registration", "@type": "RegistrationsBaseUrl/3.6.0"},
  {"@id": "https://proget.example/pg/nuget/feed/older", "@type": "RegistrationsBaseUrl/3.4.0"}]}`

// leaf is one version in a registration.
func leaf(id, version, more string) string {
	return fmt.Sprintf(`{"catalogEntry": {"id": %q, "version": %q%s}}`, id, version, more)
}

// inlinePage is a registration of one page.
func inlinePage(leaves ...string) string {
	return `{"count": 1, "items": [{"@id": "x", "items": [` + strings.Join(leaves, ",") + `]}]}`
}

// v2Entry is an entry of a v2 feed with further properties.
func v2Entry(id, version string, more ...string) string {
	return `<entry><id>https://h/Packages(Id='` + id + `',Version='` + version + `')</id><content src="/pg/` + version + `"/><properties><Version>` + version +
		`</Version>` + strings.Join(more, "") + `</properties></entry>`
}

func v2Feed(entries ...string) string { return "<feed>" + strings.Join(entries, "") + "</feed>" }

// TestNuGetListed: the latest version is the newest that is listed, whichever document says it; one
// that is named is found although it is unlisted.
func TestNuGetListed(t *testing.T) {
	t.Parallel()
	const flat = `{"versions": ["1.0.0", "1.5.0-rc", "2.0.0", "2.1.0-beta"]}`
	const no, yes = `, "listed": false`, `, "listed": true`
	index := nugetListedIndex
	bare := `{"resources": [{"@id": "/pg/nuget/feed/v3/flat2/", "@type": "PackageBaseAddress/3.0.0"}]}`
	for _, test := range []struct {
		name           string
		pages          map[string]string
		latest, stable string // "" for none
	}{
		{"no document says it", map[string]string{nugetIndexRef: bare, nugetFlatRef: flat}, "2.1.0-beta", "2.0.0"},
		{"registration", map[string]string{nugetIndexRef: index, nugetFlatRef: flat, nugetRegistration: inlinePage(
			leaf("Acme.Tool", "1.0.0", yes), leaf("Acme.Tool", "2.0.0", no), leaf("Acme.Tool", "2.1.0-beta", no), leaf("Acme.Tool", "1.5.0-rc", ""))}, "1.5.0-rc", "1.0.0"},
		{"date of 1900", map[string]string{nugetIndexRef: index, nugetFlatRef: flat, nugetRegistration: inlinePage(
			leaf("", "1.0.0", `, "published": "2020-01-01T00:00:00Z"`), leaf("", "2.0.0", `, "published": "1900-01-01T00:00:00+00:00"`))}, "1.0.0", "1.0.0"},
		{"another package in the registration", map[string]string{nugetIndexRef: index, nugetFlatRef: flat, nugetRegistration: inlinePage(
			leaf("acme.tool", "1.0.0", yes), leaf("Acme.Tools", "3.0.0", yes))}, "1.0.0", "1.0.0"},
		{"odd leaves", map[string]string{nugetIndexRef: index, nugetFlatRef: flat, nugetRegistration: inlinePage(
			`{"catalogEntry": "https://h/x"}`, `7`, `null`, leaf("Acme.Tool", "1.0.0", `, "listed": "true"`), leaf("Acme.Tool", "2.0.0", `, "listed": "false"`))}, "1.0.0", "1.0.0"},
		{"all are unlisted", map[string]string{nugetIndexRef: index, nugetFlatRef: flat, nugetRegistration: inlinePage(leaf("Acme.Tool", "1.0.0", no))}, "", ""},
		{"pages of their own", map[string]string{nugetIndexRef: index, nugetFlatRef: flat,
			nugetRegistration: `{"items": [{"@id": "one.json", "upper": "1.0.0"}, {"@id": "two.json", "upper": "2.1.0-beta"}]}`,
			"nuget/feed/v3/registration/acme.tool/two.json": `{"items": [` + leaf("Acme.Tool", "2.0.0", no) + `,` + leaf("Acme.Tool", "2.1.0-beta", yes) + `]}`,
			"nuget/feed/v3/registration/acme.tool/one.json": `{"items": [` + leaf("Acme.Tool", "1.0.0", yes) + `]}`}, "2.1.0-beta", "1.0.0"},
		{"registration that does not exist, ProGet's list", map[string]string{nugetIndexRef: index, nugetFlatRef: flat,
			nugetHeldRef: `[{"name": "Acme.Tool", "version": "2.0.0", "listed": false}, {"name": "acme.tool", "version": "2.1-beta", "listed": false}, {"name": "Other", "version": "1.0.0", "listed": false}]`}, "1.5.0-rc", "1.0.0"},
		{"registration that does not tell, ProGet's list", map[string]string{nugetIndexRef: index, nugetRegistration: inlinePage(leaf("", "1.0.0", ""), leaf("", "2.0.0", "")),
			nugetHeldRef: `[{"name": "Acme.Tool", "version": "2.0.0", "listed": false}]`}, "1.0.0", "1.0.0"},
		{"no registration, v2", map[string]string{nugetIndexRef: bare, nugetFlatRef: flat,
			nugetHeldRef: `[]`,
			nugetAllRef:  v2Feed(v2Entry("Acme.Tool", "2.0.0", "<Listed>false</Listed>"), v2Entry("Acme.Tool", "2.1.0-beta", "<Published>1900-01-01T00:00:00</Published>"), v2Entry("Other", "1.0.0", "<Listed>false</Listed>"))}, "1.5.0-rc", "1.0.0"},
		{"an empty object from ProGet", map[string]string{nugetIndexRef: bare, nugetFlatRef: flat, nugetHeldRef: `{}`}, "2.1.0-beta", "2.0.0"},
		{"a page from ProGet", map[string]string{nugetIndexRef: bare, nugetFlatRef: flat, nugetHeldRef: `<html>`}, "2.1.0-beta", "2.0.0"},
	} {
		for word, want := range map[string]string{Latest: test.latest, LatestStable: test.stable} {
			t.Run(test.name+" "+word, func(t *testing.T) {
				t.Parallel()
				row := locateTest{pkg: acme(ecosystem.NuGet, word), pages: test.pages, is: ErrNotFound}
				if want != "" {
					row.is = nil
					row.want = Content{
						Ref:      "https://proget.example/pg/nuget/feed/v3/flat2/acme.tool/" + want + "/acme.tool." + want + ".nupkg",
						FileName: "Acme.Tool." + want + ".nupkg", Version: want, Size: -1,
					}
				}
				runLocate(t, []locateTest{row})
			})
		}
	}
}

// TestNuGetRegistrationPages: a page that has nothing newer is not asked for.
func TestNuGetRegistrationPages(t *testing.T) {
	t.Parallel()
	index := serve(map[string]string{
		nugetIndexRef:     nugetListedIndex,
		nugetRegistration: `{"items": [{"@id": "one.json", "upper": "1.9.0"}, {"@id": "two.json", "upper": "2.0.0"}]}`,
		"nuget/feed/v3/registration/acme.tool/two.json": `{"items": [` + leaf("Acme.Tool", "2.0.0", `, "listed": true`) + `]}`,
	})
	if _, err := (Protocol{ecosystem.NuGet, locateNuGet}).Locate(t.Context(), index, "feed", acme(ecosystem.NuGet, Latest)); err != nil {
		t.Error(err)
	}
	if asked := strings.Join(index.asked, " "); strings.Contains(asked, "one.json") || !strings.Contains(asked, "two.json") {
		t.Error(asked)
	}
}

// TestNuGetSpelling: what the list has is asked for, and reported: as it was typed, else in its
// normal form, else as it is listed. No other version is ever taken.
func TestNuGetSpelling(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ asked, listed, flat, version string }{
		{"1.6", `"1.6"`, "1.6", "1.6"},
		{"1.6", `"1.6.0"`, "1.6.0", "1.6.0"},
		{"1.6", `"1.6.0", "1.6"`, "1.6", "1.6"},
		{"1.6.0", `"1.6"`, "1.6", "1.6"},
		{"1.6.0.0", `"1.6", "1.6.0"`, "1.6.0", "1.6.0"},
		{"5.1.0.0", `"5.1.0.0"`, "5.1.0.0", "5.1.0.0"},
		{"5.1.0", `"5.1.0.0"`, "5.1.0.0", "5.1.0.0"},
		{"1.0.0", `"1.0.0+build"`, "1.0.0%2Bbuild", "1.0.0+build"},
		{"1.0.0+build", `"1.0.0"`, "1.0.0", "1.0.0"},
		{"1.0.0+build", `"1.0.0+build", "1.0.0"`, "1.0.0%2Bbuild", "1.0.0+build"},
		{"01.2.3", `"1.2.3"`, "1.2.3", "1.2.3"},
		{"1.0.0-RC1", `"1.0.0-rc1"`, "1.0.0-rc1", "1.0.0-RC1"},
		{"1.0.0-RC1", `7, null, {}, "1.0.0-Rc1"`, "1.0.0-rc1", "1.0.0-RC1"},
		{"1.0", `"1.0.1", "1.0.0-rc", "11.0"`, "1.0.0", "1.0"}, // in no list: the protocol's form
		{"1.0", ``, "1.0.0", "1.0"},
		{"1.0", `"1.0/../x", "../1.0"`, "1.0.0", "1.0"},
	} {
		index := serve(map[string]string{nugetIndexRef: nugetListedIndex, nugetFlatRef: `{"versions": [` + test.listed + `]}`})
		got, err := Protocol{ecosystem.NuGet, locateNuGet}.Locate(t.Context(), index, "feed", acme(ecosystem.NuGet, test.asked))
		file := strings.ReplaceAll("acme.tool."+test.flat+".nupkg", "%2B", "+")
		want := "https://proget.example/pg/nuget/feed/v3/flat2/acme.tool/" + test.flat + "/" + strings.ReplaceAll(file, "+", "%2B")
		if err != nil || got.Ref != want || got.Version != test.version {
			t.Errorf("%s of %s: %s, version %s, %v; want %s", test.asked, test.listed, got.Ref, got.Version, err, want)
		}
	}
}

// TestNuGetSpellingOfV2: the entry has the feed's spelling of a version; no list is needed if that
// is the normal form.
func TestNuGetSpellingOfV2(t *testing.T) {
	t.Parallel()
	entry := func(version string) string {
		return "nuget/feed/Packages(Id=%27Acme.Tool%27,Version=%27" + version + "%27)"
	}
	flat := func(text, version string) Content {
		return Content{
			Ref:      "https://proget.example/pg/nuget/feed/v3/flat2/acme.tool/" + text + "/acme.tool." + text + ".nupkg",
			FileName: "Acme.Tool." + version + ".nupkg", Version: version, Size: -1,
		}
	}
	v2 := func(version string) Content {
		return Content{Ref: "https://proget.example/pg/" + version, FileName: "Acme.Tool." + version + ".nupkg", Version: version, Size: -1}
	}
	runLocate(t, []locateTest{
		{
			name:  "v3: its letters",
			pkg:   acme(ecosystem.NuGet, "1.0.0-rc"),
			pages: map[string]string{nugetIndexRef: nugetListedIndex, entry("1.0.0-rc"): v2Entry("Acme.Tool", "1.0.0-RC")},
			want:  flat("1.0.0-rc", "1.0.0-RC"),
			asked: []string{nugetIndexRef, entry("1.0.0-rc")},
		},
		{
			name: "v3: another spelling",
			pkg:  acme(ecosystem.NuGet, "1.6.0"),
			pages: map[string]string{
				nugetIndexRef: nugetListedIndex, entry("1.6.0"): v2Entry("Acme.Tool", "1.6"), nugetFlatRef: `{"versions": ["1.6"]}`,
			},
			want: flat("1.6", "1.6"),
		},
		{
			name:  "v3: an entry of another version is not used",
			pkg:   acme(ecosystem.NuGet, "1.6.0"),
			pages: map[string]string{nugetIndexRef: nugetListedIndex, entry("1.6.0"): v2Entry("Acme.Tool", "1.6.1", "<PackageHash>"+nugetHash+"</PackageHash>")},
			want:  flat("1.6.0", "1.6.0"),
		},
		{
			name:  "v3: an entry of another package is not used",
			pkg:   acme(ecosystem.NuGet, "1.6.0"),
			pages: map[string]string{nugetIndexRef: nugetListedIndex, entry("1.6.0"): v2Entry("Acme", "1.6.0", "<PackageHash>"+nugetHash+"</PackageHash>")},
			want:  flat("1.6.0", "1.6.0"),
		},
		{name: "v2: as typed", pkg: acme(ecosystem.PowerShell, "1.6"), pages: map[string]string{entry("1.6"): v2Entry("Acme.Tool", "1.6")}, want: v2("1.6"), asked: []string{entry("1.6")}},
		{name: "v2: normal form", pkg: acme(ecosystem.PowerShell, "1.6"), pages: map[string]string{entry("1.6.0"): v2Entry("Acme.Tool", "1.6.0")}, want: v2("1.6.0")},
		{
			name: "v2: from the list, on a later page",
			pkg:  acme(ecosystem.PowerShell, "1.6.0"),
			pages: map[string]string{
				nugetAllRef: v2Feed(v2Entry("Acme.Tool", "1.5"), v2Entry("Other", "1.6.0"), `<link rel="next" href="/pg/next"/>`),
				"next":      v2Feed(v2Entry("Acme.Tool", "1.6"), `<link rel="next" href="/pg/next"/>`),
			},
			want: v2("1.6"),
		},
		{
			name:  "v2: in no spelling",
			pkg:   acme(ecosystem.PowerShell, "1.6.0"),
			pages: map[string]string{nugetAllRef: v2Feed(v2Entry("Acme.Tool", "1.5"), v2Entry("Acme.Tool", "1.6.0-rc"))},
			want: Content{Ref: "nuget/feed/package/Acme.Tool/1.6.0", FileName: "Acme.Tool.1.6.0.nupkg", Version: "1.6.0", Size: -1,
				Search: "this version is not listed in https://proget.example/pg/" + nugetAllRef},
		},
	})
}

// TestNuGetV2Latest: a server that takes no notice of the filter is not believed.
func TestNuGetV2Latest(t *testing.T) {
	t.Parallel()
	const newest, release = "<IsAbsoluteLatestVersion>true</IsAbsoluteLatestVersion>", "<IsLatestVersion>true</IsLatestVersion>"
	const old = "<IsAbsoluteLatestVersion>false</IsAbsoluteLatestVersion><IsLatestVersion>false</IsLatestVersion>"
	a := func(version string, more ...string) string { return v2Entry("Acme.Tool", version, more...) }
	for _, test := range []struct {
		name, filtered, all string
		latest, stable      string // "" for none
	}{
		{"the one", v2Feed(a("2.0", newest, release)), "", "2.0", "2.0"},
		{"a property of its own for the name", v2Feed(v2Entry("x", "2.0", newest, release, "<Id>acme.tool</Id>")), "", "2.0", "2.0"},
		{"another package", v2Feed(v2Entry("Acme", "9.0", newest, release)), "", "", ""},
		{"all packages", v2Feed(v2Entry("Acme", "9.0", newest, release), a("1.0", old), a("2.0-rc", newest), a("1.5", release)), "", "2.0-rc", "1.5"},
		{"the first of all versions", v2Feed(a("1.0", old)), v2Feed(a("1.0"), a("2.0"), a("3.0-rc")), "3.0-rc", "2.0"},
		{"the first of all versions, without marks", v2Feed(a("1.0")), v2Feed(a("1.0"), a("2.0"), a("3.0-rc")), "3.0-rc", "2.0"},
		{"a pre-release for a release", v2Feed(a("3.0-rc", newest, release)), v2Feed(a("2.0")), "3.0-rc", "2.0"},
		{"a pre-release without marks", v2Feed(a("3.0-rc")), "", "3.0-rc", ""},
		{"unlisted", v2Feed(a("3.0", newest, release, "<Listed>false</Listed>")), v2Feed(a("3.0", "<Listed>false</Listed>"), a("2.0", "<Listed> true </Listed>")), "2.0", "2.0"},
		{"unlisted in 1900", v2Feed(a("3.0", newest, release, "<Published>1900-01-01T00:00:00</Published>")), v2Feed(a("2.0")), "2.0", "2.0"},
		{"listed in 1900", v2Feed(a("3.0", newest, release, "<Published>1900-01-01T00:00:00</Published><Listed>true</Listed>")), "", "3.0", "3.0"},
		{"nothing", v2Feed(), v2Feed(), "", ""},
		{"another package in the list", v2Feed(), v2Feed(v2Entry("Acme", "9.0")), "", ""},
	} {
		for word, want := range map[string]string{Latest: test.latest, LatestStable: test.stable} {
			pages := map[string]string{"nuget/feed/" + latestQuery("Acme.Tool", word): test.filtered}
			if test.all != "" {
				pages[nugetAllRef] = test.all
			}
			got, err := Protocol{ecosystem.PowerShell, locatePowerShell}.Locate(t.Context(), serve(pages), "feed", acme(ecosystem.PowerShell, word))
			if got.Version != want || (err != nil) != (want == "") {
				t.Errorf("%s: %s is %q, %v; want %q", test.name, word, got.Version, err, want)
			}
		}
	}
}
