package output

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ascii", "Newtonsoft.Json 12.0.3", "Newtonsoft.Json 12.0.3"},
		{"backslash stays", `C:\temp\n`, `C:\temp\n`},
		{"line break and tab", "a\nb\r\nc\td", `a\nb\r\nc\td`},
		{"escape sequence", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"window title", "\x1b]0;owned\a", `\x1b]0;owned\a`},
		{"nul, delete", "a\x00b\x7f", `a\x00b\x7f`},
		{"c1 control sequence introducer", "a\u009b31m", `a\u009b31m`},
		{"bidi override", "abc\u202etxt.exe", `abc\u202etxt.exe`},
		{"bidi isolates and marks", "\u2066\u2069\u200e\u200f\u061c", `\u2066\u2069\u200e\u200f\u061c`},
		{"line and paragraph separator", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"zero width", "a\u200bb\u200cc\ufeffd\u2060", `a\u200bb\u200cc\ufeffd\u2060`},
		{"joiner between emoji", "👩\u200d💻", `👩\u200d💻`},
		{"filler letters", "a\u3164\u115f\u034f", `a\u3164\u115f\u034f`},
		{"tag characters", "a\U000e0041", `a\U000e0041`},
		{"private and unassigned", "\ue000\U0010ffff\ufffe", `\ue000\U0010ffff\ufffe`},
		{"invalid utf-8", "a\xffb\xc3", "a\ufffdb\ufffd"},
		{"surrogate half", "\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
		{"replacement character itself", "a\ufffd", "a\ufffd"},
		{"letters of the world", "Żółć 日本語 العربية हिन्दी", "Żółć 日本語 العربية हिन्दी"},
		{"combining mark", "e\u0301", "e\u0301"},
		{"emoji with selector, tone, flag", "❤️ 👍🏽 🇩🇪", "❤️ 👍🏽 🇩🇪"},
		{"other spaces", "10\u00a0000\u3000円", "10\u00a0000\u3000円"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Clean(tt.in); got != tt.want {
				t.Errorf("Clean(%+q) = %+q, want %+q", tt.in, got, tt.want)
			}
		})
	}
}

func TestCleanLines(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"first\nsecond\tcell", "first\nsecond\tcell"},
		{"from Windows\r\nnext", "from Windows\nnext"},
		{"over\rwritten", `over\rwritten`},
		{"a\r\r\nb", "a\\r\nb"},
		{"\x1b[2Jgone\n\u202e", "\\x1b[2Jgone\n\\u202e"},
		{"\xff\n", "\ufffd\n"},
	}
	for _, tt := range tests {
		if got := CleanLines(tt.in); got != tt.want {
			t.Errorf("CleanLines(%+q) = %+q, want %+q", tt.in, got, tt.want)
		}
	}
}

// Printable text is the usual case, a million times in a big table.
func TestCleanPrintableDoesNotAllocate(t *testing.T) {
	for _, text := range []string{"Newtonsoft.Json", "日本語 und Żółć"} {
		if n := testing.AllocsPerRun(100, func() { Clean(text) }); n != 0 {
			t.Errorf("Clean(%q) allocates %v times", text, n)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[31m", "a\u202eb", "\xff\xfe", "👩\u200d💻", "\r\n\t", "\u3164", "\ufffd"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if i := firstHidden(got, func(rune) bool { return false }); i >= 0 {
			t.Fatalf("Clean(%+q) = %+q has a hidden rune at %d", s, got, i)
		}
		checkClean(t, s, got)
		if again := Clean(got); again != got {
			t.Errorf("not idempotent: %+q, then %+q", got, again)
		}
		lines := CleanLines(s)
		if again := CleanLines(lines); again != lines {
			t.Errorf("lines not idempotent: %+q, then %+q", lines, again)
		}
		for _, line := range strings.FieldsFunc(lines, func(r rune) bool { return r == '\n' || r == '\t' }) {
			if Clean(line) != line {
				t.Errorf("CleanLines(%+q) left %+q", s, line)
			}
		}
	})
}

// checkClean asserts what Unicode's own categories say, apart from the package's idea of what is
// visible.
func checkClean(t *testing.T, s, got string) {
	t.Helper()
	if !utf8.ValidString(got) {
		t.Fatalf("Clean(%+q) = %+q is not valid", s, got)
	}
	harmless := true
	for _, r := range s {
		harmless = harmless && unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) &&
			!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
	}
	if harmless && utf8.ValidString(s) && got != s {
		t.Errorf("printable %+q became %+q", s, got)
	}
	for _, r := range got {
		if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
			t.Errorf("Clean(%+q) = %+q has %U", s, got, r)
		}
	}
}

func BenchmarkClean(b *testing.B) {
	cells := map[string]string{
		"ascii":   "promoted after the smoke tests of release 2026.12",
		"unicode": "nach den Prüfungen der Version 2026.12 freigegeben: 日本語",
		"hostile": "promoted \x1b[31mafter\x1b[0m the smoke tests\nof release\u202e 2026.12",
	}
	for name, cell := range cells {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(cell)
			}
		})
	}
}
