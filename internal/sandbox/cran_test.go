package sandbox

import (
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestCRAN(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	base += "/cran/cran/src/contrib/"
	current := get(t, base+"acmeTools_1.1.0.tar.gz", deploymentHeaders()...)
	sum := md5.Sum([]byte(current.body))
	want := "Package: acmeTools\nVersion: 1.1.0\nMD5sum: " + hex.EncodeToString(sum[:]) + "\n\n"
	if got := get(t, base+"PACKAGES", deploymentHeaders()...); got.body != want {
		t.Errorf("index %q, want %q", got.body, want)
	}
	squeezed, err := gzip.NewReader(strings.NewReader(get(t, base+"PACKAGES.gz").body))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(squeezed); err != nil || string(plain) != want {
		t.Errorf("squeezed index %q, %v", plain, err)
	}
	old := get(t, base+"Archive/acmeTools/acmeTools_1.0-2.tar.gz", deploymentHeaders()...)
	list := s.Deployments()
	if current.status != http.StatusOK || old.status != http.StatusOK || len(list) != 2 ||
		list[0].Version != "1.1.0" || list[1].Version != "1.0-2" {
		t.Errorf("%d, %d, recorded %+v", current.status, old.status, list)
	}
}

// A new version sends the one before it to the archive.
func TestCRANArchives(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	base += "/cran/cran/src/contrib/"
	for _, version := range []string{"1.1.0-1", "1.1"} {
		err := s.AddPackage("cran", Package{Name: "acmeTools", Version: version, FileName: "acmeTools_" + version + ".tar.gz"})
		if err != nil {
			t.Fatal(err)
		}
	}
	for path, status := range map[string]int{
		"acmeTools_1.1.0-1.tar.gz":                   200,
		"acmeTools_1.1.0.tar.gz":                     404,
		"Archive/acmeTools/acmeTools_1.1.0.tar.gz":   200,
		"Archive/acmeTools/acmeTools_1.1.tar.gz":     200,
		"Archive/acmeTools/acmeTools_1.1.0-1.tar.gz": 404,
	} {
		if got := get(t, base+path); got.status != status {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if got := get(t, base+"PACKAGES"); !strings.HasPrefix(got.body, "Package: acmeTools\nVersion: 1.1.0-1\n") ||
		strings.Count(got.body, "Package:") != 1 {
		t.Errorf("index %q", got.body)
	}
}
