package feedtype

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// page is one document of a memory index.
type page struct {
	body        string
	contentType string
	header      http.Header
}

// memory is an Index that holds its documents, by the exact reference that they must be asked for
// with.
type memory struct {
	base  string // with its final slash
	pages map[string]page
	asked []string
	gone  []string // files that certainly do not exist
}

func (m *memory) Missing(_ context.Context, ref string) bool { return slices.Contains(m.gone, ref) }

// serve makes an index behind a path prefix, as a ProGet behind a proxy has one.
func serve(pages map[string]string) *memory {
	m := &memory{base: "https://proget.example/pg/", pages: map[string]page{}}
	for ref, body := range pages {
		m.pages[ref] = page{body: body}
	}
	return m
}

func (m *memory) Fetch(_ context.Context, ref, _ string) (*Document, error) {
	ref = strings.TrimPrefix(ref, m.base)
	m.asked = append(m.asked, ref)
	p, ok := m.pages[ref]
	if !ok {
		return nil, fmt.Errorf("GET %s: %w", ref, ErrNotFound)
	}
	full := ref
	if u, err := url.Parse(ref); err == nil && !u.IsAbs() {
		full = m.base + ref
	}
	return &Document{
		URL:         full,
		ContentType: p.contentType,
		Header:      p.header,
		Body:        io.NopCloser(strings.NewReader(p.body)),
	}, nil
}

// locateTest is one row: a package, the documents that the feed has, and what must come out.
type locateTest struct {
	name  string
	pkg   ecosystem.Package
	pages map[string]string
	want  Content
	sums  string   // "sha512:00ff… (npm index)", joined by a space
	asked []string // references in order; nil: not looked at
	gone  []string // files that certainly do not exist
	fails string   // a part of the error's text; "" for none
	is    error    // an error in the chain
}

func runLocate(t *testing.T, tests []locateTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			kind, err := For(test.pkg.Type)
			if err != nil {
				t.Fatal(err)
			}
			index := serve(test.pages)
			index.gone = test.gone
			got, err := kind.Locate(t.Context(), index, "feed", test.pkg)
			if test.asked != nil && !slices.Equal(index.asked, test.asked) {
				t.Errorf("asked for %q, want %q", index.asked, test.asked)
			}
			if test.fails != "" || test.is != nil {
				checkError(t, err, test)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkContent(t, got, test)
		})
	}
}

func checkError(t *testing.T, err error, test locateTest) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), test.fails) {
		t.Fatalf("error %v, want one with %q", err, test.fails)
	}
	if test.is != nil && !errors.Is(err, test.is) {
		t.Errorf("error %v is not %v", err, test.is)
	}
}

func checkContent(t *testing.T, got Content, test locateTest) {
	t.Helper()
	if sums := showSums(got.Checksums); sums != test.sums {
		t.Errorf("checksums %q, want %q", sums, test.sums)
	}
	got.Checksums = nil
	if test.want.Note == "" {
		got.Note = ""
	}
	if got.guessed != (got.Search != "") {
		t.Errorf("a guess %v, searched %q", got.guessed, got.Search)
	}
	if test.want.Search == "" {
		got.Search = ""
	}
	got.guessed = false
	if !reflect.DeepEqual(got, test.want) {
		t.Errorf("got  %+v\nwant %+v", got, test.want)
	}
}

func showSums(sums []Checksum) string {
	var texts []string
	for _, c := range sums {
		texts = append(texts, fmt.Sprintf("%s:%s (%s)", c.Algorithm, hex.EncodeToString(c.Sum), c.Source))
	}
	return strings.Join(texts, " ")
}

// fill is a checksum in hex: n bytes of one value, so that a row shows at a glance which one it is.
func fill(b byte, n int) string { return strings.Repeat(fmt.Sprintf("%02x", b), n) }

func TestForUnsupported(t *testing.T) {
	t.Parallel()
	for _, typ := range []ecosystem.Type{ecosystem.Bower, ecosystem.Conan, "whatever", ""} {
		if _, err := For(typ); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), fmt.Sprintf("%q", typ)) {
			t.Errorf("For(%q): %v", typ, err)
		}
	}
}

func TestChecksumString(t *testing.T) {
	t.Parallel()
	if got := (Checksum{Algorithm: "sha512", Source: "npm index"}).String(); got != "sha512 (npm index)" {
		t.Error(got)
	}
}
