package feedtype

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// TestTogether: the parts of one list have one bound, as they are on the wire and expanded.
func TestTogether(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		parts []string
		fits  bool
	}{
		"fits":            {[]string{strings.Repeat("x", 60), strings.Repeat("x", 40)}, true},
		"too large":       {[]string{strings.Repeat("x", 60), strings.Repeat("x", 41)}, false},
		"expanded":        {[]string{gz(strings.Repeat("x", 60)), gz(strings.Repeat("x", 40))}, true},
		"expands":         {[]string{gz(strings.Repeat("x", 60)), gz(strings.Repeat("x", 41))}, false},
		"empty on wire":   {[]string{strings.Repeat(gz(""), 4), strings.Repeat("x", 40)}, false},
		"nothing is left": {[]string{strings.Repeat("x", 100), ""}, true},
	} {
		index := serve(map[string]string{})
		for i, part := range test.parts {
			index.pages[string('a'+rune(i))] = page{body: part}
		}
		q := query{Index: index, pkg: ecosystem.Package{Type: ecosystem.Docker}}.together(100)
		var err error
		for i := range test.parts {
			if err == nil {
				err = q.read(t.Context(), string('a'+rune(i)), "", func(_ *Document, r io.Reader) error {
					_, err := io.Copy(io.Discard, r)
					return err
				})
			}
		}
		if errors.Is(err, errTooLarge) == test.fits || (err == nil) != test.fits {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPagesTogether: pages that are large, each within the bound of one document, end a list.
func TestPagesTogether(t *testing.T) {
	t.Parallel()
	padding := strings.Repeat("x", 1<<20-100)
	long := func(before, unit, after string) string {
		return before + strings.Repeat(unit, maxIndexBytes/(2<<20)+1) + after
	}
	tags := long(`{"pad":[`, `"`+padding+`",`, `0],"tags":["1.0"]}`)
	entries := func(next string) string {
		return long(`<feed>`, "<!--"+padding+"-->", `<link rel="next" href="`+next+`"/></feed>`)
	}
	const find = "nuget/feed/FindPackagesById()?id=%27p%27&semVerLevel=2.0.0"
	const list = "v2/feed/p/tags/list"
	for _, test := range []struct {
		pkg   ecosystem.Package
		pages map[string]page
	}{
		{ecosystem.Package{Type: ecosystem.Docker, Name: "p", Version: LatestStable}, map[string]page{
			list:          {body: tags, header: http.Header{"Link": {`<?n=2>; rel="next"`}}},
			list + "?n=2": {body: tags, header: http.Header{"Link": {`<?n=3>; rel="next"`}}},
		}},
		{ecosystem.Package{Type: ecosystem.PowerShell, Name: "p", Version: "1"}, map[string]page{
			find:           {body: entries("/pg/nuget/feed/2")},
			"nuget/feed/2": {body: entries("/pg/nuget/feed/3")},
		}},
	} {
		index := serve(nil)
		index.pages = test.pages
		kind, err := For(test.pkg.Type)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = kind.Locate(t.Context(), index, "feed", test.pkg); !errors.Is(err, errTooLarge) {
			t.Errorf("%s: %v, asked for %q", test.pkg.Type, err, index.asked)
		}
	}
}

// TestWorkTogether: what costs CPU time is counted over all parts of a list, and for each other
// document on its own.
func TestWorkTogether(t *testing.T) {
	t.Parallel()
	tags := func(r io.Reader) error { return eachTag(r, func(string) {}) }
	stanzas := func(r io.Reader) error {
		return eachStanza(r, []string{"A"}, func(map[string]string) error { return nil })
	}
	elements := func(r io.Reader) error {
		return eachElement(r, func(*xml.Decoder, xml.StartElement) error { return nil })
	}
	skip := func(r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	packed := xzip("text")
	for name, test := range map[string]struct {
		spent work // by the parts before
		part  string
		parse func(io.Reader) error
	}{
		"entries":        {work{entries: maxEntries - 5}, `{"tags":["1","2"]}`, tags},
		"skipped tokens": {work{tokens: maxTokens - 8}, `{"other":[1,2,3,4]}`, tags},
		"lines":          {work{lines: maxLines - 5}, "A: 1\nB: 2\n\n", stanzas},
		"xz":             {work{slow: maxSlowBytes - int64(len(packed)) - 1}, packed, skip},
		"tags of XML":    {work{tokens: maxXMLTokens - 7}, `<a><b/></a>`, elements},
	} {
		for _, parts := range []bool{true, false} {
			index := serve(map[string]string{"a": test.part})
			q := query{Index: index, pkg: ecosystem.Package{Type: ecosystem.Docker}}
			if parts {
				q = q.together(maxIndexBytes)
				test.spent.left = q.list.left
				*q.list = test.spent
			}
			read := func() error {
				return q.read(t.Context(), "a", "", func(_ *Document, r io.Reader) error { return test.parse(r) })
			}
			if err := read(); err != nil {
				t.Errorf("%s, parts %t: %v", name, parts, err)
			}
			if err := read(); (errors.Is(err, errTooMany) || errors.Is(err, errTooLarge)) != parts || !parts && err != nil {
				t.Errorf("%s, parts %t, again: %v", name, parts, err)
			}
		}
	}
}
