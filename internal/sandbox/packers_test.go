package sandbox

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"testing"
)

// filesOf reads a zip or a tar.gz, whichever it is.
func filesOf(t *testing.T, content []byte) map[string]string {
	t.Helper()
	if archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
		files := map[string]string{}
		for _, member := range archive.File {
			reader, err := member.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(reader)
			if err != nil {
				t.Fatal(err)
			}
			files[member.Name] = string(text)
		}
		return files
	}
	return members(t, string(content))
}

// Each sample carries the manifest of its ecosystem, and that says what the feed says.
func TestSamplesAgreeWithTheirManifests(t *testing.T) {
	t.Parallel()
	manifests := map[string]func(p Package) (file string, lines []string){
		"cargo": func(p Package) (string, []string) {
			return p.Name + "-" + p.Version + "/Cargo.toml", []string{`name = "` + p.Name + `"`, `version = "` + p.Version + `"`}
		},
		"cran": func(p Package) (string, []string) {
			return p.Name + "/DESCRIPTION", []string{"Package: " + p.Name, "Version: " + p.Version}
		},
		"composer": func(p Package) (string, []string) {
			return "composer.json", []string{`"name":"` + p.Group + "/" + p.Name + `"`, `"version":"` + p.Version + `"`}
		},
		"pub": func(p Package) (string, []string) {
			return "pubspec.yaml", []string{"name: " + p.Name + "\n", "version: " + p.Version + "\n", "sdk:"}
		},
		"vsix": func(p Package) (string, []string) {
			return "extension.vsixmanifest", []string{`Id="` + p.Name + `"`, `Version="` + p.Version + `"`}
		},
		"terraform": func(p Package) (string, []string) { return "main.tf", []string{p.FileName} },
		"apk": func(p Package) (string, []string) {
			return ".PKGINFO", []string{"pkgname = " + p.Name, "pkgver = " + p.Version, "arch = " + p.qualifier("arch")}
		},
	}
	for _, e := range append(languages(), systems()...) {
		manifest, known := manifests[e.feed.Type]
		for _, p := range e.samples {
			content, err := e.pack(p)
			if err != nil || len(content) == 0 {
				t.Errorf("%s: %d bytes, %v", p.FileName, len(content), err)
			}
			if !known {
				continue // its own test looks inside
			}
			file, lines := manifest(p)
			text := filesOf(t, content)[file]
			if slices.ContainsFunc(lines, func(line string) bool { return !strings.Contains(text, line) }) {
				t.Errorf("%s: %s is %q", p.FileName, file, text)
			}
		}
	}
}

// The control file of a .deb is what dpkg believes, whatever the index says.
func TestDebSamplesAgreeWithTheirControl(t *testing.T) {
	t.Parallel()
	s, _ := start(t, Options{})
	for _, p := range s.list(s.lookup("debian"), func(*stored) bool { return true }) {
		// The second member begins behind the global header, a header of 60 bytes, four of content,
		// and another header.
		control := p.Content[8+60+4+60:]
		squeezed, err := gzip.NewReader(bytes.NewReader(control))
		if err != nil {
			t.Fatal(err)
		}
		archive := tar.NewReader(squeezed)
		if member, err := archive.Next(); err != nil || member.Name != "./control" {
			t.Fatalf("%s: %v %v", p.FileName, member, err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		got := stanzas(string(text))[0]
		if got["Package"] != p.Name || got["Version"] != p.Version || got["Architecture"] != p.qualifier("arch") {
			t.Errorf("%s: %v", p.FileName, got)
		}
	}
}

// No two samples of a feed have the same file, and no file's name says more than one folder can
// hold.
func TestSampleFileNames(t *testing.T) {
	t.Parallel()
	for _, e := range append(languages(), systems()...) {
		seen := map[string]bool{}
		for _, p := range e.samples {
			if seen[p.FileName] || p.FileName == "" || strings.ContainsAny(p.FileName, `/\:`) {
				t.Errorf("%s: %q", e.feed.Name, p.FileName)
			}
			seen[p.FileName] = true
		}
	}
}

func TestQualifier(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"arch=amd64": "amd64", "": "", "distro=x&arch=all": "all", "arch=a%2Fb": "a/b", "archive=x": "", "arch=%zz": "",
		"arch=a+b": "a b", "Arch=x": "",
	} {
		if got := (Package{Qualifier: text}).qualifier("arch"); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
