package output

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestEscapeHidden(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`{"a":"b"}`, `{"a":"b"}`},
		{"{\n  \"ü\": 1\n}", "{\n  \"ü\": 1\n}"},
		{"\"\x7f\u0085\u202e\"", `"\u007f\u0085\u202e"`},
		{"\"\U000e0041\U0010ffff\"", `"\udb40\udc41\udbff\udfff"`},
	}
	for _, tt := range tests {
		if got := string(escapeHidden([]byte(tt.in))); got != tt.want {
			t.Errorf("escapeHidden(%+q) = %+q, want %+q", tt.in, got, tt.want)
		}
	}
}

func TestEscapeHiddenKeepsTheValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.String(), rapid.SliceOf(rapid.String())).Draw(t, "value")
		text, err := newEncoder().encode(want)
		if err != nil {
			t.Fatal(err)
		}
		escaped := escapeHidden(text)
		if i := firstHidden(string(escaped), func(r rune) bool { return r == '\n' }); i >= 0 {
			t.Fatalf("hidden rune at %d of %+q", i, escaped)
		}
		var before, after map[string][]string
		if err := json.Unmarshal(text, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(escaped, &after); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(before, after) {
			t.Fatalf("%+q became %+q", text, escaped)
		}
	})
}

// TestQuoteReadable leaves alone what is a danger in HTML only.
func TestQuoteReadable(t *testing.T) {
	t.Parallel()
	if got, want := Quote(`R&D <"web">`), `"R&D <\"web\">"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// FuzzQuote insists on the same text for a program, in which nothing acts on a terminal or on a
// build system.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a", "##vso[", "###", "#\\##", "\x1b[2J", "\u202e", "\u2028", "\x7f", "\u0085", "\xff", "\U000e0001", "\"\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Quote(s)
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil || back != s && utf8.ValidString(s) {
			t.Errorf("%q is quoted as %s (%v)", s, got, err)
		}
		if strings.Contains(got, "##") || Clean(got) != got {
			t.Errorf("%q holds what acts on somebody: %q", s, got)
		}
	})
}

// TestNoOrders: JSON in no format holds an order for a build system, and means the same.
func TestNoOrders(t *testing.T) {
	t.Parallel()
	const orders = "##vso[task.x]1 ##teamcity[a] ##[set-output]b ### #### #"
	query, err := ParseQuery(".[]")
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{
		"json": {Format: JSON}, "ndjson": {Format: NDJSON}, "jq": {Query: query},
		"json on a terminal": {Format: JSON, Terminal: true}, "jq on a terminal": {Query: query, Terminal: true},
	} {
		var out strings.Builder
		w := New(&out, o, View[[]string]{})
		if err := errors.Join(w.Write([]string{orders}), w.Close()); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "##") || !strings.Contains(out.String(), `#\u0023vso[`) {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}
