package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// decoded reads a whole body.
func decoded(body io.Reader) (all []PromotedPackage, err error) {
	err = decodePromotions(body, func(p PromotedPackage) error {
		all = append(all, p)
		return nil
	})
	return all, err
}

func TestDecodeReadsEverySpelling(t *testing.T) {
	t.Parallel()
	at := time.Date(2023, 11, 29, 12, 0, 0, 0, time.UTC)
	want := []PromotedPackage{{Name: "animation", Group: "angular", Type: "npm", Version: "12.3.1", Promotions: []Promotion{
		{FromFeed: "a", ToFeed: "b", Date: at, User: "jsmith", Comments: "ok", ID: 12345}}}}
	const promotion = `[{"fromFeed":"a","toFeed":"b","date":"2023-11-29T12:00:00Z","user":"jsmith","comments":"ok","id":12345}]`
	for _, body := range []string{
		`[{"packageName":"animation","groupName":"@angular","packageType":"npm","version":"12.3.1","promotions":` + promotion + `}]`,
		`[{"package":"animation","group":"angular","packageType":"NPM","version":"12.3.1","promotions":` + promotion + `}]`,
		`[{"package":"@angular/animation","packageType":"npm","version":"12.3.1","promotions":` + promotion + `}]`,
		`[{"package":"animation","packageName":"","group":null,"groupName":"angular","packageType":"npm","version":"12.3.1","promotions":` + promotion + `}]`,
		`[null,{"PackageName":"animation","GROUPNAME":"angular","PackageType":"npm","Version":"12.3.1","extra":{"a":[1]},"Promotions":` +
			strings.NewReplacer("fromFeed", "FromFeed", "date", "Date", "id", "ID").Replace(promotion) + `}]`,
		// Values of other types than documented.
		`[{"package":"animation","group":"angular","packageType":"npm","version":"12.3.1","total":1,"promotions":` +
			`{"fromFeed":"a","toFeed":"b","date":1701259200000,"user":"jsmith","comments":"ok","id":"12345"}}]`,
	} {
		got, err := decoded(strings.NewReader(body))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngot %+v, %v", body, got, err)
		}
	}
}

