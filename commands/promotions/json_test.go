package promotions

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
)

// encoded is what encoding/json makes of a value.
func encoded(t rapid.TB, v any) string {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// The quick way writes byte for byte what the slow one does.
func TestAppendJSONIsWhatEncodingJSONWrites(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "plain", `"\/`, "<b>&</b>", "\x00\x1f\x7f\u0080", "\u2028\u202e", "line\nfeed\r\t\b\f", "日本語 👩‍🚀", "\xff\xfe", "a\xc3",
	}))
	promotion := rapid.Custom(func(t *rapid.T) client.Promotion {
		p := client.Promotion{
			FromFeed: text.Draw(t, "from"), ToFeed: text.Draw(t, "to"), User: text.Draw(t, "user"), Comments: text.Draw(t, "comments"),
			ID: rapid.OneOf(rapid.Just[int64](0), rapid.Int64()).Draw(t, "id"),
		}
		if rapid.Bool().Draw(t, "dated") {
			p.Date = time.Unix(rapid.Int64Range(-6e10, 2.5e11).Draw(t, "date"), 0).UTC()
		}
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		n := &nestedPackage{text.Draw(t, "purl"), promotedPackage{
			Name: text.Draw(t, "name"), Group: text.Draw(t, "group"), Type: ecosystem.Type(text.Draw(t, "type")), Version: text.Draw(t, "version"),
			Promotions: rapid.SliceOfN(promotion, 1, 3).Draw(t, "promotions"),
		}}
		if got, want := string(n.AppendJSON(nil)), encoded(t, n); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		f := &flatPromotion{n.PURL, n.Name, n.Group, n.Type, n.Version, n.Promotions[0]}
		if got, want := string(f.AppendJSON(nil)), encoded(t, f); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

func TestAppendJSONAppends(t *testing.T) {
	t.Parallel()
	f := &flatPromotion{Name: "a"}
	const want = `,{"packageName":"a","packageType":"","version":"","fromFeed":"","toFeed":"","user":"","comments":""}`
	if got := string(f.AppendJSON([]byte(","))); got != want {
		t.Errorf("got %s", got)
	}
}

// The properties are a contract: their names stand here a second time, by hand.
func TestPropertiesOfAPromotion(t *testing.T) {
	t.Parallel()
	p := promoted("npm", "a", "1", "prod", 1)
	p.Group, p.Promotions[0].ID = "g", 7
	var flat, nested map[string]any
	decodeInto(t, flattener()(p).(*flatPromotion).AppendJSON(nil), &flat)
	decodeInto(t, nester()(p).(*nestedPackage).AppendJSON(nil), &nested)
	promotion := map[string]any{"fromFeed": "dev", "toFeed": "prod", "date": "2026-01-01T00:00:00Z", "user": "", "comments": "", "id": 7.0}
	want := map[string]any{"purl": "pkg:npm/%40g/a@1", "packageName": "a", "groupName": "g", "packageType": "npm", "version": "1", "promotions": []any{promotion}}
	if !reflect.DeepEqual(nested, want) {
		t.Errorf("nested: %v", nested)
	}
	delete(want, "promotions")
	for name, value := range promotion {
		want[name] = value
	}
	if !reflect.DeepEqual(flat, want) {
		t.Errorf("flat: %v", flat)
	}
}

func decodeInto(t *testing.T, text []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	f := &flatPromotion{"pkg:upack/acme/component@1.2.3", "component", "acme", "upack", "1.2.3", client.Promotion{
		FromFeed: "development", ToFeed: "test", Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), User: "jsmith", Comments: "approved", ID: 12345,
	}}
	var line []byte
	for b.Loop() {
		line = f.AppendJSON(line[:0])
	}
}
