package sandbox

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func decode[T any](t *testing.T, got reply) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(got.body), &value); err != nil {
		t.Fatalf("%d %q: %v", got.status, got.body, err)
	}
	return value
}

// startScoped runs a server with one npm feed that has a scoped package in three versions.
func startScoped(t *testing.T) string {
	t.Helper()
	s, base := start(t, Options{NoSamples: true})
	if err := s.AddFeed(Feed{Name: "npm", Type: "npm"}); err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"9.0.0", "12.3.1", "13.0.0-rc.1"} {
		p := Package{Group: "@angular", Name: "animation", Version: version, FileName: "a.tgz", Content: []byte(version)}
		if err := s.AddPackage("NPM", p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddPackage("npm", Package{Name: "lodash", Version: "4.17.21", Content: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	return base + "/api/packages/npm"
}

func TestFeedOfAnyType(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for name, want := range map[string]string{
		"DefaultNuGet":  `{"id":1,"name":"DefaultNuGet","feedType":"nuget","packageType":"nuget"}`,
		"defaultnuget":  `{"id":1,"name":"DefaultNuGet","feedType":"nuget","packageType":"nuget"}`,
		"universal-dev": `{"id":12,"name":"universal-dev","feedType":"universal","packageType":"upack"}`,
	} {
		if got := get(t, base+"/api/packages/"+name); got.body != want {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	for _, path := range []string{"/api/packages/x", "/api/packages/x/versions?name=a", "/api/management/feeds/get/x"} {
		if got := get(t, base+path); got.status != http.StatusNotFound || got.body != "Feed x not found." {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
}

func TestVersionsOfAPackage(t *testing.T) {
	t.Parallel()
	base := startScoped(t)
	for query, want := range map[string][]string{
		"?name=animation&group=@angular":                    {"9.0.0", "12.3.1", "13.0.0-rc.1"},
		"?name=Animation&group=angular":                     {"9.0.0", "12.3.1", "13.0.0-rc.1"},
		"?name=animation&group=%40angular&version=12.3.1":   {"12.3.1"},
		"?name=animation&group=%40angular&version=12.3.1.0": {},
		"?name=animation&group=other":                       {},
		"?name=nothing":                                     {},
	} {
		got := get(t, base+"/versions"+query)
		versions := []string{}
		for _, p := range decode[[]packageVersion](t, got) {
			versions = append(versions, p.Version)
		}
		if !slices.Equal(versions, want) {
			t.Errorf("%s: %v, want %v", query, versions, want)
		}
	}
	if got := get(t, base+"/versions?name=nothing"); got.body != "[]" {
		t.Errorf("empty list is %q", got.body)
	}
	if got := get(t, base+"/versions"); got.status != http.StatusBadRequest || !strings.Contains(got.body, "name") {
		t.Errorf("without a name: %d %q", got.status, got.body)
	}
}

func TestVersionHasItsDigests(t *testing.T) {
	t.Parallel()
	got := decode[[]packageVersion](t, get(t, startScoped(t)+"/versions?name=animation&version=12.3.1"))[0]
	short, long := sha256.Sum256([]byte("12.3.1")), sha512.Sum512([]byte("12.3.1"))
	want := packageVersion{
		Purl: "pkg:npm/%40angular/animation@12.3.1", Group: "@angular", Name: "animation", Version: "12.3.1",
		Published: "2026-11-21T12:00:00Z", PublishedBy: "Admin", Size: 6, Listed: true, MD5: got.MD5, SHA1: got.SHA1,
		SHA256: hex.EncodeToString(short[:]), SHA512: hex.EncodeToString(long[:]),
	}
	if got != want || len(got.MD5) != 32 || len(got.SHA1) != 40 {
		t.Errorf("got %+v", got)
	}
}

func TestLatest(t *testing.T) {
	t.Parallel()
	base := startScoped(t)
	for query, want := range map[string][]string{
		"":                                {"13.0.0-rc.1", "4.17.21"},
		"?stableOnly=true":                {"12.3.1", "4.17.21"},
		"?name=animation&stableOnly=True": {"12.3.1"},
		"?group=@angular":                 {"13.0.0-rc.1"},
		"?name=nothing":                   {},
	} {
		versions := []string{}
		for _, p := range decode[[]packageVersion](t, get(t, base+"/latest"+query)) {
			versions = append(versions, p.Version)
		}
		if !slices.Equal(versions, want) {
			t.Errorf("%q: %v, want %v", query, versions, want)
		}
	}
	if got := get(t, base+"/audit"); got.status != http.StatusNotFound {
		t.Errorf("unknown endpoint: %d", got.status)
	}
}

func TestPackageIsReplaced(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{NoSamples: true})
	if err := s.AddFeed(Feed{Name: "f", Type: "nuget"}); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"one", "twenty"} {
		if err := s.AddPackage("f", Package{Name: "A", Version: "1.0.0", Content: []byte(content)}); err != nil {
			t.Fatal(err)
		}
	}
	got := decode[[]packageVersion](t, get(t, base+"/api/packages/f/versions?name=a&version=1.0"))
	if len(got) != 1 || got[0].Size != 6 {
		t.Errorf("got %+v", got)
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	s, _ := start(t, Options{})
	for _, f := range []Feed{{}, {Name: "x"}, {Type: "nuget"}, {Name: "defaultNUGET", Type: "nuget"}} {
		if err := s.AddFeed(f); err == nil {
			t.Errorf("feed %+v was taken", f)
		}
	}
	if err := s.AddPackage("nowhere", Package{Name: "A", Version: "1"}); err == nil {
		t.Error("package was taken")
	}
}

func TestManagement(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	if err := s.AddFeed(Feed{Name: "quiet", Type: "npm", NoRecords: true}); err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	for name, want := range map[string]managedFeed{
		"DefaultNuGet": {"DefaultNuGet", "nuget", true, base + "/nuget/DefaultNuGet/v3/index.json", true, &yes},
		"nuget-legacy": {"nuget-legacy", "nuget", true, base + "/nuget/nuget-legacy/", true, &no},
		"choco":        {"choco", "chocolatey", true, base + "/nuget/choco/", true, nil},
	} {
		got := decode[managedFeed](t, get(t, base+"/api/management/feeds/get/"+name))
		if (got.UseAPIV3 == nil) != (want.UseAPIV3 == nil) || got.UseAPIV3 != nil && *got.UseAPIV3 != *want.UseAPIV3 {
			t.Errorf("%s: v3 %v", name, got.UseAPIV3)
		}
		got.UseAPIV3, want.UseAPIV3 = nil, nil
		if got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if got := decode[managedFeed](t, get(t, base+"/api/management/feeds/get/quiet")); got.DeploymentRecordsEnabled {
		t.Error("quiet says that it stores records")
	}
	list := decode[[]managedFeed](t, get(t, base+"/api/management/feeds/list"))
	if len(list) != len(s.allFeeds()) || list[0].Name != "DefaultNuGet" {
		t.Errorf("list %+v", list)
	}
	if got := get(t, base+"/api/management/feeds/create"); got.status != http.StatusNotFound {
		t.Errorf("unknown endpoint: %d", got.status)
	}
}

func TestPublicURL(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{PublicURL: "http://proget.corp.local/", BasePath: "/p"})
	got := decode[managedFeed](t, get(t, base+"/p/api/management/feeds/get/choco"))
	if got.EndpointURL != "http://proget.corp.local/p/nuget/choco/" {
		t.Errorf("endpoint %q", got.EndpointURL)
	}
}
