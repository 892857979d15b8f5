package sandbox

import (
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"testing"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	got := get(t, base+"/endpoints/assets/content/setup/acme%20setup.exe", deploymentHeaders()...)
	sum := sha1.Sum([]byte(got.body))
	if got.status != http.StatusOK || got.header.Get("ETag") != hex.EncodeToString(sum[:]) {
		t.Errorf("content: %d %v", got.status, got.header)
	}
	item := decode[assetItem](t, get(t, base+"/endpoints/assets/metadata/setup/acme%20setup.exe"))
	if item.Name != "acme setup.exe" || item.Parent != "setup" || item.SHA1 != hex.EncodeToString(sum[:]) ||
		item.Size != len(got.body) {
		t.Errorf("metadata %+v", item)
	}
	if list := s.Deployments(); len(list) != 1 || list[0].PackageName != "setup/acme setup.exe" || list[0].Version != "" {
		t.Errorf("recorded %+v", list)
	}
	part := get(t, base+"/endpoints/assets/content/setup/acme%20setup.exe", "Range", "bytes=5-")
	if part.status != http.StatusPartialContent || part.body != got.body[5:] {
		t.Errorf("range: %d %q", part.status, part.body)
	}
}

func TestAssetRefusals(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	for path, status := range map[string]int{
		"content/setup":                     400,
		"content/SETUP/":                    400,
		"content/nothing":                   404,
		"metadata/nothing":                  404,
		"content":                           404,
		"other/setup/acme%20setup.exe":      404,
		"content/Setup/Acme%20Setup.exe":    200,
		"content/setup%2Facme%20setup.exe?": 200,
	} {
		if got := get(t, base+"/endpoints/assets/"+path, "X-ApiKey", testKey); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	if got := get(t, base+"/endpoints/assets/content/setup/acme%20setup.exe"); got.status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", got.status)
	}
}
