package client

import (
	"net/http"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox"
)

func TestFeedSettings(t *testing.T) {
	t.Parallel()
	_, url := startSandbox(t, sandbox.Options{APIKey: testKey})
	c := newClient(t, url, WithAPIKey(NewSecret(testKey)))
	got, err := c.Feeds.Settings(t.Context(), "defaultnuget")
	if err != nil || got.Name != "DefaultNuGet" || got.RecordsEnabled == nil || !*got.RecordsEnabled {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = c.Feeds.Settings(t.Context(), "no such/feed")
	wantKind(t, err, KindNotFound)
	_, err = newClient(t, url).Feeds.Settings(t.Context(), "DefaultNuGet")
	wantKind(t, err, KindAuth)
}

// TestFeedSettingsOfAnOldServer: a setting that is not reported is neither on nor off.
func TestFeedSettingsOfAnOldServer(t *testing.T) {
	t.Parallel()
	url := startServer(t, answers(map[string]func(http.ResponseWriter){
		"/api/management/feeds/get/f": with(200, "application/json", `{"name":"f","feedType":"nuget"}`),
		"/api/management/feeds/list":  with(200, "application/json", `{"not":"a list"}`),
		"/api/packages/f/latest":      with(200, "application/json", `{}`),
	}))
	c := newClient(t, url)
	if got, err := c.Feeds.Settings(t.Context(), "f"); err != nil || got.RecordsEnabled != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := collected(c.Packages.Latest(t.Context(), "f")); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	_, err := c.Feeds.List(t.Context())
	wantKind(t, err, KindUnavailable)
}

func TestFeedListAndLatest(t *testing.T) {
	t.Parallel()
	_, url := startSandbox(t, sandbox.Options{})
	c := newClient(t, url)
	feeds, err := c.Feeds.List(t.Context())
	if err != nil || len(feeds) < 5 || feeds[0].Name != "DefaultNuGet" {
		t.Errorf("%v, %v", feeds, err)
	}
	packages, err := collected(c.Packages.Latest(t.Context(), "DefaultNuGet"))
	if err != nil || len(packages) == 0 || packages[0].Name != "Newtonsoft.Json" || packages[0].Version == "" {
		t.Errorf("%v, %v", packages, err)
	}
}
