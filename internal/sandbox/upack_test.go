package sandbox

import (
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
)

func TestUniversalDownload(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	for path, version := range map[string]string{
		"acme/tools/builder/1.4.0":      "1.4.0",
		"acme%2Ftools/builder/1.4.0":    "1.4.0",
		"ACME/Tools/Builder/1.5.0-Beta": "1.5.0-beta",
		"acme/tools/builder?latest":     "1.5.0-beta",
		"installer/2.0.0":               "2.0.0",
		"installer?latest":              "2.0.0",
	} {
		got := get(t, base+"/upack/universal-dev/download/"+path, deploymentHeaders()...)
		list := s.Deployments()
		if got.status != http.StatusOK || len(list) == 0 || list[len(list)-1].Version != version {
			t.Errorf("%s: %d, recorded %+v", path, got.status, list)
		}
	}
	for path, status := range map[string]int{
		"download/builder/1.4.0":              404,
		"download/acme/tools/builder/9.9.9":   404,
		"download/acme/tools/nothing?latest":  404,
		"download/installer":                  400,
		"download":                            404,
		"meta":                                404,
		"versions?name=installer&version=9.9": 404,
	} {
		if got := get(t, base+"/upack/universal-dev/"+path); got.status != status || got.body == "" {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
}

func TestUniversalVersions(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	address := base + "/upack/universal-dev/versions?group=acme/tools&name=builder&key=" + testKey
	if list := decode[[]upackVersion](t, get(t, address)); len(list) != 2 || list[0].Group != "acme/tools" {
		t.Errorf("list %+v", list)
	}
	got := get(t, address+"&version=1.4.0")
	one := decode[upackVersion](t, got)
	content := get(t, base+"/upack/universal-dev/download/acme/tools/builder/1.4.0", "X-ApiKey", testKey)
	sum := sha1.Sum([]byte(content.body))
	if one.SHA1 != hex.EncodeToString(sum[:]) || one.Size != len(content.body) || one.Version != "1.4.0" {
		t.Errorf("one %+v", one)
	}
	if !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
		t.Errorf("content type %q", got.header.Get("Content-Type"))
	}
	if got := get(t, base+"/upack/universal-dev/versions?name=builder&key="+testKey); got.body != "[]" {
		t.Errorf("a missing group is the empty one, but: %s", got.body)
	}
	if got := get(t, base+"/upack/universal-dev/versions"); got.status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", got.status)
	}
}
