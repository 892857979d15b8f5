package client

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// packedBy is text in the compression of what make gives.
func packedBy(make func(io.Writer) io.WriteCloser, text string) string {
	var out bytes.Buffer
	w := make(&out)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.String()
}

// TestAnswersInAnyForm: a feed's type and its versions are read in every form in which its index
// is. What is damaged is an error, and not an empty answer.
func TestAnswersInAnyForm(t *testing.T) {
	t.Parallel()
	gzipped := func(text string) string {
		return packedBy(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, text)
	}
	deflated := func(text string) string {
		return packedBy(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, text)
	}
	plain := func(text string) string { return text }
	for _, test := range []struct {
		name, encoding string // or "part"
		form           func(text string) string
		fails          bool
	}{
		{"plain", "", plain, false},
		{"a part that was not asked for", "part", plain, true},
		{"called utf-8", "utf-8", plain, false},
		{"called gzip", "gzip", plain, false},
		{"mark", "", func(text string) string { return "\xef\xbb\xbf" + text }, false},
		{"UTF-16", "", func(text string) string {
			wide, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
			return wide
		}, false},
		{"gzip", "gzip", gzipped, false},
		{"gzip that is not named", "", gzipped, false},
		{"gzip with a mark in it", "gzip", func(text string) string { return gzipped("\xef\xbb\xbf" + text) }, false},
		{"deflate", "deflate", deflated, false},
		{"gzip that is cut", "gzip", func(text string) string { return gzipped(text)[:20] }, true},
		{"gzip twice", "gzip", func(text string) string { return gzipped(gzipped(text)) }, true},
		{"brotli", "br", func(text string) string { return "\x0b" + text }, true},
	} {
		mux := http.NewServeMux()
		answer := func(text string) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch test.encoding {
				case "":
				case "part":
					w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(text)-1, len(text)))
					w.WriteHeader(http.StatusPartialContent)
				default:
					w.Header().Set("Content-Encoding", test.encoding)
				}
				_, _ = io.WriteString(w, test.form(text))
			}
		}
		mux.HandleFunc("/api/packages/f", answer(`{"name": "f", "feedType": "npm"}`))
		mux.HandleFunc("/api/packages/f/versions", answer(`[{"name": "a", "version": "1.0"}, {"name": "a", "version": "2.0"}]`))
		c := newClient(t, startServer(t, mux), WithRetries(0))
		feed, err := c.Feeds.Info(t.Context(), "f")
		if (err != nil) != test.fails || err == nil && feed.Type != ecosystem.NPM {
			t.Errorf("%s: %+v, %v", test.name, feed, err)
		}
		all, err := collected(c.Packages.Versions(t.Context(), "f", ecosystem.Package{Name: "a"}))
		if (err != nil) != test.fails || err == nil && len(all) != 2 {
			t.Errorf("%s: %+v, %v", test.name, all, err)
		}
	}
}
