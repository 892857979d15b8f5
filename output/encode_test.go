package output

import (
	"encoding/json"
	"reflect"
	"testing"

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
