// Package archive makes small packages from memory, the same bytes for the same content: zip,
// tar.gz, and the forms of .deb, .rpm, .gem and .apk on top of them. The samples of the sandbox are
// such packages, real enough for the tools of their ecosystems to read.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"time"
)

// File is a member of an archive.
type File struct{ Name, Content string }

// madeAt is the time of every member: the real time would make the bytes differ from run to run.
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
	content, err := Tar(files...)
	return Gzip(content), err
}

// Tar packs files in the order given, uncompressed. Errors are those of names that tar cannot hold.
func Tar(files ...File) ([]byte, error) {
	var out bytes.Buffer
	archive, err := fill(&out, files)
	if err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Segment is a gzip member with a tar that lacks its end, so that another may follow: the tar
// within several segments and a last TarGz is one tar (wiki.alpinelinux.org/wiki/Apk_spec).
func Segment(files ...File) ([]byte, error) {
	var out bytes.Buffer
	archive, err := fill(&out, files)
	if err != nil {
		return nil, err
	}
	if err := archive.Flush(); err != nil {
		return nil, err
	}
	return Gzip(out.Bytes()), nil
}

func fill(w io.Writer, files []File) (*tar.Writer, error) {
	archive := tar.NewWriter(w)
	for _, file := range files {
		header := &tar.Header{Name: file.Name, Mode: 0o644, Size: int64(len(file.Content)), ModTime: madeAt()}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(archive, file.Content); err != nil {
			return nil, err
		}
	}
	return archive, nil
}
