package client

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// TestDecodeRefuses: what is not one JSON array, or can be read in two ways, is never taken for a
// list, and not for an empty one.
func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, says string }{
		{"null", `null`, "it is null"},
		{"null and spaces", " null\r\n", "it is null"},
		{"null and a digit", `null0`, "not valid JSON"},
		{"null and letters", `nullXYZ`, "not valid JSON"},
		{"null and an array", `null[{"packageName":"P"}]`, "not valid JSON"},
		{"null and an array behind a line break", "null\n[{\"packageName\":\"P\"}]", "not valid JSON"},
		{"null and a no-break space", "null\u00a0", "not valid JSON"},
		{"null twice", `null null`, "not valid JSON"},
		{"half of null", `nul`, "not valid JSON"},
		{"a word", `nothing`, "not valid JSON"},
		{"array and a digit", `[]0`, "something follows"},
		{"array and a bracket", `[]]`, "something follows"},
		{"array twice", `[][{"packageName":"P"}]`, "something follows"},
		{"array and a comma", `[],`, "something follows"},
		{"array and a zero byte", "[]\x00", "something follows"},
		{"array and a mark", "[]\xef\xbb\xbf", "something follows"},
		{"two marks", "\xef\xbb\xbf\xef\xbb\xbf[]", "not valid JSON"},
		{"half a mark", "\xef\xbb[]", "not valid JSON"},
		{"UTF-16", "\xff\xfe[\x00]\x00", "not valid JSON"},
		{"gzip", "\x1f\x8b\x08\x00", "it is compressed"},
		{"comma first", `[,{}]`, "not valid JSON"},
		{"comma last", `[{},]`, "not valid JSON"},
		{"no comma", `[{} {}]`, "not valid JSON"},
		{"no comma between nulls", `[null null]`, "not valid JSON"},
		{"semicolon", `[{};{}]`, "not valid JSON"},
		{"crossed brackets", `[{]}`, "not valid JSON"},
		{"brace for a bracket", `[{}}`, "not valid JSON"},
		{"comment", `[/* none */]`, "not valid JSON"},
		{"single quotes", `[{'packageName':'P'}]`, "not valid JSON"},
		{"raw line break in a string", "[{\"packageName\":\"a\nb\"}]", "not valid JSON"},
		{"word", `[nil]`, "not valid JSON"},
		{"string", `["]"]`, "not an object"},
		{"no colon", `[{"version" "1"}]`, "not valid JSON"},
		{"two colons", `[{"version"::"1"}]`, "not valid JSON"},
		{"comma for a colon", `[{"version","1"}]`, "not valid JSON"},
		{"comma first in an object", `[{,"version":"1"}]`, "not valid JSON"},
		{"comma last in an object", `[{"version":"1",}]`, "not valid JSON"},
		{"no comma in an object", `[{"version":"1" "packageType":"npm"}]`, "not valid JSON"},
		{"comma last among promotions", `[{"promotions":[{},]}]`, "not valid JSON"},
		{"no comma between promotions", `[{"promotions":[{}{}]}]`, "not valid JSON"},
		{"a key without quotes", `[{version:"1"}]`, "not valid JSON"},
		{"a key alone", `[{"version"}]`, "not valid JSON"},
		{"a number with a zero", `[{"version":01}]`, "not valid JSON"},
		{"half a number", `[{"version":1.}]`, "not valid JSON"},
		{"an escape that is none", `[{"version":"\x41"}]`, "not valid JSON"},
		{"half an escape", `[{"x":"\u00"}]`, "not valid JSON"},
		{"a control character in a key", "[{\"a\tb\":1}]", "not valid JSON"},
		{"crossed brackets that are not read", `[{"x":[{"a":1]}}]`, "not valid JSON"},
		{"lines of objects", `{"packageName":"P"}` + "\n" + `{"packageName":"Q"}`, "it is an object"},

		{"twin", `[{"version":"1","version":"1"}]`, `"version" twice`},
		{"twin in another case", `[{"packageName":"A","version":"2.0.0","Version":"1.0.0"}]`, `"Version" twice`},
		{"twin of another type", `[{"version":"1","VERSION":null}]`, "twice"},
		{"twin far apart", `[{"version":"1","promotions":[],"x":1,"versioN":"2"}]`, "twice"},
		{"twin with escapes", `[{"version":"1","\u0056ersion":"2"}]`, "twice"},
		{"twin by Unicode's folding", `[{"version":"1","verſion":"2"}]`, "twice"},
		{"twin by folding, escaped", `[{"version":"1","ver\u017fion":"2"}]`, "twice"},
		{"twin that is not read", `[{"extra":"1","Extra":"2"}]`, "twice"},
		{"twin of odd letters", `[{"größe":1,"GRÖẞE":2,"GRÖßE":3}]`, "twice"},
		{"twin lists", `[{"promotions":[],"Promotions":[{"toFeed":"prod"}]}]`, "twice"},
		{"twin in a promotion", `[{"promotions":[{"toFeed":"dev","ToFeed":"prod"}]}]`, "twice"},
		{"twin in the last promotion", `[{"promotions":[{"toFeed":"dev"},{"date":"","id":1,"ID":2}]}]`, "twice"},
		{"twin in a single promotion", `[{"promotions":{"toFeed":"dev","toFeed":"prod"}}]`, "twice"},
		{"two names", `[{"package":"a","packageName":"b"}]`, `different values for "packageName" and "package"`},
		{"two groups", `[{"group":"a","groupName":"b"}]`, "different values"},
		{"two names that look alike", "[{\"package\":\"kit\",\"packageName\":\"\u212ait\"}]", "different values"},
		{"a list for the group", `[{"packageName":"P","groupName":["g"]}]`, `"groupName" that is not text`},
		{"an object for the group", `[{"packageName":"P","Group":{"name":"g"}}]`, `"group" that is not text`},
		{"an empty list for the group", `[{"packageName":"P","group":[]}]`, `"group" that is not text`},
		{"a list for one of two names", `[{"packageName":["Q"],"package":"P"}]`, `"packageName" that is not text`},
		{"a list for the version", `[{"packageName":"P","version":["1"]}]`, `"version" that is not text`},
		{"an object for the type", `[{"packageName":"P","packageType":{}}]`, `"packageType" that is not text`},
		{"too many promotions", `[{"promotions":[` + strings.Repeat(`{},`, promotionsLimit) + `{}]}]`, "more than 10000 promotions"},
	}
	for _, test := range tests {
		for name, body := range map[string]io.Reader{"whole": strings.NewReader(test.body), "bytes": iotest.OneByteReader(strings.NewReader(test.body))} {
			if _, err := decoded(body); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s, %s: got %v, want %q", test.name, name, err, test.says)
			}
		}
	}
}

