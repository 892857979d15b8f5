package output

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// delivery stands for a row that has all kinds of columns.
type delivery struct{ parcel, from, to, date, by, note, server, id string }

func deliveryView() View[delivery] {
	columns := []Column[delivery]{
		{Header: "PARCEL", Cell: func(d delivery) string { return d.parcel }, Shrink: ShrinkLast},
		{Header: "FROM", Cell: func(d delivery) string { return d.from }, Shrink: ShrinkLate, Spare: 1},
		{Header: "TO", Cell: func(d delivery) string { return d.to }, Shrink: ShrinkLate},
		{Header: "DATE", Cell: func(d delivery) string { return d.date + "T01:00:00Z" }, Brief: func(d delivery) string { return d.date + " 01:00" }},
		{Header: "BY", Cell: func(d delivery) string { return d.by }, Prose: true, Shrink: ShrinkLate},
		{Header: "NOTE", Cell: func(d delivery) string { return d.note }, Prose: true, Shrink: ShrinkEarly, Spare: 2},
		{Header: "SERVER", Cell: func(d delivery) string { return d.server }, Show: ShowVaried},
		{Header: "ID", Cell: func(d delivery) string { return d.id }, Show: ShowWide},
	}
	view := View[delivery]{Screen: columns}
	for _, i := range []int{7, 0, 2, 5} {
		view.Columns = append(view.Columns, columns[i])
	}
	return view
}

func deliveries() []delivery {
	return []delivery{
		{"Newtonsoft.Json", "unapproved-feed", "approved-feed", "2026-11-13", "", "fine after the smoke tests", "one", "17"},
		{"left-pad", "unapproved-feed", "approved-feed", "2026-11-14", "", "ok", "one", "18"},
	}
}

// What a table gives up on a terminal, step by step.
func TestTableOnATerminal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		width int
		want  string
	}{
		{0, `
PARCEL           FROM             TO             DATE              NOTE
Newtonsoft.Json  unapproved-feed  approved-feed  2026-11-13 01:00  fine after the smoke tests
left-pad         unapproved-feed  approved-feed  2026-11-14 01:00  ok
`},
		{84, `
PARCEL           FROM             TO             DATE              NOTE
Newtonsoft.Json  unapproved-feed  approved-feed  2026-11-13 01:00  fine after the s…
left-pad         unapproved-feed  approved-feed  2026-11-14 01:00  ok
`},
		{70, `
PARCEL           FROM             TO             DATE
Newtonsoft.Json  unapproved-feed  approved-feed  2026-11-13 01:00
left-pad         unapproved-feed  approved-feed  2026-11-14 01:00
`},
		{62, `
PARCEL           FROM          TO             DATE
Newtonsoft.Json  unappro…feed  approved-feed  2026-11-13 01:00
left-pad         unappro…feed  approved-feed  2026-11-14 01:00
`},
		{50, `
PARCEL           TO             DATE
Newtonsoft.Json  approved-feed  2026-11-13 01:00
left-pad         approved-feed  2026-11-14 01:00
`},
		{41, `
PARCEL           TO      DATE
Newtonsoft.Json  app…ed  2026-11-13 01:00
left-pad         app…ed  2026-11-14 01:00
`},
		{36, `
PARCEL      TO      DATE
Newto…Json  app…ed  2026-11-13 01:00
left-pad    app…ed  2026-11-14 01:00
`},
		{30, `
PARCEL  Newtonsoft.Json
FROM    unapproved-feed
TO      approved-feed
DATE    2026-11-13 01:00
NOTE    fine after the smoke
        tests

PARCEL  left-pad
FROM    unapproved-feed
TO      approved-feed
DATE    2026-11-14 01:00
NOTE    ok
`},
	} {
		got := render(t, Options{Terminal: true, Width: test.width}, deliveryView(), deliveries()...)
		if want := strings.TrimPrefix(test.want, "\n"); got != want {
			t.Errorf("%d columns: got\n%s\nwant\n%s", test.width, got, want)
		}
	}
}

// Wide has every column of the terminal's table, whole and in a pipe too; the pipe's own table has
// its own.
func TestWideHasEverything(t *testing.T) {
	t.Parallel()
	const wide = "" +
		"PARCEL           FROM             TO             DATE                  BY  NOTE                        SERVER  ID\n" +
		"Newtonsoft.Json  unapproved-feed  approved-feed  2026-11-13T01:00:00Z      fine after the smoke tests  one     17\n" +
		"left-pad         unapproved-feed  approved-feed  2026-11-14T01:00:00Z      ok                          one     18\n"
	for _, o := range []Options{{Format: Wide}, {Format: Wide, Terminal: true, Width: 40}} {
		if got := render(t, o, deliveryView(), deliveries()...); got != wide {
			t.Errorf("%+v: got\n%s", o, got)
		}
	}
	const pipe = "" +
		"ID  PARCEL           TO             NOTE\n" +
		"17  Newtonsoft.Json  approved-feed  fine after the smoke tests\n" +
		"18  left-pad         approved-feed  ok\n"
	if got := render(t, Options{Width: 40}, deliveryView(), deliveries()...); got != pipe {
		t.Errorf("a pipe: got\n%s", got)
	}
}

func TestServersThatDifferAreShown(t *testing.T) {
	t.Parallel()
	rows := deliveries()
	rows[1].server = "two"
	got := render(t, Options{Terminal: true}, deliveryView(), rows...)
	if !strings.Contains(got, "SERVER\n") || !strings.HasSuffix(got, "two\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestColumnsStayWhereNoneWouldBeLeft(t *testing.T) {
	t.Parallel()
	view := textView(2, ShrinkNever)
	if got := render(t, Options{Terminal: true, Width: 80}, view, []string{"", ""}); got != "A  B\n\n" {
		t.Errorf("got %q", got)
	}
}

// No layout of a terminal has a line that is wider than it, and no row is lost.
func TestEveryLayoutFits(t *testing.T) {
	t.Parallel()
	text := func(most int) *rapid.Generator[string] {
		return rapid.StringMatching(`[a-zA-Z.-]{0,` + strings.Repeat("9", most) + `}`)
	}
	rapid.Check(t, func(rt *rapid.T) {
		var rows []delivery
		for range rapid.IntRange(1, 5).Draw(rt, "rows") {
			rows = append(rows, delivery{
				parcel: "p" + text(2).Draw(rt, "parcel"), from: text(2).Draw(rt, "from"), to: text(1).Draw(rt, "to"), date: "2026-11-13",
				by: text(1).Draw(rt, "by"), note: text(2).Draw(rt, "note"), server: text(1).Draw(rt, "server"), id: text(1).Draw(rt, "id"),
			})
		}
		width := rapid.IntRange(20, 170).Draw(rt, "width")
		out := render(t, Options{Terminal: true, Width: width}, deliveryView(), rows...)
		for line := range strings.Lines(out) {
			if w := textWidth(strings.TrimSuffix(line, "\n")); w > width {
				rt.Errorf("%d columns of %d: %q", w, width, line)
			}
		}
		if n := strings.Count(out, "2026-11-13"); n != len(rows) {
			rt.Errorf("%d of %d rows:\n%s", n, len(rows), out)
		}
	})
}
