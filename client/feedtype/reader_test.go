package feedtype

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
	"golang.org/x/text/encoding/unicode"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// deflated is text in zlib's form, or the bare one.
func deflated(text string, bare bool) string {
	var out bytes.Buffer
	var w io.WriteCloser = zlib.NewWriter(&out)
	if bare {
		w, _ = flate.NewWriter(&out, 9)
	}
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.String()
}

// wide is text in UTF-16.
func wide(text string, order unicode.Endianness, mark unicode.BOMPolicy) string {
	out, _ := unicode.UTF16(order, mark).NewEncoder().String(text)
	return out
}

// TestEncodings: an index is read in whatever form it comes, also if nobody asked for it.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const text = `{"versions": "größe"}`
	tests := []struct{ name, encoding, body string }{
		{"plain", "", text}, {"identity", "identity", text}, {"a name that is none", "aws-chunked, utf-8", text}, {"gzip by name only", "gzip", text},
		{"mark", "", "\xef\xbb\xbf" + text},
		{"UTF-16 LE", "", wide(text, unicode.LittleEndian, unicode.UseBOM)}, {"UTF-16 BE", "", wide(text, unicode.BigEndian, unicode.UseBOM)},
		{"UTF-16 LE without a mark", "", wide(text, unicode.LittleEndian, unicode.IgnoreBOM)},
		{"UTF-16 BE without a mark", "", wide(text, unicode.BigEndian, unicode.IgnoreBOM)},
		{"gzip", "gzip", gz(text)}, {"x-gzip", "x-gzip", gz(text)}, {"gzip unnamed", "", gz(text)}, {"gzip, called deflate", "deflate", gz(text)},
		{"gzip with a mark in it", "gzip", gz("\xef\xbb\xbf" + text)}, {"gzip with UTF-16 in it", "gzip", gz(wide(text, unicode.LittleEndian, unicode.UseBOM))},
		{"deflate", "deflate", deflated(text, false)}, {"deflate, bare", "Deflate", deflated(text, true)}, {"deflate unnamed", "", deflated(text, false)},
		{"zstd", "zstd", zst(text)}, {"xz", "", xzip(text)},
	}
	for _, test := range tests {
		if got, err := expanded(strings.NewReader(test.body), test.encoding); string(got) != text || err != nil {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
}

// xzOf is text in xz with a dictionary of that size.
func xzOf(text string, dictionary int) string {
	var out bytes.Buffer
	w, err := xz.WriterConfig{DictCap: dictionary}.NewWriter(&out)
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.String()
}

// TestEncodingErrors: what is not read ends early and is named in our words.
func TestEncodingErrors(t *testing.T) {
	t.Parallel()
	bomb := strings.Repeat("\n", freeBytes+freeBytes/8)
	patched := []byte(xzOf("hello", 4096))
	patched[16] = 40 // the dictionary's size in the first block's header: 4 GiB
	tests := []struct{ name, encoding, body, want string }{
		{"brotli", "br", "x", `it is compressed with "br"`}, {"LZW", "gzip, compress", "x", `it is compressed with "compress"`},
		{"gzip twice", "gzip", gz(gz("x")), "it is compressed twice"}, {"gzip in zstd", "", zst(gz("x")), "it is compressed twice"},
		{"cut gzip", "", gz("hello, hello")[:16], "it is cut off"}, {"changed gzip", "", gz("hello")[:12] + "xxxxxxxxxxxxxxxx", "its gzip compression is damaged"},
		{"no deflate", "deflate", "\xff\xff\xff\xff", "its deflate compression is damaged"}, {"no xz", "", "\xfd7zXZ\x00xxxxxxxxxxxxxxxxxxx", "its xz compression is damaged"},
		{"gzip bomb", "", gz(bomb), "more than 100 times"}, {"xz bomb", "", xzip(bomb), "more than 100 times"}, {"zstd bomb", "", zst(bomb), "more than 100 times"},
		{"xz dictionary", "", xzOf("hello", 128<<20), "larger than 64 MiB"}, {"xz dictionary of the most", "", string(patched), "larger than 64 MiB"},
		{"xz dictionary in a later stream", "", xzOf("hello", 4096) + "\x00\x00\x00\x00" + xzOf("hello", 128<<20), "larger than 64 MiB"},
		{"lzma dictionary", "", "\x5d\x00\x00\x00\x80" + strings.Repeat("\x00", 20), "larger than 64 MiB"},
	}
	for _, test := range tests {
		if _, err := expanded(strings.NewReader(test.body), test.encoding); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestEmptyParts: a compressed file may have empty parts, but is not read for them alone.
func TestEmptyParts(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{"gzip": gz(""), "zstd": zst("x"), "skipped zstd": "\x50\x2a\x4d\x18\x00\x00\x00\x00"} {
		before := map[bool]string{true: zst("x")}[strings.HasPrefix(name, "skipped")]
		few, err := expanded(strings.NewReader(before+strings.Repeat(part, 10)), "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(few) > 10 {
			t.Errorf("%s: %q", name, few)
		}
		if _, err := expanded(strings.NewReader(before+strings.Repeat(part, 2*freeBytes/len(part))), ""); !errors.Is(err, errTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLongVersions: no version of an index is so long that its comparison takes time.
func TestLongVersions(t *testing.T) {
	t.Parallel()
	long := "1" + strings.Repeat(".1", maxVersionBytes/2)
	for kind := range protocols() {
		pick := newestOf(ecosystem.Package{Type: kind, Version: Latest})
		if pick.offer(long) || !pick.offer("1.0.0") || likeness(kind, long, long) != 0 {
			t.Errorf("%s compares a version of %d bytes", kind, len(long))
		}
	}
}

// TestPackedTwice: a compressed file may be compressed once more for the way, if the server says
// so. Its checksum is that of the file, and what it expands to is measured by the wire.
func TestPackedTwice(t *testing.T) {
	t.Parallel()
	sumOf := func(text string) []Checksum {
		sum := sha256.Sum256([]byte(text))
		return []Checksum{{Algorithm: "sha256", Sum: sum[:]}}
	}
	bomb := strings.Repeat("\n", freeBytes+freeBytes/8)
	for _, test := range []struct {
		name, ref, encoding, body string
		want                      []Checksum
		fails                     string
	}{
		{"a gzip file", "x/Packages.gz", "gzip", gz(gz("text")), nil, ""},
		{"an xz file", "x/Packages.xz", "gzip", gz(xzip("text")), nil, ""},
		{"a gzip file, deflated", "x/Packages.gz", "deflate", deflated(gz("text"), false), nil, ""},
		{"with a checksum", "x/Packages.gz", "gzip", gz(gz("text")), sumOf(gz("text")), ""},
		{"with the checksum of the wire", "x/Packages.gz", "gzip", gz(gz("text")), sumOf(gz(gz("text"))), ""},
		{"with the checksum of the list", "x/Packages.gz", "gzip", gz(gz("text")), sumOf("text"), "sha256 is"},
		{"once, as it is stored", "x/Packages.gz", "gzip", gz("text"), sumOf(gz("text")), ""},
		{"not said", "x/Packages.gz", "", gz(gz("text")), nil, "it is compressed twice"},
		{"another file", "x/Packages", "gzip", gz(gz("text")), nil, "it is compressed twice"},
		{"three times", "x/Packages.gz", "gzip", gz(gz(gz("text"))), nil, "it is compressed twice"},
		{"cut", "x/Packages.gz", "gzip", gz(gz("text, and text")[:14]), nil, "it is cut off"},
		{"a bomb", "x/Packages.gz", "gzip", gz(gz(bomb)), nil, "more than 100 times"},
		{"a bomb in two steps", "x/Packages.xz", "gzip", gz(xzip(bomb)), nil, "more than 100 times"},
		{"a large dictionary", "x/Packages.xz", "gzip", gz(xzOf("hello", 128<<20)), nil, "larger than 64 MiB"},
	} {
		index := serve(nil)
		index.pages[test.ref] = page{body: test.body, header: http.Header{}}
		if test.encoding != "" {
			index.pages[test.ref].header.Set("Content-Encoding", test.encoding)
		}
		var got []byte
		q := query{Index: index, pkg: ecosystem.Package{Type: ecosystem.Debian}}
		err := q.stream(t.Context(), test.ref, test.want, func(_ *Document, r io.Reader) (err error) {
			got, err = io.ReadAll(r)
			return err
		})
		switch {
		case test.fails == "" && (err != nil || string(got) != "text"):
			t.Errorf("%s: %q, %v", test.name, got, err)
		case test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)):
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestXZGuard: it lets every file go by unchanged, whatever its parts.
func TestXZGuard(t *testing.T) {
	t.Parallel()
	for _, sum := range []byte{xz.CRC32, xz.CRC64, xz.SHA256} {
		var out bytes.Buffer
		w, _ := xz.WriterConfig{DictCap: 1 << 16, BlockSize: 1000, CheckSum: sum}.NewWriter(&out)
		want := strings.Repeat("some text, and more of it\n", 400)
		_, _ = io.WriteString(w, want)
		_ = w.Close()
		for _, body := range []string{out.String(), out.String() + out.String(), out.String() + "\x00\x00\x00\x00" + xzOf("", 4096) + out.String()} {
			got, err := expanded(strings.NewReader(body), "")
			if err != nil || strings.ReplaceAll(string(got), want, "") != "" {
				t.Errorf("checksum %d: %d bytes, %v", sum, len(got), err)
			}
		}
	}
}

// TestStreamSums: the checksum may be of what is on the wire or, if the server says that it
// compressed the document for the way, of what it compressed. A wrong one is reported before
// whatever else is wrong.
func TestStreamSums(t *testing.T) {
	t.Parallel()
	sumOf := func(text string) []Checksum {
		sum := sha256.Sum256([]byte(text))
		return []Checksum{{Algorithm: "sha256", Sum: sum[:]}}
	}
	failing := func(_ *Document, r io.Reader) error { return errRefused }
	reading := func(_ *Document, r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }
	tests := []struct {
		name, encoding, body string
		want                 []Checksum
		parse                func(*Document, io.Reader) error
		mismatch, fails      bool
	}{
		{"plain", "", "text", sumOf("text"), reading, false, false},
		{"not read", "", "text", sumOf("text"), func(*Document, io.Reader) error { return nil }, false, false},
		{"compressed file", "", gz("text"), sumOf(gz("text")), reading, false, false},
		{"compressed file, so called", "gzip", gz("text"), sumOf(gz("text")), reading, false, false},
		{"compressed for the way", "gzip", gz("text"), sumOf("text"), reading, false, false},
		{"compressed file of another sum", "", gz("text"), sumOf("text"), reading, true, false},
		{"another", "", "text", sumOf("other"), reading, true, false},
		{"another that fails", "", "text", sumOf("other"), failing, true, false},
		{"another that is damaged", "", gz("text")[:8] + "xxxxxxxxxx", sumOf("other"), reading, true, false},
		{"the right one that fails", "", "text", sumOf("text"), failing, false, true},
	}
	for _, test := range tests {
		doc := &Document{URL: "https://h/x", Header: http.Header{"Content-Encoding": {test.encoding}}, Body: io.NopCloser(strings.NewReader(test.body))}
		err := query{Index: one{doc}}.stream(t.Context(), "x", test.want, test.parse)
		_, mismatch := errors.AsType[*MismatchError](err)
		if mismatch != test.mismatch || errors.Is(err, errRefused) != test.fails || (err == nil) != (!test.mismatch && !test.fails) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestCharsets: names in ASCII are read in any charset, others in those that are known.
func TestCharsets(t *testing.T) {
	t.Parallel()
	tests := []struct{ charset, text, want string }{
		{"UTF-8", "größe", "größe"}, {"utf8", "größe", "größe"}, {"utf-16", "größe", "größe"}, {"ISO-8859-1", "gr\xf6\xdfe", "größe"},
		{"iso_8859-1", "gr\xf6\xdfe", "größe"}, {"Latin1", "gr\xf6\xdfe", "größe"}, {"US-ASCII", "x", "x"}, {"windows-1252", "\x80", "€"}, {"cp1252", "\x80", "€"},
		{"iso-8859-15", "\xa4", "€"}, {"latin9", "\xa4", "€"}, {"windows-1251", "\xff", "я"}, {"koi8-r", "\xd1", "я"}, {"ISO-8859-2", "\xb1", "ą"},
		{"Shift_JIS", "a\x83\x5cb", "a\uFFFD\\b"}, {"GB18030", "x\xd6\xd0", "x\uFFFD\uFFFD"}, {"x-unknown", "x", "x"},
	}
	for _, test := range tests {
		var doc struct {
			Name string `xml:"name"`
		}
		err := newXML(strings.NewReader(`<?xml version="1.0" encoding="` + test.charset + `"?><a><name>` + test.text + `</name></a>`)).Decode(&doc)
		if doc.Name != test.want || err != nil {
			t.Errorf("%s: %q, %v", test.charset, doc.Name, err)
		}
	}
}

// refusals is an Index that refuses some documents.
type refusals struct {
	*memory
	status map[string]int
}

func (r refusals) Fetch(ctx context.Context, ref, accept string) (*Document, error) {
	if status := r.status[ref]; status != 0 {
		return nil, &RefusedError{status, errRefused}
	}
	return r.memory.Fetch(ctx, ref, accept)
}

// TestRefused: what only helps to verify may be refused in any way; an index that a full identity
// can do without may be refused by a status, which is the reason if the package is not found.
func TestRefused(t *testing.T) {
	t.Parallel()
	jar := ecosystem.Package{Type: ecosystem.Maven, Group: "org.acme", Name: "tool", Version: "1.0"}
	const path, v3, flat = "maven2/feed/org/acme/tool/1.0/tool-1.0.jar", "nuget/feed/v3/index.json", "https://proget.example/pg/flat/"
	nuget := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.NuGet, Name: "A", Version: version}
	}
	service := map[string]string{v3: `{"resources": [{"@id": "` + flat + `", "@type": "PackageBaseAddress/3.0.0"}]}`, "flat/a/index.json": `{"versions": ["1.0.0"]}`}
	const entry = "nuget/feed/Packages(Id=%27A%27,Version=%271.0.0%27)"
	tests := []struct {
		name    string
		pkg     ecosystem.Package
		pages   map[string]string
		refused string
		status  int
		fails   bool // with the refusal
		doubt   bool
	}{
		{"checksum", jar, map[string]string{path + ".sha1": fill(1, 20)}, path + ".sha256", 403, false, false},
		{"checksum is a page", jar, map[string]string{path + ".sha256": "<html>", path + ".sha1": fill(1, 20)}, "", 0, false, false},
		{"checksum redirects", jar, map[string]string{path + ".sha1": fill(1, 20)}, path + ".sha256", 302, false, false},
		{"v3", nuget("1.0.0"), nil, v3, 500, false, true},
		{"v3 redirects", nuget("1.0.0"), nil, v3, 302, true, false},
		{"v3 is a page", nuget("1.0.0"), nil, v3, 200, true, false},
		{"v3 for latest", nuget(Latest), nil, v3, 403, true, false},
		{"v2 beside v3", nuget("1.0.0"), service, entry, 400, false, false},
		{"v2 beside v3 is garbage", nuget("1.0.0"), map[string]string{v3: service[v3], "flat/a/index.json": service["flat/a/index.json"], entry: "\x00"}, "", 0, false, false},
		{"asset's metadata", ecosystem.Package{Type: ecosystem.Asset, Name: "a.zip"}, nil, "endpoints/feed/metadata/a.zip", 405, false, false},
		{"conda", condaNamed("1.0"), nil, "conda/feed/linux-64/repodata.json", 401, true, false},
		{"conda, fails", condaNamed("1.0", "build", "1"), nil, "conda/feed/linux-64/repodata.json", 500, true, false},
		{"conda, fully named", condaNamed("1.0", "build", "1", "type", "conda"), nil, "conda/feed/linux-64/repodata.json", 401, false, true},
		{"npm", ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: "1.0.0"}, nil, "npm/feed/a", 403, true, false},
	}
	for _, test := range tests {
		kind, err := For(test.pkg.Type)
		if err != nil {
			t.Fatal(err)
		}
		got, err := kind.Locate(t.Context(), refusals{serve(test.pages), map[string]int{test.refused: test.status}}, "feed", test.pkg)
		if errors.Is(err, errRefused) != test.fails || !test.fails && err != nil || (got.Doubt != nil) != test.doubt {
			t.Errorf("%s: %v, doubt %v", test.name, err, got.Doubt)
		}
		if strings.HasPrefix(test.name, "checksum") && len(got.Checksums) != 1 {
			t.Errorf("%s: checksums %v", test.name, got.Checksums)
		}
	}
}
