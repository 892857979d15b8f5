package cli

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/output"
)

// hostileWords are what a shell does something with.
func hostileWords() []string {
	return []string{
		"", "plain", "it's", "'", "''", "'\\''", "$HOME", "${HOME}", "$(id)", "`id`", "a b", "a\nb", "a\tb", "\\", "\\n", "!", "!!", "*", "?", "[a]",
		"~", "#", "; id", "| id", "&& id", "> f", "< f", "-n", "--", "%s", "é", "你", "😀", "\"", "\"$HOME\"", "{a,b}", "\r",
		"##vso[task.x]y", "###", "'##'", "%d ##", "\\101##", "::set-output::", " ::x", "a\n::set-output::b", "##\n", "##\n\n", "\n", "\n\n",
		"\u009b31m", "a\u202eb", "\x1b[2J", "\x7f", "\xff", "\u2028", "\U000e0001", "--- x",
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
		script += " " + ShellQuote(w)
	}
	out, err := exec.CommandContext(t.Context(), sh, "-c", script).Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Join(words, "|") + "|"; string(out) != want {
		t.Errorf("the shell read\n%q\nwant\n%q", out, want)
	}
}

// TestShellQuoteShowsNothingHidden: what is printed does nothing to a terminal, and holds no order for a build system.
func TestShellQuoteShowsNothingHidden(t *testing.T) {
	t.Parallel()
	for _, w := range hostileWords() {
		shown := "curl " + strings.TrimRight(ShellQuote(w), "\n'") // line breaks at the very end stay as they are
		if Harmless(shown) != shown {
			t.Errorf("%q is printed as %q", w, shown)
		}
	}
}

// TestShownBody: what is printed means the same to the server.
func TestShownBody(t *testing.T) {
	t.Parallel()
	for _, w := range hostileWords() {
		body, err := json.Marshal(map[string]string{"Description": w})
		if err != nil {
			t.Fatal(err)
		}
		shown := shownBody(body)
		var sent, meant map[string]string
		if json.Unmarshal(shown, &sent) != nil || json.Unmarshal(body, &meant) != nil || sent["Description"] != meant["Description"] {
			t.Errorf("%s is shown as %s", body, shown)
		}
		if strings.Contains(string(shown), "##") || output.Clean(string(shown)) != string(shown) {
			t.Errorf("%q", shown)
		}
	}
	if form := "Description=%23%23vso%5B&Target=a"; string(shownBody([]byte(form))) != form {
		t.Error("a form is changed")
	}
}

// TestHarmlessLines: a log of others' words, as --debug writes it, gives no orders and hides nothing.
func TestHarmlessLines(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := HarmlessLines{&b}
	for _, text := range []string{"< X: ##vso[task.x]y\n::set-output name=a::b\n", "< \x1b[2J\u202e\u009b\n", "no end"} {
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if want := "< X: # #vso[task.x]y\n: :set-output name=a::b\n< \\x1b[2J\\u202e\\u009b\nno end"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
