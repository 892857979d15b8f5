package client

import (
	"bytes"
	"cmp"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/feedtype"
)

// TestContentRange reads what a resumed answer says of itself.
func TestContentRange(t *testing.T) {
	t.Parallel()
	for header, want := range map[string][2]int64{
		"bytes 100-199/1000": {100, 1000}, "bytes 0-0/1": {0, 1}, "bytes 5-9/*": {5, -1},
		"": {-1, 0}, "bytes */1000": {-1, 0}, "bytes 100-199": {-1, 0}, "bytes -5-9/10": {-1, 0}, "items 1-2/3": {-1, 0},
		"bytes 100-199/50": {-1, 0}, "bytes x-9/10": {-1, 0}, "bytes 5-9/" + strings.Repeat("9", 30): {-1, 0},
	} {
		start, total, ok := contentRange([]string{header})
		if ok != (want[0] >= 0) || ok && (start != want[0] || total != want[1]) {
			t.Errorf("%q: %d of %d, %v", header, start, total, ok)
		}
	}
	for _, several := range [][]string{nil, {"bytes 5-9/10", "bytes 5-9/10"}, {"bytes 5-9/10", "bytes 0-9/10"}} {
		if _, _, ok := contentRange(several); ok {
			t.Errorf("%q is a range", several)
		}
	}
}

// restTest is a transfer that breaks off after 700 bytes, and what the server sends as its rest.
type restTest struct {
	name        string
	first, rest http.Header
	chunked     bool // nobody says at first how much there is
	status      int  // of the rest; 0 for 206
	body        int  // where the rest ends; 0 for where the content does
	resumed     bool
	unasked     bool // the rest comes although all of the content is asked for
}

func restTests() []restTest {
	const monday, tuesday = "Mon, 06 Jan 2020 00:00:00 GMT", "Tue, 07 Jan 2020 00:00:00 GMT"
	const all, unknown = "bytes 700-1999/2000", "bytes 700-1999/*"
	tag := http.Header{"Etag": {`"a"`}}
	dated := http.Header{"Last-Modified": {monday}}
	both := http.Header{"Etag": {`"a"`}, "Last-Modified": {monday}}
	with := func(name string, values ...string) http.Header {
		h := http.Header{"Content-Range": {all}}
		h[name] = values
		return h
	}
	return []restTest{
		{name: "same tag", first: tag, rest: with("Etag", `"a"`), resumed: true},
		{name: "another tag", first: tag, rest: with("Etag", `"b"`)},
		{name: "weak tag", first: tag, rest: with("Etag", `W/"a"`)},
		{name: "two tags", first: tag, rest: with("Etag", `"a"`, `"b"`)},
		{name: "no tag", first: tag, rest: with("Etag"), resumed: true},
		{name: "empty tag", first: tag, rest: with("Etag", ""), resumed: true},
		{name: "two tags at first", first: http.Header{"Etag": {`"a"`, `"b"`}}, rest: with("Etag", `"a"`)},
		{name: "a rest that was not asked for", first: http.Header{"Etag": {`W/"a"`}}, rest: with("Etag", `W/"a"`), unasked: true},
		{name: "any tag", first: http.Header{"Etag": {"*"}}, rest: with("Etag", "*")},
		{name: "no tag and another date", first: both, rest: with("Last-Modified", tuesday)},
		{name: "no tag and the same date", first: both, rest: with("Last-Modified", monday), resumed: true},
		{name: "same date and a tag", first: dated, rest: http.Header{"Content-Range": {all}, "Last-Modified": {monday}, "Etag": {`"b"`}}, resumed: true},
		{name: "same tag and another date", first: both, rest: http.Header{"Content-Range": {all}, "Last-Modified": {tuesday}, "Etag": {`"a"`}}, resumed: true},
		{name: "another date", first: dated, rest: with("Last-Modified", tuesday)},
		{name: "no date", first: dated, rest: with("Etag"), resumed: true},
		{name: "size unknown to the rest", first: tag, rest: with("Content-Range", unknown), resumed: true},
		{name: "size unknown at first", first: tag, chunked: true, rest: with("Etag", `"a"`), resumed: true},
		{name: "size unknown", first: tag, chunked: true, rest: with("Content-Range", unknown)},
		{name: "size unknown, and a part of the rest", first: tag, chunked: true, rest: with("Content-Range", "bytes 700-799/*"), body: 800},
		{name: "another size", first: tag, rest: with("Content-Range", "bytes 700-1999/2001")},
		{name: "two ranges", first: tag, rest: with("Content-Range", all, "bytes 0-1999/2000")},
		{name: "several parts", first: tag, rest: with("Content-Type", "multipart/byteranges; boundary=x")},
		{name: "several parts in capitals", first: tag, rest: with("Content-Type", "Multipart/ByteRanges")},
		{name: "another type", first: tag, rest: with("Content-Type", "multipart/mixed; boundary=x"), resumed: true},
		{name: "end of another version", first: tag, chunked: true, status: 416, rest: http.Header{"Content-Range": {"bytes */700"}, "Etag": {`"b"`}}},
	}
}

// TestRest: a server that does not keep to the condition of a range may yet say whose rest it
// sends, and how much of it. One that says nothing is believed. What is not the rest is dropped,
// and all of the content is asked for.
func TestRest(t *testing.T) {
	t.Parallel()
	content := append(bytes.Repeat([]byte("a"), 700), bytes.Repeat([]byte("b"), 1300)...)
	for _, test := range restTests() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				ranged := r.Header.Get("Range") != "" || test.unasked && requests == 2
				for name, values := range map[bool]http.Header{false: test.first, true: test.rest}[ranged] {
					w.Header()[name] = values
				}
				switch {
				case ranged && test.status != 0:
					w.WriteHeader(test.status)
				case ranged:
					w.WriteHeader(http.StatusPartialContent)
					_, _ = w.Write(content[700:cmp.Or(test.body, len(content))])
				case requests > 1:
					_, _ = w.Write(content)
				default:
					if !test.chunked {
						w.Header().Set("Content-Length", "2000")
					}
					_, _ = w.Write(content[:700])
					_ = http.NewResponseController(w).Flush()
					panic(http.ErrAbortHandler)
				}
			}))
			got, err := newClient(t, address, WithRetries(2)).Downloads.Fetch(t.Context(), FetchRequest{
				Content:     feedtype.Content{Ref: "package", FileName: "package", Size: -1},
				Destination: Destination{Folder: t.TempDir()},
			})
			raw, _ := os.ReadFile(got.File)
			if err != nil || got.Resumed != test.resumed || !bytes.Equal(raw, content) {
				t.Errorf("resumed %v, %d bytes, %v", got.Resumed, len(raw), err)
			}
		})
	}
}
