package feedtype

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEachStanza(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"two", "A: 1\nB: 2\n\nA: 3\n", "1,2;3,;"},
		{"no line break at the end", "A: 1", "1,;"},
		{"many empty lines", "\n\n\nA: 1\n\n \n\nB: 2\n\n", "1,;,2;"},
		{"carriage returns", "A: 1\r\nB: 2\r\n\r\nA: 3\r\n", "1,2;3,;"},
		{"continuation", "A: 1\n B: 9\n\tA: 9\nB: 2\n", "1,2;"},
		{"no space after the colon", "A:1\nB:\n", "1,;"},
		{"colons in a value", "A: 1:2: 3\n", "1:2: 3,;"},
		{"other keys", "AA: 1\na: 2\nC: 3\nB: 4\n", ",4;"},
		{"the last of two counts", "A: 1\nA: 2\n", "2,;"},
		{"no key", ": 1\nA\n", ",;"},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		got := ""
		err := eachStanza(strings.NewReader(test.text), []string{"A", "B"}, func(s map[string]string) error {
			got += s["A"] + "," + s["B"] + ";"
			return nil
		})
		if got != test.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", test.name, got, err, test.want)
		}
	}
}

// TestEachStanzaOfNone: what has lines and no field is another document, and not an empty list.
func TestEachStanzaOfNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{"AA: 1\na: 2\n": errNoFields, "<html>\n": errNoFields, "\x00\x01": errNoFields, "\n \n": nil, "A:\n": nil} {
		err := eachStanza(strings.NewReader(text), []string{"A", "B"}, func(map[string]string) error { return nil })
		if !errors.Is(err, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestEachStanzaStops(t *testing.T) {
	t.Parallel()
	calls := 0
	err := eachStanza(strings.NewReader("A: 1\n\nA: 2\n"), []string{"A"}, func(map[string]string) error {
		calls++
		return errRefused
	})
	if !errors.Is(err, errRefused) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// TestStanzaRoundTrip: what is written as paragraphs is read again, whatever the values are.
func TestStanzaRoundTrip(t *testing.T) {
	t.Parallel()
	keys := []string{"Package", "Version", "SHA256"}
	stanza := rapid.MapOfN(rapid.SampledFrom(keys), rapid.StringMatching(`[!-~]([ -~]{0,20}[!-~])?`), 1, 3)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(stanza).Draw(t, "stanzas")
		var text strings.Builder
		for _, s := range want {
			for k, v := range s {
				text.WriteString(k + ": " + v + "\n")
			}
			text.WriteString("\n")
		}
		var got []map[string]string
		err := eachStanza(strings.NewReader(text.String()), keys, func(s map[string]string) error {
			got = append(got, maps.Clone(s))
			return nil
		})
		if err != nil || len(got) != len(want) {
			t.Fatalf("read %d of %d, %v", len(got), len(want), err)
		}
		for i := range want {
			if !maps.Equal(got[i], want[i]) {
				t.Fatalf("read %v, wrote %v", got[i], want[i])
			}
		}
	})
}

// TestLines: a document of lines with nothing in them takes no longer than its bound.
func TestLines(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{"empty": "\n", "of a field": "A:\n", "of none": "x\n"} {
		endless := &endlessText{lines}
		if err := eachStanza(endless, []string{"A"}, func(map[string]string) error { return nil }); !errors.Is(err, errTooMany) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endlessText is a text without an end.
type endlessText struct{ text string }

func (r *endlessText) Read(p []byte) (int, error) {
	n := 0
	for n+len(r.text) <= len(p) {
		n += copy(p[n:], r.text)
	}
	return n, nil
}
