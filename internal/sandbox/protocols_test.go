package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

// The address of Chocolatey feeds is at one of two places, and everything that names it agrees.
func TestChocolateyAtFeeds(t *testing.T) {
	t.Parallel()
	for _, moved := range []bool{false, true} {
		s, base := start(t, Options{ChocolateyAtFeeds: moved})
		here, there := "/nuget/choco/", "/feeds/choco/"
		if moved {
			here, there = there, here
		}
		entry := get(t, base+here+"Packages(Id='git',Version='2.43.0')")
		if entry.status != http.StatusOK || !strings.Contains(entry.body, `src="`+base+here+`package/git/2.43.0"`) {
			t.Errorf("moved %v: %d %s", moved, entry.status, entry.body)
		}
		if got := get(t, base+here+"package/git/2.43.0", deploymentHeaders()...); got.status != http.StatusOK || len(s.Deployments()) != 1 {
			t.Errorf("moved %v: %d, recorded %v", moved, got.status, s.Deployments())
		}
		other := get(t, base+there+"Packages(Id='git',Version='2.43.0')")
		if strings.Contains(other.body, "<entry") {
			t.Errorf("moved %v: also at %s", moved, there)
		}
		feed := decode[managedFeed](t, get(t, base+"/api/management/feeds/get/choco"))
		if feed.EndpointURL != base+here {
			t.Errorf("moved %v: endpoint %s", moved, feed.EndpointURL)
		}
	}
}

// The web pages of the other feeds stay, and so does NuGet's address.
func TestChocolateyAtFeedsLeavesTheRest(t *testing.T) {
	t.Parallel()
	options := locked()
	options.ChocolateyAtFeeds = true
	_, base := start(t, options)
	for path, status := range map[string]int{
		"/feeds/DefaultNuGet": 200, "/feeds/": 200, "/feeds": 200, "/feeds/nothing": 404, "/feeds/choco/": 401,
		"/nuget/choco/": 404, "/nuget/powershell/": 401,
	} {
		if got := get(t, base+path); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	if got := get(t, base+"/feeds/choco/", "Authorization", basic("api", testKey)); !strings.Contains(got.body, "<service") {
		t.Errorf("service document: %d %s", got.status, got.body)
	}
}

func TestEachTypeHasOneProtocol(t *testing.T) {
	t.Parallel()
	for _, moved := range []bool{false, true} {
		s, _ := start(t, Options{ChocolateyAtFeeds: moved})
		owner := map[string]string{}
		for prefix, p := range s.protocols {
			for _, kind := range p.types {
				if owner[kind] != "" {
					t.Errorf("%s is served at %s and at %s", kind, owner[kind], prefix)
				}
				owner[kind] = prefix
			}
		}
		for _, f := range s.allFeeds() {
			if owner[f.Type] == "" && f.Type != "docker" { // whose registry is not a feed's address
				t.Errorf("no protocol serves feed %s of type %s", f.Name, f.Type)
			}
		}
	}
}
