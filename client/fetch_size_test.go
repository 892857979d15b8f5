package client

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/feedtype"
)

// TestStatedSizes: a size that an index states is a bound if a checksum goes with it, and worth
// a warning if none does. Nothing of a file that is refused is left.
func TestStatedSizes(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte("PKG"), 1000)
	sum := sha256.Sum256(body)
	other := sha256.Sum256(nil)
	for _, test := range []struct {
		name   string
		size   int64
		sum    []byte
		length string // Content-Length; "" is none
		verify Verify
		kind   Kind
		warns  bool
	}{
		{name: "right", size: 3000, sum: sum[:]},
		{name: "right, announced", size: 3000, sum: sum[:], length: "3000"},
		{name: "unknown", size: -1, sum: sum[:]},
		{name: "0 is unknown", size: 0, sum: sum[:]},
		{name: "0 and no checksum", size: 0},
		{name: "less than none", size: -7},
		{name: "too long", size: 2999, sum: sum[:], kind: KindIntegrity},
		{name: "too long, announced", size: 2999, sum: sum[:], length: "3000", kind: KindIntegrity},
		{name: "1 byte", size: 1, sum: sum[:], kind: KindIntegrity},
		{name: "shorter, as its checksum says", size: 3001, sum: sum[:], warns: true},
		{name: "shorter, and another", size: 3001, sum: other[:], kind: KindIntegrity},
		{name: "no checksum, longer", size: 2000, warns: true},
		{name: "no checksum, shorter", size: 4000, warns: true},
		{name: "no checksum, the largest number", size: 1<<63 - 1, warns: true},
		{name: "not looked at", size: 1, sum: other[:], verify: VerifyOff},
		{name: "required, longer", size: 1, sum: sum[:], verify: VerifyRequired, kind: KindIntegrity},
	} {
		url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if test.length != "" {
				w.Header().Set("Content-Length", test.length)
			}
			_, _ = w.Write(body[:1])
			w.(http.Flusher).Flush()
			_, _ = w.Write(body[1:])
		}))
		content := feedtype.Content{Ref: "x.bin", FileName: "x.bin", Size: test.size}
		if test.sum != nil {
			content.Checksums = []feedtype.Checksum{{Algorithm: "sha256", Sum: test.sum, Source: "index"}}
		}
		folder := t.TempDir()
		got, err := newClient(t, url).Downloads.Fetch(t.Context(), FetchRequest{Content: content, Verify: test.verify, Destination: Destination{Folder: folder}})
		if KindOf(err) != test.kind || (len(got.Warnings) > 0) != test.warns {
			t.Errorf("%s: %v, warnings %q", test.name, err, got.Warnings)
		}
		if here, _ := os.ReadDir(folder); (len(here) == 1) != (test.kind == "") {
			t.Errorf("%s: the folder has %d files", test.name, len(here))
		}
	}
}

// TestTransferEndsAtTheBound: a body without an end is not read, whether an index states the size,
// with or without a checksum, or the server announced it before the transfer broke off.
func TestTransferEndsAtTheBound(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter) {
		for block := bytes.Repeat([]byte("A"), 64<<10); ; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	sum := []feedtype.Checksum{{Algorithm: "sha256", Sum: make([]byte, 32), Source: "index"}}
	for _, test := range []struct {
		name  string
		size  int64
		sums  []feedtype.Checksum
		begin string // what the first answer has of 10 announced bytes
		kind  Kind
		most  int
	}{
		{"with a checksum", 10, sum, "", KindIntegrity, 10},
		{"without one", 10, nil, "", KindIntegrity, 20 + sizeSlack},
		{"announced", -1, nil, "AAA", KindUnavailable, 10},
		{"announced, and a range that says so", -1, sum, "AAAA", KindUnavailable, 10},
	} {
		url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			switch rest, resumed := strings.CutPrefix(r.Header.Get("Range"), "bytes="); {
			case resumed:
				start, _ := strconv.Atoi(strings.TrimSuffix(rest, "-"))
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-9/10", start))
				w.WriteHeader(http.StatusPartialContent)
				endless(w)
			case test.begin != "":
				w.Header().Set("Content-Length", "10")
				_, _ = w.Write([]byte(test.begin))
			default:
				endless(w)
			}
		}))
		var out bytes.Buffer
		_, err := newClient(t, url).Downloads.Fetch(t.Context(), FetchRequest{
			Content: feedtype.Content{Ref: "x.bin", Size: test.size, Checksums: test.sums}, Destination: Destination{Stream: &out},
		})
		if KindOf(err) != test.kind || out.Len() > test.most {
			t.Errorf("%s: %v, %d bytes written", test.name, err, out.Len())
		}
	}
}
