package client

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestCoding: which Content-Encodings leave the bytes what the file is.
func TestCoding(t *testing.T) {
	t.Parallel()
	packed := gzipped("tar")
	for _, c := range []struct {
		name, path, known, encoding, body string
		status                            int
		refused                           string
		doubtful                          string
	}{
		{"none", "/x.zip", "", "", "PK", 200, "", ""},
		{"identity", "/x.zip", "", "Identity", "PK", 200, "", ""},
		{"nothing at all", "/x.zip", "", "none", "PK", 200, "", "none"},
		{"binary", "/x.zip", "", "binary", "PK", 200, "", "binary"},
		{"a character set", "/x.zip", "", "UTF-8", "PK", 200, "", "utf-8"},
		{"another character set", "/x.zip", "", "iso-8859-1", "PK", 200, "", "iso-8859-1"},
		{"a type", "/x.zip", "", "application/zip", "PK", 200, "", "application/zip"},
		{"S3", "/x.zip", "", "aws-chunked", "PK", 200, "", "aws-chunked"},
		{"S3 and identity", "/x.zip", "", "aws-chunked, identity", "PK", 200, "", "aws-chunked"},
		{"S3, framed", "/x.zip", "", "aws-chunked", "10000;chunk-signature=ab12\r\nPK", 200, "aws-chunked", ""},
		{"S3 and gzip", "/x.zip", "", "aws-chunked,gzip", packed, 200, "gzip", ""},
		{"gzip of a gzip file", "/x.tar.gz", "", "gzip", packed, 200, "", "gzip"},
		{"x-gzip of a gzip file", "/x.TGZ", "", "x-gzip", packed, 200, "", "x-gzip"},
		{"gzip of a crate by another path", "/crates/x/1.0/download", "x-1.0.crate", "gzip", packed, 200, "", "gzip"},
		{"gzip of what is not in gzip", "/x.zip", "", "gzip", "PK", 200, "gzip", ""},
		{"gzip of a gzip file, twice", "/x.tgz", "", "gzip", gzipped(packed), 200, "gzip", ""},
		{"gzip of another file", "/x.tar", "", "gzip", packed, 200, "gzip", ""},
		{"gzip of a part", "/x.tgz", "", "gzip", packed, 206, "gzip", ""},
		{"bzip2 of a bzip2 file", "/x.tar.bz2", "", "x-bzip2", "BZh9", 200, "", "x-bzip2"},
		{"xz of an xz file", "/x.txz", "", "xz", "\xfd7zXZ\x00", 200, "", "xz"},
		{"zstd of another file", "/x.tar", "", "zstd", "\x28\xb5\x2f\xfd", 200, "zstd", ""},
		{"brotli", "/x.zip", "", "br", "PK", 200, "br", ""},
		{"deflate", "/x.zip", "", "deflate", "PK", 200, "deflate", ""},
		{"base64", "/x.zip", "", "base64", "UEs=", 200, "base64", ""},
		{"an unknown word", "/x.zip", "", "rot13", "CX", 200, "rot13", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := answered(request{file: true, url: &url.URL{Path: c.path}}, "application/octet-stream", c.body)
			x.resp.StatusCode = c.status
			x.resp.Header = http.Header{"Content-Encoding": {c.encoding}}
			x.look()
			refused, doubtful := coding(x, c.known)
			if refused != c.refused || strings.Join(doubtful, ", ") != c.doubtful {
				t.Errorf("refused %q, doubtful %q; want %q, %q", refused, doubtful, c.refused, c.doubtful)
			}
		})
	}
}
