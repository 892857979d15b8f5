package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"", 0, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc…"},
		{"éé", 4, "éé"},
		{"ééé", 5, "éé…"},
		{`a"b`, 4, `a"b`},
		{`a"b`, 3, `a"…`},
		{`\\`, 4, `\\`},
		{"\x00\x00", 12, "\x00\x00"},
		{"\x00\x00", 11, "\x00…"},
		{"\n\t\x7f\u0085\u2028", 30, "\n\t\x7f\u0085\u2028"},
		{"\u202e\u200b\u3164", 17, "\u202e\u200b…"},
		{"\U000e0001\U0001f600", 16, "\U000e0001\U0001f600"},
		{"\U000e0001\U000e0001", 23, "\U000e0001…"},
		{"\xff\xff", 12, "\xff\xff"},
		{"a\xff\xff", 12, "a…"},
		{"# # #", 5, "# # #"},
		{"##", 7, "##"},
		{"###", 12, "##…"},
	} {
		if got := Cut(c.text, c.most); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("a\x00\u202e\U000e0001\xff##\"", 20)
	f.Fuzz(func(t *testing.T, text string, most int) {
		got := Cut(text, most)
		beginning := strings.TrimSuffix(got, "…")
		if got != text && len(beginning) > max(most, 0) || utf8.ValidString(text) && !strings.HasPrefix(text, beginning) {
			t.Errorf("Cut(%q, %d) = %q", text, most, got)
		}
		if encoded := len(encodedText(t, beginning)) - 2; got != text && encoded > max(most, 0) {
			t.Errorf("Cut(%q, %d) takes %d bytes as JSON", text, most, encoded)
		}
	})
}

func encodedText(t *testing.T, s string) []byte {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
