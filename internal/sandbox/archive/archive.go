// Package archive makes small zip and tar.gz files from memory, the same bytes for the same content: the samples of
// the sandbox are packages in these two wrappings.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"time"
)

// File is a member of an archive.
type File struct{ Name, Content string }

// madeAt stands in every member, because the real time would make the bytes differ from run to run.
func madeAt() time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) }

// Zip packs files in the order given. Errors are those of names that zip cannot hold.
func Zip(files ...File) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, file := range files {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: file.Name, Method: zip.Deflate, Modified: madeAt()})
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, file.Content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// TarGz packs files in the order given. Errors are those of names that tar cannot hold.
func TarGz(files ...File) ([]byte, error) {
	var out bytes.Buffer
	squeezed := gzip.NewWriter(&out)
	archive := tar.NewWriter(squeezed)
	for _, file := range files {
		header := &tar.Header{Name: file.Name, Mode: 0o644, Size: int64(len(file.Content)), ModTime: madeAt()}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(archive, file.Content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := squeezed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
