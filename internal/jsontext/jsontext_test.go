package jsontext

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func encoded(t rapid.TB, v any) string {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func TestAppendStringIsWhatEncodingJSONWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"", "plain", `"\/`, "<b>&</b>", "\x00\x1f\x7f\u0080", "\u2028\u202e", "line\nfeed\r\t\b\f", "日本語 👩‍🚀", "\xff\xfe", "a\xc3",
		})).Draw(t, "s")
		if got, want := string(AppendString([]byte("["), s)), "["+encoded(t, s); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	})
}

// Each byte is found at each place, whatever is behind it.
func TestPlainLength(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		plain := c >= ' ' && c <= '~' && c != '"' && c != '\\'
		for length := range 20 {
			for place := range length {
				for _, behind := range []byte{'a', 0, 0xff, byte(c), byte(c) ^ 1} {
					text := append(bytes.Repeat([]byte("~ !#["), 4)[:place], byte(c))
					text = append(text, bytes.Repeat([]byte{behind}, length-place-1)...)
					want := place
					for plain && want < length && text[want] >= ' ' && text[want] <= '~' && text[want] != '"' && text[want] != '\\' {
						want++
					}
					if got := PlainLength(text); got != want || PlainLength(string(text)) != want {
						t.Fatalf("%q: %d, want %d", text, got, want)
					}
				}
			}
		}
	}
}

func TestAppendProperty(t *testing.T) {
	t.Parallel()
	b := AppendProperty([]byte("{"), "a", "{")
	b = append(AppendProperty(b, "b", "ü\""), '}')
	if got, want := string(b), `{"a":"{","b":"ü\""}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("plain")
	f.Add("\xff\u2028\"")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(AppendString(nil, s)), encoded(t, s); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
