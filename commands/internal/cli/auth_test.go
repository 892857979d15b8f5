package cli

import (
	"strings"
	"testing"
)

// TestKeyFileEncodings reads a key as editors and shells write one, Windows PowerShell's
// redirection among them.
func TestKeyFileEncodings(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"UTF-8":                 "key\n",
		"no line break":         "key",
		"CRLF":                  "key\r\n",
		"UTF-8 with a mark":     "\xef\xbb\xbfkey\r\n",
		"UTF-16, little endian": "\xff\xfek\x00e\x00y\x00\r\x00\n\x00",
		"UTF-16, big endian":    "\xfe\xff\x00k\x00e\x00y\x00\n",
		"spaces around it":      " key \u00a0\t",
		"zero width around it":  "\u200bkey\u200b\n",
		"a mark behind a mark":  "\ufeff\ufeffkey",
	} {
		c := connectionOf(t, nil)
		c.io.Stdin = strings.NewReader(text)
		if got := c.keyFromFile(Text{"-", "--api-key-file"}).Reveal(); got != "key" || !c.problems.None() {
			t.Errorf("%s: %q, %q", name, got, c.problems.lines)
		}
	}
}