// An id that is not a number is left out. One that is too large ends the list: it must not be
// dropped in silence, and a near one would be another's.
func TestOddIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"9223372036854775807": math.MaxInt64, `"12"`: 12, `"x"`: 0, "null": 0} {
		got, err := decoded(strings.NewReader(`[{"promotions":[{"id":` + text + `}]}]`))
		if err != nil || got[0].Promotions[0].ID != want {
			t.Errorf("%s became %+v, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"9223372036854775808", "-12345678901234567890", `"12345678901234567890"`} {
		_, err := decoded(strings.NewReader(`[{"promotions":[{"id":` + text + `}]}]`))
		if err == nil || !strings.Contains(err.Error(), "has the id "+strings.Trim(text, `"`)+", which is too large") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDecodeReadsOddValues(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"empty", ` [ ] `, ``},
		{"nulls", `[null, null]`, ``},
		{"byte order mark", "\xef\xbb\xbf" + `[{"package":"a","version":7}]`, ` a 7 0`},
		{"null properties", `[{"package":null,"version":null,"promotions":null}]`, `   0`},
		{"missing properties", `[{}]`, `   0`},
		{"null promotion", `[{"package":"a","promotions":[null]}]`, ` a  0`},
		{"number for a version", `[{"package":"a","version":1.10}]`, ` a 1.10 0`},
		{"long number for a version", `[{"package":"a","version":12345678901234567890123}]`, ` a 12345678901234567890123 0`},
		{"boolean for a name", `[{"package":true}]`, ` true  0`},
		{"text for promotions", `[{"package":"a","promotions":"none"}]`, ` a  0`},
		{"a number among promotions", `[{"package":"a","promotions":[1,{"toFeed":7}]}]`, ` a  1`},
		{"group in the name", `[{"package":"org.acme:tool","packageType":"maven"}]`, `org.acme tool  0`},
		{"slash in a name without groups", `[{"package":"acme/web","packageType":"docker"}]`, ` acme/web  0`},
	}
	for _, test := range tests {
		got, err := decoded(strings.NewReader(test.body))
		var lines []string
		for _, p := range got {
			lines = append(lines, fmt.Sprintf("%s %s %s %d", p.Group, p.Name, p.Version, len(p.Promotions)))
		}
		if err != nil || strings.Join(lines, "; ") != test.want {
			t.Errorf("%s: %q, %v, want %q", test.name, lines, err, test.want)
		}
	}
}

// The quick way to read a date finds what the slow one does.
func TestParseServerDateQuickly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?([.,][0-9]{0,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?`)
		text := rapid.OneOf(digits, rapid.String()).Draw(t, "date")
		if got, want := parseServerDate(text), parseAnyDate(strings.TrimSpace(text)); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	})
}

func TestParseServerDate(t *testing.T) {
	t.Parallel()
	noon := "2023-11-29T12:00:00Z"
	tests := map[string]string{
		"2023-11-29T12:00:00":               noon,
		"2023-11-29T12:00:00Z":              noon,
		"2023-11-29T12:00:00.9999999Z":      noon,
		"2023-11-29T12:00:00.9999999":       noon,
		"2023-11-29T13:00:00+01:00":         noon,
		"2023-11-29T07:00:00-0500":          noon,
		"2023-11-29 12:00:00":               noon,
		"2023-11-29 12:00:00Z":              noon,
		" 2023-11-29T12:00 ":                noon,
		"/Date(1701259200000)/":             noon,
		"/Date(1701259200000+0100)/":        noon,
		"1701259200000":                     noon,
		"Wed, 29 Nov 2023 12:00:00 GMT":     noon,
		"2023-11-29":                        "2023-11-29T00:00:00Z",
		"":                                  "",
		"soon":                              "",
		"29.11.2023 12:00":                  "",
		"11/29/2023":                        "",
		"2023-02-30T12:00:00Z":              "",
		"0001-01-01T00:00:00":               "", // .NET's date that was never set
		"0000-01-01T00:00:00+23:59":         "", // the year before 0
		"999999999999999999":                "", // a year of more than four digits
		"/Date()/":                          "",
		"12":                                "",
		"2023-11-29T12:00:00Z and so forth": "",
	}
	for text, want := range tests {
		got := ""
		if at := parseServerDate(text); !at.IsZero() {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Small and uneven pieces, as they come from a connection, read the same.
func TestDecodeInPieces(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	body.WriteString("[")
	for i := range 500 {
		// Every third element takes the lenient way, which needs its bytes again.
		fmt.Fprintf(&body, `{"package":"p%d","version":%s,"promotions":[{"id":%d,"comments":"%s"}]},`,
			i, []string{`"1"`, `"2"`, `3`}[i%3], i, strings.Repeat("c", i))
	}
	body.WriteString(`{"package":"last"}]`)
	whole, err := decoded(strings.NewReader(body.String()))
	if err != nil || len(whole) != 501 || whole[2].Version != "3" {
		t.Fatalf("%d packages, %v", len(whole), err)
	}
	for name, reader := range map[string]io.Reader{
		"bytes":             iotest.OneByteReader(strings.NewReader(body.String())),
		"halves":            iotest.HalfReader(strings.NewReader(body.String())),
		"data with the end": iotest.DataErrReader(strings.NewReader(body.String())),
	} {
		if got, err := decoded(reader); err != nil || !reflect.DeepEqual(got, whole) {
			t.Errorf("%s: %d packages, %v", name, len(got), err)
		}
	}
}

func TestDecodeStops(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	err := decodePromotions(strings.NewReader(`[{},{},{}]`), func(PromotedPackage) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("the consumer's error: %v", err)
	}
	broken := errors.New("broken")
	body := io.MultiReader(strings.NewReader(`[{"package":"a"},`), iotest.ErrReader(broken))
	if got, err := decoded(body); !errors.Is(err, broken) || len(got) != 1 {
		t.Errorf("the reader's error: %v after %d", err, len(got))
	}
}

// One element without an end must not fill the memory.
func TestDecodeBoundsAnElement(t *testing.T) {
	t.Parallel()
	endless := io.MultiReader(strings.NewReader(`[{"package":"`), iotest.DataErrReader(repeat('a')))
	_, err := decoded(endless)
	if err == nil || !strings.Contains(err.Error(), "more than 1 MiB") {
		t.Errorf("got %v", err)
	}
}

// repeat is an endless reader of one byte.
type repeat byte

func (r repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

// What encoding/json writes of packages is read back as it was.
func TestDecodeReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 12, -1)
		promotion := rapid.Custom(func(t *rapid.T) Promotion {
			return Promotion{
				FromFeed: text.Draw(t, "from"), ToFeed: text.Draw(t, "to"), User: text.Draw(t, "user"), Comments: text.Draw(t, "comments"),
				Date: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "date"), 0).UTC(), ID: rapid.Int64().Draw(t, "id"),
			}
		})
		want := rapid.SliceOf(rapid.Custom(func(t *rapid.T) PromotedPackage {
			// A name with a slash would be taken apart.
			name := rapid.StringMatching(`[A-Za-z.]{0,8}`)
			return PromotedPackage{
				Name: name.Draw(t, "name"), Group: name.Draw(t, "group"), Type: rapid.SampledFrom(ecosystem.KnownTypes()).Draw(t, "type"),
				Version: text.Draw(t, "version"), Promotions: rapid.SliceOfN(promotion, 1, 3).Draw(t, "promotions"),
			}
		})).Draw(t, "packages")
		body, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decoded(bytes.NewReader(body))
		if err != nil || len(got) != len(want) || (len(want) > 0 && !reflect.DeepEqual(got, want)) {
			t.Fatalf("%s\ngot  %+v, %v\nwant %+v", body, got, err, want)
		}
	})
}

// Any answer is read or refused; what was read can be written; every error has a kind; and an
// answer that is not JSON is never read to its end without one.
func FuzzDecodePromotions(f *testing.F) {
	for _, seed := range []string{
		`[]`, `null`, `null0`, `null[{}]`, `{}`, `[{"package":"a","group":"@b","promotions":[{"date":"2023-11-29T12:00:00","id":1}]}]`,
		`[{"packageName":7,"promotions":{"date":1701259200000}}]`, `[{"Package":"a","package":"b"},`, `[[[[`, `[1`, "\xef\xbb\xbf[]",
		`[{"promotions":[{"date":"0000-01-01T00:00:00+23:59"},{"date":99999999999999999}]}]`, `[{"package":"\ud800"}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decoded(bytes.NewReader(body))
		if valid := json.Valid(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))); err == nil && !valid {
			t.Errorf("%q was read to its end, but is not JSON", body)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Errorf("%q: what was read cannot be written: %v", body, err)
		}
		again, againErr := decoded(iotest.OneByteReader(bytes.NewReader(body)))
		if (err == nil) != (againErr == nil) || len(again) != len(got) {
			t.Errorf("%q: %d packages and %v, byte by byte %d and %v", body, len(got), err, len(again), againErr)
		}
	})
}
