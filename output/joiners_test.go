package output

import (
	"strings"
	"testing"
	"unicode"
)

func TestCleanProse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"ascii", "ok", "ok"},
		{"emoji of several people", "👩\u200d💻 ok", "👩\u200d💻 ok"},
		{"emoji with skin tone", "👩🏽\u200d🚀", "👩🏽\u200d🚀"},
		{"emoji with selector", "🏳️\u200d🌈 ❤️\u200d🔥", "🏳️\u200d🌈 ❤️\u200d🔥"},
		{"Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"Sinhala", "ශ්\u200dරී ලංකා", "ශ්\u200dරී ලංකා"},
		{"Hindi", "क्\u200dष", "क्\u200dष"},
		{"Malayalam at the end of a word", "അവന്\u200d ഉണ്ട്", "അവന്\u200d ഉണ്ട്"},
		{"between Latin letters", "a\u200db\u200cc", `a\u200db\u200cc`},
		{"a non-joiner between emoji", "👩\u200c💻", `👩\u200c💻`},
		{"two in a row", "می\u200c\u200cخ", `می\u200c\u200cخ`},
		{"at the ends", "\u200dok\u200c", `\u200dok\u200c`},
		{"alone", "\u200d", `\u200d`},
		{"after an Arabic letter, before a Latin one", "ی\u200cx", `ی\u200cx`},
		{"bidi controls beside it", "می\u200cخ\u202e\u200f", `می` + "\u200c" + `خ\u202e\u200f`},
		{"control characters beside it", "👩\u200d💻\x1b[31m\u200b", "👩\u200d💻" + `\x1b[31m\u200b`},
		{"invalid UTF-8 beside it", "\xff\u200d💻", `�\u200d💻`},
	} {
		if got := CleanProse(test.in); got != test.want {
			t.Errorf("%s: CleanProse(%+q) = %+q, want %+q", test.name, test.in, got, test.want)
		}
	}
}

// Names are not prose: two that look the same must not be two names.
func TestOnlyProseKeepsJoiners(t *testing.T) {
	t.Parallel()
	view := textView(2, ShrinkNever)
	view.Columns[1].Prose = true
	view.CSV = view.Columns
	const pair = "👩\u200d💻"
	for _, format := range []Format{Table, Wide, CSV, Markdown} {
		out := render(t, Options{Format: format, Terminal: true, Width: 80}, view, []string{pair, pair})
		if strings.Count(out, pair) != 1 || !strings.Contains(out, "200d") {
			t.Errorf("%s: %+q", format, out)
		}
	}
	if got := render(t, Options{Terminal: true, Width: 80}, view, []string{"x", pair + pair}); got != "A  B\nx  "+pair+pair+"\n" {
		t.Errorf("got %+q", got)
	}
	if w := textWidth(pair); w != 2 {
		t.Errorf("%d columns", w)
	}
}

func FuzzCleanProse(f *testing.F) {
	for _, seed := range []string{"", "plain", "👩\u200d💻", "می\u200cخ", "\u200d\u200d", "\xff\u200d", "a\u202e\u200d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CleanProse(s)
		if again := CleanProse(got); again != got {
			t.Errorf("not idempotent: %+q, then %+q", got, again)
		}
		for _, r := range got {
			if r != joiner && r != nonJoiner && unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
				t.Errorf("CleanProse(%+q) = %+q has %U", s, got, r)
			}
		}
		if strings.Contains(got, "\u200d\u200d") || strings.Contains(got, "\u200c\u200c") {
			t.Errorf("CleanProse(%+q) = %+q has joiners that join nothing", s, got)
		}
	})
}
