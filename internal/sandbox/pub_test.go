package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestPub(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{APIKey: testKey, BasePath: "/proget"})
	bearer := []string{"Authorization", "Bearer " + testKey}
	got := get(t, base+"/proget/pub/pub/api/packages/acme_widgets", append(bearer, "Accept", pubType)...)
	document := decode[pubPackage](t, got)
	if got.header.Get("Content-Type") != pubType || document.Name != "acme_widgets" || len(document.Versions) != 4 {
		t.Fatalf("%v %+v", got.header, document)
	}
	if document.Latest == nil || document.Latest.Version != "1.1.0+3" {
		t.Errorf("latest is neither retracted nor a pre-release, but %+v", document.Latest)
	}
	for _, version := range document.Versions {
		archive := get(t, version.URL, append(deploymentHeaders(), bearer...)...)
		if archive.status != http.StatusOK || sha256Of(archive.body) != version.SHA256 {
			t.Errorf("%s: %d", version.URL, archive.status)
		}
		if version.Retracted != (version.Version == "1.2.0") || version.Pubspec["version"] != version.Version {
			t.Errorf("%+v", version)
		}
	}
	if list := s.Deployments(); len(list) != 4 || list[1].Version != "1.1.0+3" || list[1].User != apiUser {
		t.Errorf("recorded %+v", list)
	}
}

func TestPubAddressesFollowThePublicURL(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{PublicURL: "https://proget.corp.local", BasePath: "/proget"})
	document := decode[pubPackage](t, get(t, base+"/proget/pub/pub/api/packages/acme_widgets"))
	for _, version := range document.Versions {
		if !strings.HasPrefix(version.URL, "https://proget.corp.local/proget/pub/pub/api/archives/acme_widgets-") {
			t.Errorf("%s", version.URL)
		}
	}
}

func TestPubWithoutAStableVersion(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	if err := s.AddPackage("pub", Package{Name: "early", Version: "0.1.0-dev", FileName: "early-0.1.0-dev.tar.gz"}); err != nil {
		t.Fatal(err)
	}
	if document := decode[pubPackage](t, get(t, base+"/pub/pub/api/packages/early")); document.Latest != nil {
		t.Errorf("latest %+v", document.Latest)
	}
}
