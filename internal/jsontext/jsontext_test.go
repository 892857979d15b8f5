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
