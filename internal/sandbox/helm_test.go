package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"
)

func TestHelm(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{Now: noon})
	chart := get(t, base+"/helm/helm/acme-web-0.3.0.tgz", deploymentHeaders()...)
	sum := sha256.Sum256([]byte(chart.body))
	want := "apiVersion: v1\nentries:\n  \"acme-web\":\n  - apiVersion: v2\n    name: \"acme-web\"\n" +
		"    version: \"0.3.0\"\n    created: \"2026-11-02T12:00:00Z\"\n    digest: " + hex.EncodeToString(sum[:]) +
		"\n    urls:\n    - \"acme-web-0.3.0.tgz\"\n"
	if got := get(t, base+"/helm/helm/index.yaml"); got.status != http.StatusOK || got.body != want {
		t.Errorf("index: %d\n%s\nwant\n%s", got.status, got.body, want)
	}
	if list := s.Deployments(); len(list) != 1 || list[0].PackageName != "acme-web" || list[0].Version != "0.3.0" {
		t.Errorf("recorded %+v", list)
	}
	for _, path := range []string{"nothing-1.0.0.tgz", "charts/acme-web-0.3.0.tgz", ""} {
		if got := get(t, base+"/helm/helm/"+path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