// TestDecodeTwinsThatAreNone: keys are compared within one object, and what is not read may hold
// anything.
func TestDecodeTwinsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`[{"version":"1"},{"Version":"1"}]`, `[{"id":1,"promotions":[{"id":1},{"ID":1}]}]`, `[{"extra":{"a":1,"A":2}}]`,
		`[{"package":"a","packageName":"A"}]`, `[{"groupName":null,"group":"a","version":1.0}]`, `[{"promotions":[{"user":{"name":"u"}}]}]`, `[{"group":"@a","groupName":"a"}]`, `[{"date":1,"promotions":[{"version":1}]}]`,
		`[{"versionı":"1","version":"1"}]`, `[{"version\u0000":"1","version":"1"}]`, "\xef\xbb\xbf [ { } \r\n, null\t]\n",
	} {
		if _, err := decoded(strings.NewReader(body)); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestTwinKeysOpenNoGate: every caller meets an error of the server's.
func TestTwinKeysOpenNoGate(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	server.Fault("/api/promotions/list", sandbox.Fault{Status: 200, Body: `[{"packageName":"A","version":"2.0.0","Version":"1.0.0","promotions":[{"toFeed":"prod"}]}]`})
	for p, err := range newClient(t, url).Promotions.List(t.Context(), PromotionQuery{Package: "A", Version: "1.0.0", ToFeed: "prod"}) {
		if e := wantKind(t, err, KindUnavailable); e.Transient {
			t.Errorf("%+v, %+v", p, e)
		}
	}
}

// TestDecodeIsBounded: documents that are made to fill the memory do not, and lists without an end
// have one.
func TestDecodeIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads some MiB")
	}
	const size = 8 << 20
	for _, test := range []struct{ name, begin, unit, says string }{
		{"empty promotions", `[{"packageName":"P","promotions":[{}`, `,{}`, "more than"},
		{"a long name", `[{"packageName":"`, `a`, "more than 1 MiB"},
		{"escapes", `[{"packageName":"`, `\"`, "more than 1 MiB"},
		{"brackets", `[`, `[`, "more than 1 MiB"},
		{"keys", `[{"a":1`, `,"a":1`, "more than 1 MiB"},
		{"digits", `[`, `1`, "more than 1 MiB"},
		{"spaces in an element", `[{`, ` `, "more than 1 MiB"},
		{"spaces", `[`, ` `, "cut off"},
		{"nulls", `[null`, `,null`, "not valid JSON"},
		{"empty packages", `[{}`, `,{}`, "cut off"},
		{"null and spaces", `null`, ` `, "more than 1 MiB"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		body := io.MultiReader(strings.NewReader(test.begin), io.LimitReader(&repeated{unit: test.unit}, size))
		err := decodePromotions(body, func(PromotedPackage) error { return nil })
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", test.name, err)
		}
		if held := int64(after.HeapSys) - int64(before.HeapSys); held > 64<<20 {
			t.Errorf("%s: the heap grew by %d MiB", test.name, held>>20)
		}
	}
	endless := newElementStream(iotest.ErrReader(io.EOF))
	endless.r, endless.left = &repeated{unit: `[{}`, then: `,{}`}, 1<<20
	_, err := endless.open()
	for first := true; err == nil; first = false {
		_, err = endless.next(first)
	}
	if err != answerTooLarge(answerLimit) {
		t.Errorf("an endless list: %v", err)
	}
	many := newElementStream(strings.NewReader(`{},{}]`))
	many.seen = elementsLimit - 1
	if _, err = many.next(true); err == nil {
		_, err = many.next(false)
	}
	if err == nil || !strings.Contains(err.Error(), "more than 10000000 elements") {
		t.Errorf("a list of many elements: %v", err)
	}
}

