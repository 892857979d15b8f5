package feedtype

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
)

var errRefused = errors.New("refused")

// refusing is an Index that answers nothing.
type refusing struct{}

func (refusing) Fetch(context.Context, string, string) (*Document, error) { return nil, errRefused }

func TestReadJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		keys []string
		ok   bool
	}{
		{`{}`, nil, true}, {`null`, nil, true}, {`[]`, nil, true}, {` {} `, nil, true}, {`{} {}`, nil, false}, {`{}x`, nil, false}, {`{"a": 1}]`, []string{"a"}, false}, {`{"a": 1, "b": {"c": [1, {}]}, "d": null}`, []string{"a", "b", "d"}, true},
		{`[1]`, nil, false}, {`7`, nil, false}, {``, nil, false}, {`{"a": [1}`, []string{"a"}, false}, {`{"a"`, []string{"a"}, false},
		{`{"a": 1`, []string{"a"}, false}, {`{1: 2}`, nil, false}, {`{"a": "\ud800"}`, []string{"a"}, true},
	}
	for _, test := range tests {
		var keys []string
		err := readJSON(strings.NewReader(test.text), func(j *jsonReader, key string) error {
			keys = append(keys, key)
			return j.skip()
		})
		if !slices.Equal(keys, test.keys) || (err == nil) != test.ok {
			t.Errorf("%s: keys %q, %v", test.text, keys, err)
		}
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`[]`:                      0,
		`null`:                    0,
		`[1, [2, 3], {"a": [4]}]`: 3,
		`[1, ]`:                   -1,
		`{}`:                      -1,
		`[`:                       -1,
	} {
		j, n := newJSON(strings.NewReader(text)), 0
		err := j.items(func() error {
			n++
			return j.skip()
		})
		if err != nil {
			n = -1
		}
		if n != want {
			t.Errorf("%s: %d items, %v", text, n, err)
		}
	}
}

// TestSkip: a value that is skipped leaves the decoder where one that is read does.
func TestSkip(t *testing.T) {
	t.Parallel()
	value := rapid.Deferred(func() *rapid.Generator[string] {
		return rapid.OneOf(
			rapid.SampledFrom([]string{`1`, `-2.5e3`, `"a\"b}"`, `true`, `null`, `[]`, `{}`}),
			rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{`[1,{"x":[]}]`, `"]"`, `{"a":{"b":null}}`, `0`}), 1, 4),
				func(items []string) string { return "[" + strings.Join(items, ",") + "]" }),
		)
	})
	rapid.Check(t, func(t *rapid.T) {
		text := value.Draw(t, "value")
		j := newJSON(strings.NewReader(text + ` "next"`))
		if err := j.skip(); err != nil {
			t.Fatal(err)
		}
		if next, err := j.dec.Token(); next != "next" || err != nil {
			t.Fatalf("after %s: %v, %v", text, next, err)
		}
	})
}

// TestDeepJSON: nesting of a million levels ends in an error or is skipped, and never ends the
// program.
func TestDeepJSON(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 1_000_000)
	for _, text := range []string{
		`{"x": ` + deep, `{"versions": {"1": ` + deep, `{"versions": {"1": {"dist": ` + strings.Repeat(`{"a":`, 1_000_000),
	} {
		_, err := readPackument(strings.NewReader(text), query{pkg: ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: "1"}})
		if !errors.Is(describeFault(err, []byte("{")), errTooDeep) {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}

// TestDeepXML: the same for elements.
func TestDeepXML(t *testing.T) {
	t.Parallel()
	for _, start := range []string{"<entry>", "<feed>"} {
		deep := strings.Repeat(start+"<properties>", 100_000)
		if _, err := readEntries(&Document{URL: "https://h/"}, strings.NewReader(deep), func(atomEntry) {}); !errors.Is(err, errTooDeep) {
			t.Errorf("%s: %v", start, err)
		}
	}
}

func TestNewest(t *testing.T) {
	t.Parallel()
	versions := []string{"1.9.0", "1.10.0", "2.0.0-rc.1", "latest", "", "../9", "1.10.0"}
	for word, want := range map[string]string{Latest: "2.0.0-rc.1", LatestStable: "1.10.0"} {
		pkg := ecosystem.Package{Type: ecosystem.NPM, Version: word}
		pick, got := newestOf(pkg), ""
		for _, v := range versions {
			if pick.wanted(pkg, v) {
				got = v
			}
		}
		if got != want {
			t.Errorf("%s is %q, want %q", word, got, want)
		}
	}
}

// TestRead: every document is closed, also one that does not parse.
func TestRead(t *testing.T) {
	t.Parallel()
	body := &closing{Reader: strings.NewReader("x")}
	q := query{doubt: new(error), Index: one{&Document{URL: "https://h/x", Body: body}}}
	err := q.read(t.Context(), "x", "", func(*Document, io.Reader) error { return errRefused })
	if !errors.Is(err, errRefused) || !strings.Contains(err.Error(), "https://h/x") || !body.closed {
		t.Errorf("error %v, closed %v", err, body.closed)
	}
	body.closed = false
	if err := q.stream(t.Context(), "x", nil, func(*Document, io.Reader) error { return errRefused }); !errors.Is(err, errRefused) || !body.closed {
		t.Errorf("error %v, closed %v", err, body.closed)
	}
}

// one is an Index of one document.
type one struct{ doc *Document }

func (o one) Fetch(context.Context, string, string) (*Document, error) { return o.doc, nil }

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func FuzzOthers(f *testing.F) {
	f.Add(uint8(0), `{"versions":[]}`, "x")
	f.Add(uint8(1), "1.0 |checksum:00", "x")
	f.Add(uint8(2), "entries: {a: [{version: 1, urls: [x]}]}", "x")
	f.Add(uint8(3), `{"packages":{"g/a.b":[{"version":"1","dist":{"url":"x"}}]}}`, `{"metadata-url":"/%package%"}`)
	f.Add(uint8(4), `<feed><entry><content src="x"/><Vsix><Id>a.b</Id><Version>1</Version></Vsix></entry></feed>`, "x")
	f.Add(uint8(5), `{"name":"a","vers":"1","cksum":""}`, `{"dl":"/{crate}"}`)
	f.Add(uint8(6), `{"location":"/x//y?archive=zip"}`, `{"modules.v1":"/m/"}`)
	f.Add(uint8(7), "Package: a.b\nVersion: 1\n", "x")
	f.Fuzz(func(t *testing.T, which uint8, first, second string) {
		types := []ecosystem.Type{ecosystem.Pub, ecosystem.Gem, ecosystem.Helm, ecosystem.Composer, ecosystem.VSIX, ecosystem.Cargo, ecosystem.Terraform, ecosystem.CRAN}
		pkg := ecosystem.Package{Type: types[int(which)%len(types)], Group: "g", Name: "a.b", Version: "1"}
		pages := map[string]string{
			"pub/feed/api/packages/a.b": first, "rubygems/feed/info/a.b": first, "helm/feed/g/index.yaml": first, "vsix/feed": first,
			"composer/feed/packages.json": second, "g/a.b": first, "https://proget.example/g/a.b": first,
			"cargo/feed/3/a/a.b": first, "cargo/feed/config.json": second, "cran/feed/src/contrib/PACKAGES.gz": first,
			".well-known/terraform.json": second, "https://proget.example/m/feed__g/a/b/1/download": first, "https://proget.example/m/feed__g/a/b/versions": first,
		}
		hostile(t, pkg, pages)
		pkg.Version = Latest
		hostile(t, pkg, pages)
	})
}
