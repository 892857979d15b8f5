package client

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/feedtype"
)

// layout writes a tar archive in the OCI image layout (OCI image-spec, image-layout.md), the same
// bytes for the same image each time.
type layout struct {
	out  sink
	hash *hasher // of the archive
	size int64
}

// mark is a place in the archive to which a transfer that begins again returns.
type mark struct {
	size int64
	hash *hasher
}

func newLayout(out sink, wanted []feedtype.Checksum) *layout {
	return &layout{out: out, hash: newHasher(wanted)}
}

// Write adds to the archive.
func (l *layout) Write(p []byte) (int, error) {
	n, err := l.out.Write(p)
	_, _ = l.hash.Write(p[:n])
	l.size += int64(n)
	return n, err
}

// file adds a small file.
func (l *layout) file(name string, content []byte) error {
	if err := l.header(name, int64(len(content))); err != nil {
		return err
	}
	if _, err := l.Write(content); err != nil {
		return err
	}
	return l.pad()
}

// json adds a small file with v as JSON.
func (l *layout) json(name string, v any) error {
	content, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return l.file(name, content)
}

// header begins a file of size bytes.
func (l *layout) header(name string, size int64) error {
	var b bytes.Buffer
	err := tar.NewWriter(&b).WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(0, 0)})
	if err != nil {
		return err
	}
	_, err = l.Write(b.Bytes())
	return err
}

// blockSize is the unit of a tar archive, in bytes.
const blockSize = 512

// pad fills the last block of a file.
func (l *layout) pad() error {
	_, err := l.Write(make([]byte, (blockSize-l.size%blockSize)%blockSize))
	return err
}

// end writes the two empty blocks that end an archive.
func (l *layout) end() error {
	_, err := l.Write(make([]byte, 2*blockSize))
	return err
}

// blobPath is where a part of an image is in the layout.
func blobPath(digest string) string { return "blobs/" + strings.Replace(digest, ":", "/", 1) }

// blobSink is one part of an archive as the goal of a transfer.
type blobSink struct {
	*layout
	from mark // where the part begins
}

var _ sink = (*blobSink)(nil)

// blob begins a part; the caller pads it once it is whole.
func (l *layout) blob(d descriptor) (*blobSink, error) {
	err := l.header(blobPath(d.Digest), d.Size)
	return &blobSink{l, mark{l.size, l.hash.clone()}}, err
}

func (s *blobSink) open(string) error { return nil }
func (s *blobSink) streams() bool     { return s.out.streams() }

// restart returns to the beginning of the part.
func (s *blobSink) restart() bool {
	if s.size == s.from.size {
		return true
	}
	out, ok := s.out.(interface{ truncate(int64) error })
	if !ok || out.truncate(s.from.size) != nil {
		return false
	}
	s.size, s.hash = s.from.size, s.from.hash.clone()
	return true
}
