package output

import (
	"slices"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"
)

func TestFit(t *testing.T) {
	t.Parallel()
	const never, late, early = ShrinkNever, ShrinkLate, ShrinkEarly
	tests := []struct {
		name          string
		widths, least []int
		shrink        []Shrink
		total         int
		want          []int
	}{
		{"no limit", []int{10, 90}, []int{8, 8}, []Shrink{late, late}, 0, []int{10, 90}},
		{"fits", []int{10, 20}, []int{8, 8}, []Shrink{late, late}, 32, []int{10, 20}},
		{"one gives", []int{10, 90}, []int{8, 8}, []Shrink{never, late}, 40, []int{10, 28}},
		{"the widest gives first", []int{30, 50}, []int{8, 8}, []Shrink{late, late}, 52, []int{25, 25}},
		{"free text gives before names", []int{60, 30, 20}, []int{8, 8, 8}, []Shrink{late, early, never}, 96, []int{60, 12, 20}},
		{"names give once free text cannot", []int{60, 30, 20}, []int{8, 8, 8}, []Shrink{late, early, never}, 82, []int{50, 8, 20}},
		{"none below its least", []int{30, 50}, []int{8, 12}, []Shrink{late, late}, 10, []int{8, 12}},
		{"a short column stays", []int{3, 50}, []int{8, 8}, []Shrink{late, late}, 20, []int{3, 15}},
		{"none may", []int{30, 50}, []int{8, 8}, []Shrink{never, never}, 20, []int{30, 50}},
		{"endless cell", []int{10, 1 << 40}, []int{8, 8}, []Shrink{never, late}, 30, []int{10, 18}},
		{"a date gives its whole time of day", []int{20, 16, 10}, []int{8, 10, 8}, []Shrink{never, ShrinkDate, never}, 48, []int{20, 10, 10}},
		{"all dates do", []int{20, 16, 16, 10}, []int{8, 10, 10, 10}, []Shrink{never, ShrinkDate, ShrinkDate, ShrinkDate}, 64, []int{20, 10, 10, 10}},
		{"what that is too much goes back", []int{20, 16, 14, 30}, []int{8, 10, 6, 8}, []Shrink{never, ShrinkDate, late, early}, 54, []int{20, 10, 10, 8}},
		{"to the one that shrinks last", []int{20, 16, 14, 30}, []int{8, 10, 6, 8}, []Shrink{never, ShrinkDate, late, early}, 60, []int{20, 16, 10, 8}},
		{"no columns", nil, nil, nil, 30, nil},
	}
	for _, tt := range tests {
		if got := fit(tt.widths, tt.least, tt.shrink, tt.total); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestCutMiddle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in    string
		width int
		want  string
	}{
		{"Newtonsoft.Json", 8, "Newt…son"},
		{"Newtonsoft.Json", 9, "Newt…Json"},
		{"1.0.0-beta.12+build.7", 12, "1.0.0-…ild.7"},
		{"日本語日本語", 8, "日本…語"},
		{"日本語日本語", 9, "日本…本語"},
		{"🇩🇪🇫🇷🇮🇹🇪🇸", 5, "🇩🇪…🇪🇸"},
	} {
		got := cutMiddle(test.in, test.width)
		if got != test.want || textWidth(got) > test.width {
			t.Errorf("cutMiddle(%q, %d) = %q, want %q", test.in, test.width, got, test.want)
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for shrink, want := range map[Shrink]string{
		ShrinkLast: "2026-1…01:00", ShrinkDate: "2026-11-13", ShrinkLate: "2026-11…1:00", ShrinkEarly: "2026-11-13 …",
	} {
		if got := shorten("2026-11-13 01:00", 12, shrink); got != want {
			t.Errorf("%d: %q, want %q", shrink, got, want)
		}
	}
}

func TestFitProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "columns")
		widths := rapid.SliceOfN(rapid.IntRange(0, 300), n, n).Draw(t, "widths")
		least := rapid.SliceOfN(rapid.IntRange(1, 20), n, n).Draw(t, "least")
		shrink := rapid.SliceOfN(rapid.SampledFrom([]Shrink{ShrinkNever, ShrinkLate, ShrinkEarly, ShrinkDate}), n, n).Draw(t, "shrink")
		total := rapid.IntRange(1, 400).Draw(t, "total")
		before := slices.Clone(widths)
		got := fit(widths, least, shrink, total)
		if !slices.Equal(widths, before) {
			t.Fatal("changed its argument")
		}
		line, shortest := gap*(n-1), gap*(n-1)
		for i := range got {
			low := widths[i]
			if shrink[i] != ShrinkNever {
				low = min(widths[i], least[i])
			}
			if got[i] < low || got[i] > widths[i] {
				t.Fatalf("column %d of %v became %d", i, widths, got[i])
			}
			if shrink[i] == ShrinkDate && got[i] != widths[i] && got[i] != least[i] {
				t.Fatalf("a date of %d columns became %d", widths[i], got[i])
			}
			line, shortest = line+got[i], shortest+low
		}
		if line > max(total, shortest) {
			t.Fatalf("%v is %d wide, wanted %d", got, line, total)
		}
	})
}

