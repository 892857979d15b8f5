package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"testing"
)

// untar reads a tar; names and contents in their order.
func untar(t *testing.T, reader io.Reader) []File {
	t.Helper()
	var files []File
	for archive := tar.NewReader(reader); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{header.Name, string(text)})
	}
}

func gunzip(t *testing.T, content string) io.Reader {
	t.Helper()
	reader, err := gzip.NewReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

// unAr reads an ar archive by the columns of ar(5).
func unAr(t *testing.T, content string) []File {
	t.Helper()
	rest, ok := strings.CutPrefix(content, "!<arch>\n")
	if !ok {
		t.Fatalf("begins with %q", content[:8])
	}
	var files []File
	for len(rest) > 0 {
		header := rest[:60]
		var size int
		if _, err := fmt.Sscan(header[48:58], &size); err != nil || header[58:] != "`\n" {
			t.Fatalf("header %q: %v", header, err)
		}
		files = append(files, File{strings.TrimSpace(header[:16]), rest[60 : 60+size]})
		rest = rest[60+size+size%2:]
	}
	return files
}

func TestDeb(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "xy"} { // odd and even sizes
		content, err := Deb("Package: acme\n", File{"./usr/a", text})
		if err != nil {
			t.Fatal(err)
		}
		parts := unAr(t, string(content))
		if len(parts) != 3 || parts[0] != (File{"debian-binary", "2.0\n"}) || parts[1].Name != "control.tar.gz" ||
			parts[2].Name != "data.tar.gz" {
			t.Fatalf("%+v", parts)
		}
		if got := untar(t, gunzip(t, parts[1].Content)); len(got) != 1 || got[0] != (File{"./control", "Package: acme\n"}) {
			t.Errorf("control %v", got)
		}
		if got := untar(t, gunzip(t, parts[2].Content)); len(got) != 1 || got[0] != (File{"./usr/a", text}) {
			t.Errorf("data %v", got)
		}
	}
}

func TestGem(t *testing.T) {
	t.Parallel()
	content, err := Gem("--- spec\n", File{"README", "x"})
	if err != nil {
		t.Fatal(err)
	}
	parts := untar(t, bytes.NewReader(content))
	if len(parts) != 3 || parts[0].Name != "metadata.gz" || parts[1].Name != "data.tar.gz" {
		t.Fatalf("%+v", parts)
	}
	sums, err := io.ReadAll(gunzip(t, parts[2].Content))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts[:2] {
		if line := fmt.Sprintf("  %s: %x\n", part.Name, sha256.Sum256([]byte(part.Content))); !strings.Contains(string(sums), line) {
			t.Errorf("checksums %s lack %s", sums, line)
		}
	}
	if spec, err := io.ReadAll(gunzip(t, parts[0].Content)); err != nil || string(spec) != "--- spec\n" {
		t.Errorf("%q %v", spec, err)
	}
}

func TestAPK(t *testing.T) {
	t.Parallel()
	content, err := APK("pkgname = x\n", File{"usr/a", "a"}, File{"usr/b", "b"})
	if err != nil {
		t.Fatal(err)
	}
	want := []File{{".PKGINFO", "pkgname = x\n"}, {"usr/a", "a"}, {"usr/b", "b"}}
	if got := untar(t, gunzip(t, string(content))); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("as one tar: %v", got)
	}
	segment, err := Segment(want[0])
	if err != nil || !bytes.HasPrefix(content, segment) {
		t.Errorf("the control segment is not on its own: %v", err)
	}
}

func TestConda(t *testing.T) {
	t.Parallel()
	content, err := Conda("x-1-0", `{"name":"x"}`, File{"share/x", "x"})
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]File{
		"pkg-x-1-0.tar.zst":  {"share/x", "x"},
		"info-x-1-0.tar.zst": {"info/index.json", `{"name":"x"}`},
	} {
		file, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		squeezed, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := plainZstd(squeezed)
		if err != nil {
			t.Fatal(err)
		}
		if got := untar(t, bytes.NewReader(plain)); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A name that tar cannot hold is an error of everything that is built on tar.
func TestNamesThatDoNotFit(t *testing.T) {
	t.Parallel()
	bad := File{"a\x00b", ""}
	for name, build := range map[string]func() ([]byte, error){
		"Tar":     func() ([]byte, error) { return Tar(bad) },
		"TarGz":   func() ([]byte, error) { return TarGz(bad) },
		"Segment": func() ([]byte, error) { return Segment(bad) },
		"Deb":     func() ([]byte, error) { return Deb("", bad) },
		"Gem":     func() ([]byte, error) { return Gem("", bad) },
		"APK":     func() ([]byte, error) { return APK("", bad) },
		"Conda":   func() ([]byte, error) { return Conda("x", "", bad) },
	} {
		if _, err := build(); err == nil {
			t.Errorf("%s took %q", name, bad.Name)
		}
	}
}

func TestBuildsAreRepeatable(t *testing.T) {
	t.Parallel()
	for name, build := range map[string]func() ([]byte, error){
		"Deb":   func() ([]byte, error) { return Deb("x", members()...) },
		"Gem":   func() ([]byte, error) { return Gem("x", members()...) },
		"APK":   func() ([]byte, error) { return APK("x", members()...) },
		"Conda": func() ([]byte, error) { return Conda("x", "{}", members()...) },
		"RPM":   func() ([]byte, error) { return RPM{Name: "x"}.Build(), nil },
	} {
		first, err1 := build()
		second, err2 := build()
		if err1 != nil || err2 != nil || !bytes.Equal(first, second) {
			t.Errorf("%s differs: %v %v", name, err1, err2)
		}
	}
}
