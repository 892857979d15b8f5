package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

func members() []File { return []File{{"a/b.txt", "one"}, {"c", ""}, {"日本.txt", "two\n"}} }

func TestZip(t *testing.T) {
	t.Parallel()
	content, err := Zip(members()...)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range members() {
		reader, err := archive.File[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil || archive.File[i].Name != want.Name || string(text) != want.Content {
			t.Errorf("member %d: %q %q %v", i, archive.File[i].Name, text, err)
		}
	}
	if again, err := Zip(members()...); err != nil || !bytes.Equal(content, again) {
		t.Errorf("a second run differs, %v", err)
	}
}

func TestTarGz(t *testing.T) {
	t.Parallel()
	content, err := TarGz(members()...)
	if err != nil {
		t.Fatal(err)
	}
	squeezed, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(squeezed)
	for i, want := range members() {
		header, err := archive.Next()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil || header.Name != want.Name || string(text) != want.Content {
			t.Errorf("member %d: %q %q %v", i, header.Name, text, err)
		}
	}
	if _, err := archive.Next(); err != io.EOF {
		t.Errorf("after the last member: %v", err)
	}
	if again, err := TarGz(members()...); err != nil || !bytes.Equal(content, again) {
		t.Errorf("a second run differs, %v", err)
	}
}