func TestCutByWidth(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    string
		width int
		want  string
	}{
		{"Newtonsoft.Json", 20, "Newtonsoft.Json"},
		{"Newtonsoft.Json", 15, "Newtonsoft.Json"},
		{"Newtonsoft.Json", 8, "Newtons…"},
		{"日本語日本語", 8, "日本語…"},
		{"日本語日本語", 7, "日本語…"},
		{"e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301…"},
		{"🇩🇪🇫🇷🇮🇹", 5, "🇩🇪🇫🇷…"},
		{"👍🏽👍🏽👍🏽", 5, "👍🏽👍🏽…"},
	}
	for _, tt := range tests {
		if got := cut(tt.in, tt.width); got != tt.want {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
}

// A cell takes the same columns between spaces as alone, whatever it begins and ends with.
func TestDetached(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"größe":        "größe",
		"日本":           "日本",
		"e\u0301":      "e\u0301",
		"\u0301e":      "◌\u0301e",
		"\ufe0f":       "◌\ufe0f", // asks for a picture of what is before it
		"\U0001d172x":  "◌\U0001d172x",
		"\u0903":       "◌\u0903",
		"🏽":            "◌🏽",
		"👍🏽":           "👍🏽",
		"ﾞa":           "◌ﾞa",
		"x\u0d4e":      "x\u0d4e◌", // goes before what follows it
		"\U000111c2":   "\U000111c2◌",
		"\u0301\u0d4e": "◌\u0301\u0d4e◌",
	} {
		got := detached(in)
		if got != want {
			t.Errorf("detached(%+q) = %+q, want %+q", in, got, want)
		}
		if between := textWidth("a " + got + " b"); between != 4+textWidth(got) {
			t.Errorf("%+q: %d columns alone, %d between spaces", in, textWidth(got), between-4)
		}
	}
}

func TestWrapped(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 5, nil},
		{"short", 5, []string{"short"}},
		{"two words", 5, []string{"two", "words"}},
		{"two words", 8, []string{"two", "words"}},
		{"two words", 9, []string{"two words"}},
		{"a bc def g", 4, []string{"a bc", "def", "g"}},
		{"a  bc   def", 3, []string{"a", "bc", "def"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"ab cdefgh", 5, []string{"ab", "cdefg", "h"}},
		{"日本語日本", 5, []string{"日本", "語日", "本"}},
		{"日本", 1, []string{"日", "本"}},
		{"👍🏽👍🏽 🇩🇪", 4, []string{"👍🏽👍🏽", "🇩🇪"}},
		{" indented", 20, []string{" indented"}},
		{"abc ", 3, []string{"abc"}},
	} {
		if got := slices.Collect(wrapped(test.text, test.width)); !slices.Equal(got, test.want) {
			t.Errorf("%q in %d: %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

// Wrapping loses no character but spaces, and no line is too wide unless it is a single character.
func TestWrappedProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, width := detached(Clean(shownText().Draw(t, "text"))), rapid.IntRange(1, 30).Draw(t, "width")
		var all strings.Builder
		for line := range wrapped(text, width) {
			g := displaywidth.StringGraphemes(line)
			g.Next()
			if textWidth("  "+line) > 2+width && g.Value() != line {
				t.Fatalf("%+q: %d columns of %d", line, textWidth(line), width)
			}
			all.WriteString(line)
		}
		if strings.ReplaceAll(all.String(), " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Fatalf("%+q became %+q", text, all.String())
		}
	})
}

// shownText draws text with what joins its neighbours: marks, selectors, prefixes, halves of flags,
// letters of syllables.
func shownText() *rapid.Generator[string] {
	joining := rapid.SampledFrom([]string{
		"\u0301", "\ufe0f", "\ufe0e", "\U0001d172", "\u0903", "\u302e", "🏽", "👍", "🇩", "\u0d4e", "\U000111c2", "ﾞ", "\u1160", "ᄀ", "ᅡ",
		"日", "❤", " ", "  ", "a", "word", "#", "…",
	})
	return rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(joining, 0, 12), func(parts []string) string { return strings.Join(parts, "") }))
}

func TestWidths(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    string
		width int
	}{
		{"", 0}, {"abc", 3}, {"日本", 4}, {"e\u0301", 1}, {"Ω①", 2}, {"👍", 2}, {"👍🏽", 2}, {"🇩🇪", 2}, {strings.Repeat("ü", 50), 50},
	}
	for _, tt := range tests {
		if got := textWidth(tt.in); got != tt.width {
			t.Errorf("textWidth(%q) = %d, want %d", tt.in, got, tt.width)
		}
	}
}
