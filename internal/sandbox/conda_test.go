package sandbox

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"crypto/md5"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestConda(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	for subdir, want := range map[string][]string{
		"noarch":   {"acme-tool-1.0.0-0.tar.bz2", "acme-tool-1.0.0-0.conda"},
		"linux-64": {"acme-tool-1.1.0-py311_2.conda"},
	} {
		index := decode[repodata](t, get(t, base+"/conda/conda/"+subdir+"/repodata.json", deploymentHeaders()...))
		if index.Info["subdir"] != subdir || len(index.Packages)+len(index.Newer) != len(want) {
			t.Fatalf("%s: %+v", subdir, index)
		}
		for _, name := range want {
			file, older := index.Packages[name]
			if !older {
				file = index.Newer[name]
			}
			got := get(t, base+"/conda/conda/"+subdir+"/"+name, deploymentHeaders()...)
			short := md5.Sum([]byte(got.body))
			if got.status != http.StatusOK || sha256Of(got.body) != file.SHA256 || file.MD5 != hex.EncodeToString(short[:]) ||
				file.Size != len(got.body) || older != strings.HasSuffix(name, ".tar.bz2") {
				t.Errorf("%s: %d %+v", name, got.status, file)
			}
			if whole := file.Name + "-" + file.Version + "-" + file.Build; !strings.HasPrefix(name, whole+".") {
				t.Errorf("%s is %s", name, whole)
			}
		}
	}
	if n := len(s.Deployments()); n != 3 {
		t.Errorf("recorded %d", n)
	}
}

func TestCondaFilesAreWhatTheyClaim(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	older := get(t, base+"/conda/conda/noarch/acme-tool-1.0.0-0.tar.bz2")
	archive := tar.NewReader(bzip2.NewReader(strings.NewReader(older.body)))
	member, err := archive.Next()
	if err != nil || member.Name != "info/index.json" {
		t.Fatalf("%v %v", member, err)
	}
	if text, err := io.ReadAll(archive); err != nil || !bytes.Contains(text, []byte(`"version": "1.0.0"`)) {
		t.Errorf("%s %v", text, err)
	}
	newer := get(t, base+"/conda/conda/noarch/acme-tool-1.0.0-0.conda").body
	members, err := zip.NewReader(strings.NewReader(newer), int64(len(newer)))
	if err != nil || len(members.File) != 3 || members.File[1].Name != "pkg-acme-tool-1.0.0-0.tar.zst" {
		t.Errorf("%+v %v", members, err)
	}
}

func TestCondaRefusalsAndEmptySubdirs(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{NoSamples: true})
	if err := s.AddFeed(Feed{Name: "empty", Type: "conda"}); err != nil {
		t.Fatal(err)
	}
	want := `{"info":{"subdir":"noarch"},"packages":{},"packages.conda":{},"repodata_version":1}`
	if got := get(t, base+"/conda/empty/noarch/repodata.json"); got.status != http.StatusOK || got.body != want {
		t.Errorf("%d %s", got.status, got.body)
	}
	got := get(t, base+"/conda/empty/linux-64/x-1-0.conda")
	if got.status != http.StatusNotFound || got.body != "Package linux-64/x-1-0.conda not found." {
		t.Errorf("%d %q", got.status, got.body)
	}
}

func TestBuildNumber(t *testing.T) {
	t.Parallel()
	for build, want := range map[string]int{"0": 0, "py311_2": 2, "h1234567_10": 10, "": 0, "custom": 0, "a_b": 0} {
		p := &stored{Package: Package{Qualifier: "build=" + build}}
		if got := buildNumber(p); got != want {
			t.Errorf("%q: %d", build, got)
		}
	}
}
