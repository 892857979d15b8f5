package commands

import (
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// hostileWords are what a shell does something with.
func hostileWords() []string {
	return []string{
		"", "plain", "it's", "'", "''", "'\\''", "$HOME", "${HOME}", "$(id)", "`id`", "a b", "a\nb", "a\tb", "\\", "\\n", "!", "!!", "*", "?", "[a]",
		"~", "#", "; id", "| id", "&& id", "> f", "< f", "-n", "--", "%s", "é", "你", "😀", "\"", "\"$HOME\"", "{a,b}", "\r",
	}
}

// TestShellQuote gives words to a real shell and wants them back.
func TestShellQuote(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	words := hostileWords()
	for range 200 {
		words = append(words, rapid.StringOf(rapid.SampledFrom([]rune("a'\"$`\\ \n!*;é"))).Example(len(words)))
	}
	script := "printf '%s|'"
	for _, w := range words {
		script += " " + shellQuote(w)
	}
	out, err := exec.CommandContext(t.Context(), sh, "-c", script).Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Join(words, "|") + "|"; string(out) != want {
		t.Errorf("the shell read\n%q\nwant\n%q", out, want)
	}
}

// TestQuoteReadable leaves alone what is a danger in HTML only.
func TestQuoteReadable(t *testing.T) {
	t.Parallel()
	if got, want := quote(`R&D <"web">`), `"R&D <\"web\">"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// FuzzQuote insists that no value can end the comment that it stands in, nor
// do anything to a terminal.
func FuzzQuote(f *testing.F) {
	for _, w := range append(hostileWords(), "\x1b[2J", "\u202e", "\u2028", "\x7f", "\u0085", "\xff") {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got := quote(value)
		if !strings.HasPrefix(got, `"`) || !strings.HasSuffix(got, `"`) {
			t.Errorf("%q is not quoted: %s", value, got)
		}
		for _, r := range got {
			if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u202e' {
				t.Errorf("%q holds %q", got, r)
			}
		}
	})
}
