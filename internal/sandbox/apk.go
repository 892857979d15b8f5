package sandbox

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1" // the checksum that the format prescribes
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// apkFeeds answers for Alpine feeds.
type apkFeeds struct{ *Server }

// answer serves {arch}/APKINDEX.tar.gz and {arch}/{file} (wiki.alpinelinux.org/wiki/Apk_spec).
// There are no branches or repositories below the feed as in Alpine's own tree (Inedo docs,
// proget/feeds/alpine).
func (s apkFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	if len(rest) != 2 {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	found := s.list(f, func(p *stored) bool { return p.qualifier("arch") == rest[0] })
	if len(found) > 0 && rest[1] == "APKINDEX.tar.gz" {
		s.apkIndex(x, f, found)
		return
	}
	for _, p := range found {
		if p.FileName == rest[1] {
			x.sendPackage(f, p, "application/octet-stream")
			return
		}
	}
	x.text(http.StatusNotFound, "File "+strings.Join(rest, "/")+" not found.")
}

// apkIndex answers what abuild-sign makes: a segment with the signature before that of the index.
// The signature here is a dummy, because the sandbox has no key that anyone could trust.
func (s apkFeeds) apkIndex(x *exchange, f *feed, packages []*stored) {
	// C is the sum of the control segment and says nothing of the data; S is the size of the whole
	// file in bytes, I the installed size.
	var records strings.Builder
	for _, p := range packages {
		sum := sha1.Sum(apkControl(p.Content))
		fmt.Fprintf(&records, "C:Q1%s\nP:%s\nV:%s\nA:%s\nS:%d\nI:0\nT:A sample package.\nL:MIT\n\n",
			base64.StdEncoding.EncodeToString(sum[:]), p.Name, p.Version, p.qualifier("arch"), len(p.Content))
	}
	signature, err := archive.Segment(archive.File{Name: ".SIGN.RSA." + f.Name + "@proget.rsa.pub", Content: "unsigned"})
	if err == nil {
		var index []byte
		index, err = archive.TarGz(archive.File{Name: "DESCRIPTION", Content: f.Name},
			archive.File{Name: "APKINDEX", Content: records.String()})
		signature = append(signature, index...)
	}
	if err != nil {
		x.text(http.StatusInternalServerError, err.Error())
		return
	}
	x.send(http.StatusOK, "application/gzip", signature)
}

// apkControl cuts the control segment out of a package: the first gzip member that is not a
// signature. What is not made of gzip members is returned whole.
func apkControl(content []byte) []byte {
	reader, start := bytes.NewReader(content), 0
	squeezed, err := gzip.NewReader(reader)
	for err == nil {
		squeezed.Multistream(false)
		segment, broken := io.ReadAll(squeezed)
		if broken != nil {
			break
		}
		end := len(content) - reader.Len()
		// A tar begins with the name of its first file.
		if !bytes.HasPrefix(segment, []byte(".SIGN.")) {
			return content[start:end]
		}
		start, err = end, squeezed.Reset(reader)
	}
	return content
}
