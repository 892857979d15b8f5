package client

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// coding checks the Content-Encoding of an answer to a request for a file, which asked for none. A
// server may name what is not a coding, or the compression of the file itself; then the bytes are
// the file, which a checksum can confirm. refused names a coding that is between the bytes and the
// file.
func coding(x exchange, names ...string) (refused string, unknown []string) {
	names = append(names, path.Base(x.request.url.Path))
	for _, value := range x.resp.Header.Values("Content-Encoding") {
		for name := range strings.SplitSeq(value, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			switch {
			case name == "" || name == "identity":
			case isNoCoding(name) && !isFramed(x.head), isOwnCoding(x, name, names):
				unknown = append(unknown, name)
			default:
				return name, nil
			}
		}
	}
	return "", unknown
}

// isNoCoding recognizes words that servers write for a coding and that change no byte: a character
// set, the framing of an upload to S3, and nothing at all.
func isNoCoding(name string) bool {
	switch name {
	case "none", "null", "binary", "raw", "plain", "7bit", "8bit", "aws-chunked", "chunked", "utf8", "ascii", "us-ascii", "unicode", "latin1", "*":
		return true
	}
	for _, charset := range []string{"utf-", "iso-8859-", "windows-125", "cp125"} {
		if strings.HasPrefix(name, charset) {
			return true
		}
	}
	// Some write the type of the content here.
	return strings.HasPrefix(name, "application/") || strings.HasPrefix(name, "text/")
}

// isFramed reports whether the framing of an upload to S3 is still around the bytes:
// "10000;chunk-signature=".
func isFramed(head []byte) bool {
	length, _, found := bytes.Cut(head, []byte(";chunk-signature="))
	_, err := strconv.ParseUint(string(length), 16, 64)
	return found && err == nil
}

// isOwnCoding reports whether a coding is how the file of one of these names is compressed itself.
func isOwnCoding(x exchange, name string, names []string) bool {
	var magic string
	var extensions []string
	switch strings.TrimPrefix(name, "x-") {
	case "gzip":
		magic, extensions = "\x1f\x8b", gzipExtensions()
	case "bzip2":
		magic, extensions = "BZh", []string{".bz2", ".tbz", ".tbz2"}
	case "xz":
		magic, extensions = "\xfd7zXZ\x00", []string{".xz", ".txz"}
	case "zstd":
		magic, extensions = "\x28\xb5\x2f\xfd", []string{".zst", ".tzst", ".conda"}
	case "compress":
		magic, extensions = "\x1f\x9d", []string{".z", ".taz"}
	default:
		return false
	}
	if x.resp.StatusCode == http.StatusPartialContent {
		return false // the middle of a file does not show how it is compressed
	}
	return bytes.HasPrefix(x.head, []byte(magic)) && hasExtension(names, extensions) && !compressedTwice(x.head)
}

func gzipExtensions() []string { return []string{".gz", ".tgz", ".crate", ".svgz", ".apk"} }

func hasExtension(names, extensions []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains(extensions, strings.ToLower(path.Ext(name)))
	})
}

// compressedTwice reports whether what begins with head is a compressed file in the compression of
// a server.
func compressedTwice(head []byte) bool {
	r, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return false
	}
	inner := make([]byte, 2)
	_, _ = io.ReadFull(r, inner)
	return bytes.Equal(inner, []byte("\x1f\x8b"))
}
