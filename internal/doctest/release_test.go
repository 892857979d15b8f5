package doctest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/scripttest"
)

// releaseArchive is the archive for the machines that most jobs run on.
const releaseArchive = "progetctl_1.2.3_linux_amd64.tar.gz"

// releaseArchives are those of a release, by the system and the architecture of a runner, as the
// runner calls them.
func releaseArchives() map[[2]string]string {
	return map[[2]string]string{
		{"Linux", "X64"}: releaseArchive, {"Linux", "ARM64"}: "progetctl_1.2.3_linux_arm64.tar.gz",
		{"macOS", "X64"}: "progetctl_1.2.3_darwin_amd64.tar.gz", {"macOS", "ARM64"}: "progetctl_1.2.3_darwin_arm64.tar.gz",
		{"Windows", "X64"}: "progetctl_1.2.3_windows_amd64.zip", {"Windows", "ARM64"}: "progetctl_1.2.3_windows_arm64.zip",
	}
}

// releaseFiles are what is in an archive. The program prints its arguments and where it came from,
// so that a test sees which one ran.
func releaseFiles(archive string) fstest.MapFS {
	name := "progetctl"
	if strings.HasSuffix(archive, ".zip") {
		name += ".exe"
	}
	program := "#!/bin/sh\necho \"" + archive + ": $*\"\n"
	return fstest.MapFS{name: {Data: []byte(program), Mode: 0o755}, "README.md": {Data: []byte("read me"), Mode: 0o644}}
}

// packed is an archive as a release has it.
func packed(archive string) ([]byte, error) {
	var b bytes.Buffer
	if strings.HasSuffix(archive, ".zip") {
		w := zip.NewWriter(&b)
		err := errors.Join(w.AddFS(releaseFiles(archive)), w.Close())
		return b.Bytes(), err
	}
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	err := errors.Join(w.AddFS(releaseFiles(archive)), w.Close(), zipped.Close())
	return b.Bytes(), err
}

// releasePages are release 1.2.3 as it is published, and the checksums of its archives. The list of
// 1.2.4 has none of its archives, 1.2.5 has no list.
func releasePages() (pages http.Handler, sums map[string]string, err error) {
	files, sums := map[string][]byte{}, map[string]string{}
	list := strings.Repeat("0", 64) + "  progetctl_1.2.3_plan9_amd64.tar.gz\n"
	for _, archive := range releaseArchives() {
		content, err := packed(archive)
		if err != nil {
			return nil, nil, err
		}
		digest := sha256.Sum256(content)
		sums[archive] = hex.EncodeToString(digest[:])
		list += sums[archive] + "  " + archive + "\n"
		for _, version := range []string{"1.2.3", "1.2.4", "1.2.5"} {
			files["/v"+version+"/"+strings.Replace(archive, "1.2.3", version, 1)] = content
		}
	}
	files["/v1.2.3/checksums.txt"], files["/v1.2.4/checksums.txt"] = []byte(list), []byte("0000  another.tar.gz\n")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, found := files[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(content)
	}), sums, nil
}

// releases serves the releases on loopback.
func releases(t *testing.T) (url string, sums map[string]string) {
	t.Helper()
	pages, sums, err := releasePages()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	return server.URL, sums
}

// serveReleases is "releases": GitHub with the releases, for the curl of the script, and the
// version and its checksum as jobs have them in their settings.
func serveReleases(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: releases")
	}
	pages, sums, err := releasePages()
	ts.Check(err)
	const download = "/progetctl/progetctl/releases/download/"
	site := http.NewServeMux()
	site.Handle("/stored/", http.StripPrefix("/stored", pages))
	site.HandleFunc(download, func(w http.ResponseWriter, r *http.Request) {
		// As there, the page leads to where the file is stored.
		http.Redirect(w, r, "/stored/"+strings.TrimPrefix(r.URL.Path, download), http.StatusFound)
	})
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	_, stop := scripttest.ServeTLS(ts, site, listener, false)
	ts.Defer(stop)
	curl := fmt.Sprintf("connect-to = \"github.com:443:%s\"\ncacert = %q\n", listener.Addr(), ts.MkAbs("ca.pem"))
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("HOME"), ".curlrc"), []byte(curl), 0o600))
	ts.Setenv("PROGETCTL_VERSION", "1.2.3")
	ts.Setenv("PROGETCTL_SHA256", sums[releaseArchive])
}
