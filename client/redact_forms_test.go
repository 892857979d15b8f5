package client

import (
	"html"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestScrubbedForms gives back a secret as servers do, in the middle of a text.
func TestScrubbedForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[!-~]{4,40}`).Draw(t, "secret")
		s := newScrubber(origin{}, secret)
		for name, form := range map[string]string{
			"as it is": secret, "in a query": url.QueryEscape(secret), "in a path": url.PathEscape(secret),
			"by .NET": lowerHex(url.QueryEscape(secret)), "in a page": html.EscapeString(secret),
		} {
			if got := s.text("<" + form + ">"); got != "<"+redacted+">" {
				t.Fatalf("%s: %q became %q", name, form, got)
			}
		}
	})
}

// TestLowerHex changes escapes and nothing else.
func TestLowerHex(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "%": "%", "%2": "%2", "%2B": "%2b", "A%2FB%3D": "A%2fB%3d", "ABC": "ABC", "%E4%BD%A0": "%e4%bd%a0",
	} {
		if got := lowerHex(in); got != want {
			t.Errorf("lowerHex(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		escaped := lowerHex(url.QueryEscape(text))
		if got, err := url.QueryUnescape(escaped); err != nil || got != text || !strings.EqualFold(escaped, url.QueryEscape(text)) {
			t.Fatalf("%q became %q", text, escaped)
		}
	})
}
