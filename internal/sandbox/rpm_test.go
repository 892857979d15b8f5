package sandbox

import (
	"compress/gzip"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// primaryOf walks from repomd.xml to the index of packages and checks each step of the chain of
// digests.
func primaryOf(t *testing.T, base, suffix string) primary {
	t.Helper()
	var list repomd
	if err := xml.Unmarshal([]byte(get(t, base+"repodata/repomd.xml", deploymentHeaders()...).body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Data) != 1 || list.Data[0].Type != "primary" || !strings.HasSuffix(list.Data[0].Location.Href, "-primary.xml"+suffix) {
		t.Fatalf("%+v", list)
	}
	data := list.Data[0]
	squeezed := get(t, base+data.Location.Href, deploymentHeaders()...)
	if data.Checksum.Type != "sha256" || sha256Of(squeezed.body) != data.Checksum.Hex || len(squeezed.body) != data.Size {
		t.Errorf("%+v: %d, %d bytes", data, squeezed.status, len(squeezed.body))
	}
	plain := unpackIndex(t, squeezed.body, suffix)
	if sha256Of(plain) != data.Open.Hex || len(plain) != data.OpenSize {
		t.Errorf("%+v: %d bytes unpacked", data, len(plain))
	}
	var index primary
	if err := xml.Unmarshal([]byte(plain), &index); err != nil {
		t.Fatal(err)
	}
	return index
}

func unpackIndex(t *testing.T, body, suffix string) string {
	t.Helper()
	var reader io.Reader
	var err error
	if suffix == ".zst" {
		reader, err = zstd.NewReader(strings.NewReader(body))
	} else {
		reader, err = gzip.NewReader(strings.NewReader(body))
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestRPM(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	tests := []struct{ feed, suffix, want string }{
		{"rpm", ".gz", "acme-tool 0 1.4.0 1 x86_64, acme-tool 0 1.4.0 1 aarch64, acme-docs 0 1.0 2 noarch"},
		{"rpm-zstd", ".zst", "acme-tool 0 1.5.0 1 x86_64"},
	}
	for _, test := range tests {
		address := base + "/rpm/" + test.feed + "/"
		index := primaryOf(t, address, test.suffix)
		var have []string
		for _, p := range index.Packages {
			have = append(have, strings.Join([]string{p.Name, p.Version.Epoch, p.Version.Version, p.Version.Release, p.Arch}, " "))
			content := get(t, address+p.Location.Href, deploymentHeaders()...)
			if content.status != http.StatusOK || sha256Of(content.body) != p.Checksum.Hex || len(content.body) != p.Size.Package ||
				!strings.HasPrefix(content.body, "\xED\xAB\xEE\xDB") || p.Checksum.PkgID != "YES" {
				t.Errorf("%+v: %d", p, content.status)
			}
		}
		if got := strings.Join(have, ", "); got != test.want || index.Count != len(have) {
			t.Errorf("%s: %s, want %s", test.feed, got, test.want)
		}
	}
	if list := s.Deployments(); len(list) != 4 || list[3].FeedName != "rpm-zstd" || list[3].Version != "1.5.0-1" {
		t.Errorf("recorded %+v", list)
	}
}

// The name of the index changes with its content, so that a stale one is never taken for the new
// one.
func TestRPMIndexIsNamedByItsContent(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	base += "/rpm/rpm/"
	before := get(t, base+"repodata/repomd.xml").body
	if err := s.AddPackage("rpm", Package{Name: "new", Version: "2:3.0-4-5", FileName: "new-3.0-4-5.noarch.rpm"}); err != nil {
		t.Fatal(err)
	}
	if after := get(t, base+"repodata/repomd.xml").body; after == before {
		t.Error("repomd.xml did not change")
	}
	index := primaryOf(t, base, ".gz")
	if got := index.Packages[len(index.Packages)-1].Version; got != (rpmVersion{"2", "3.0-4", "5"}) {
		t.Errorf("%+v", got)
	}
}

func TestRPMVersions(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]rpmVersion{
		"1.0-1": {"0", "1.0", "1"}, "1:1.0-1": {"1", "1.0", "1"}, "1.0": {"0", "1.0", ""}, "1.0-": {"0", "1.0", ""},
	} {
		p := &stored{Package: Package{Version: version}}
		if got := rpmEntry(p).Version; got != want {
			t.Errorf("%s: %+v", version, got)
		}
	}
}
