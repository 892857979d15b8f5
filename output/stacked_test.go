package output

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNarrowTerminalGetsBlocks(t *testing.T) {
	t.Parallel()
	type pair struct{ name, note string }
	view := View[pair]{Columns: []Column[pair]{
		{Header: "NAME", Cell: func(p pair) string { return p.name }},
		{Header: "COMMENTS", Cell: func(p pair) string { return p.note }},
	}}
	rows := []pair{{"Newtonsoft.Json", "日本語 ok"}, {"left-pad", ""}}
	const blocks = "NAME      Newtonsoft.Json\nCOMMENTS  日本語 ok\n\nNAME      left-pad\n"
	const narrow = "NAME      Newtonsoft\n          .Json\nCOMMENTS  日本語 ok\n\nNAME      left-pad\n"
	const table = "NAME             COMMENTS\nNewtonsoft.Json  日本語 ok\nleft-pad\n"
	for _, test := range []struct {
		name string
		o    Options
		want string
	}{
		{"too narrow", Options{Terminal: true, Width: 20}, narrow},
		{"just wide enough", Options{Terminal: true, Width: 26}, table},
		{"one column short", Options{Terminal: true, Width: 25}, blocks},
		{"unknown width", Options{Terminal: true}, table},
		{"a pipe", Options{Width: 20}, table},
	} {
		var out strings.Builder
		w := New(&out, test.o, view)
		for _, row := range rows {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, out.String(), test.want)
		}
	}
}

// An empty result on a terminal is a sentence, which is wrapped as all else is there.
func TestNoRowsAreASentence(t *testing.T) {
	t.Parallel()
	view := textView(2, ShrinkNever)
	view.Empty = "No deployments match."
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Terminal: true, Width: 80}, "No deployments match.\n"},
		{Options{Terminal: true, Width: 80, Format: Wide}, "No deployments match.\n"},
		{Options{Terminal: true, Width: 15}, "No deployments\nmatch.\n"},
		{Options{Terminal: true}, "No deployments match.\n"},
		{Options{Width: 80}, "A  B\n"},
		{Options{Format: Wide}, "A  B\n"},
	} {
		if got := render(t, test.o, view); got != test.want {
			t.Errorf("%+v: %q, want %q", test.o, got, test.want)
		}
	}
}

// A long value goes on under its beginning; if there is no space beside the name, it is under it.
func TestBlocksWrap(t *testing.T) {
	t.Parallel()
	view := textView(2, ShrinkNever)
	view.Columns[0].Header, view.Columns[1].Header = "PACKAGE", "COMMENTS"
	view.Columns[1].Style = func([]string) Style { return Red }
	row := []string{"Newtonsoft.Json.Schema", "approved by the whole team"}
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Width: 30}, "PACKAGE   Newtonsoft.Json.Sche\n          ma\nCOMMENTS  approved by the\n          whole team\n"},
		{Options{Width: 18}, "PACKAGE   Newtonso\n          ft.Json.\n          Schema\nCOMMENTS  approved\n          by the\n          whole\n          team\n"},
		{Options{Width: 17}, "PACKAGE\n  Newtonsoft.Json\n  .Schema\nCOMMENTS\n  approved by the\n  whole team\n"},
		{Options{Width: 30, Color: true}, "\x1b[1mPACKAGE\x1b[0m   Newtonsoft.Json.Sche\n          ma\n" +
			"\x1b[1mCOMMENTS\x1b[0m  \x1b[31mapproved by the\x1b[0m\n          \x1b[31mwhole team\x1b[0m\n"},
	} {
		test.o.Terminal = true
		if got := render(t, test.o, view, row); got != test.want {
			t.Errorf("%+v:\n%s\nwant\n%s", test.o, got, test.want)
		}
	}
}

// No line of a block is wider than the terminal, however narrow that is and whatever a server
// sends.
func TestBlocksFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(shownText(), rapid.Just(strings.Repeat("x", mostWide+9)), rapid.Just(strings.Repeat("日 ", mostWide)))
		rows := rapid.SliceOfN(rapid.SliceOfN(text, 3, 3), 1, 4).Draw(rt, "rows")
		width := rapid.IntRange(2, 60).Draw(rt, "width")
		view := textView(3, ShrinkNever)
		view.Columns[1].Header = "DEPLOYED BY"
		out := render(t, Options{Terminal: true, Width: width}, view, rows...)
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			indent := len(line) - len(strings.TrimLeft(line, " "))
			if w := textWidth(line); w > width && w-indent > 2 { // one wide character has to go somewhere
				rt.Errorf("%d columns of %d: %q", w, width, line)
			}
		}
	})
}