// repeated is an endless reader of unit, or of then after the first one.
type repeated struct {
	unit, then string
	rest       string
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if r.rest == "" {
			r.rest = r.unit
			if r.then != "" {
				r.unit = r.then
			}
		}
		copied := copy(p[n:], r.rest)
		r.rest = r.rest[copied:]
		n += copied
	}
	return n, nil
}

// FuzzTwinKeys: an object that encoding/json would read two values into one property of is refused,
// in whatever way its keys are written.
func FuzzTwinKeys(f *testing.F) {
	for _, key := range []string{"version", "Version", "ver\u017fion", "\\u0076ersion", "toFeed", "x"} {
		f.Add(key, "version")
		f.Add("version", key)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		body := []byte(`[{"` + a + `":"1","` + b + `":"2"}]`)
		var objects []map[string]json.RawMessage
		if json.Unmarshal(body, &objects) != nil || len(objects) != 1 || len(objects[0]) > 2 {
			return
		}
		keys := make([]string, 0, 2)
		for key := range objects[0] {
			keys = append(keys, key)
		}
		twins := len(keys) == 1 && bytes.Count(body, []byte(":")) == 2 || len(keys) == 2 && strings.EqualFold(keys[0], keys[1])
		if _, err := decoded(bytes.NewReader(body)); twins && err == nil {
			t.Errorf("%s was read", body)
		}
	})
}
