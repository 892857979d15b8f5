package output

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

func TestMarkdownCells(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"plain text 1.0-rc.1+build", "plain text 1.0-rc.1+build"},
		{"a|b", `a\|b`},
		{`a\|b`, `a\\\|b`},
		{"a\nb\r\n", `a\\nb\\r\\n`},
		{"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"&lt;", "&amp;lt;"},
		{"**bold** _it_ ~~no~~ `code` $x$", "\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~ \\`code\\` \\$x\\$"},
		{"[click](http://x) ![](http://y)", `\[click\](http://x) !\[\](http://y)`},
		{"\u202e", `\\u202e`},
	}
	for _, tt := range tests {
		got := render(t, Options{Format: Markdown}, textView(1, ShrinkNever), []string{tt.in})
		if want := "| A |\n| --- |\n| " + tt.want + " |\n"; got != want {
			t.Errorf("%q: %q, want %q", tt.in, got, want)
		}
	}
}

// FuzzMarkdown reads a row back as GitHub does: cells between the bars that no backslash precedes,
// then backslashes and entities taken away.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"", "a|b", `\`, `\|`, "<b>", "a\nb", "&amp;", "`|`", "\x1b\u202e"} {
		f.Add(seed, "second")
	}
	escaped := regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
	f.Fuzz(func(t *testing.T, one, two string) {
		out := render(t, Options{Format: Markdown}, textView(2, ShrinkNever), []string{one, two})
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) != 3 {
			t.Fatalf("%d lines: %q", len(lines), out)
		}
		bare := escaped.ReplaceAllString(lines[2], "")
		if strings.Count(bare, "|") != 3 || strings.ContainsAny(bare, "\\<>`*_[]~$") {
			t.Fatalf("%q, %q: markup in %q", one, two, lines[2])
		}
		want := "| " + Clean(one) + " | " + Clean(two) + " |"
		if got := html.UnescapeString(escaped.ReplaceAllString(lines[2], "$1")); got != want {
			t.Fatalf("read back as %q, want %q", got, want)
		}
	})
}
