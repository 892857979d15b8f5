package output

import (
	"strings"
	"testing"
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
	const table = "NAME             COMMENTS\nNewtonsoft.Json  日本語 ok\nleft-pad\n"
	for _, test := range []struct {
		name string
		o    Options
		want string
	}{
		{"too narrow", Options{Terminal: true, Width: 20}, blocks},
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

func TestNarrowTerminalWithoutRowsGetsTheHeader(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	w := New(&out, Options{Terminal: true, Width: 3}, View[string]{Columns: []Column[string]{
		{Header: "NAME", Cell: func(s string) string { return s }}, {Header: "VERSION", Cell: func(s string) string { return s }},
	}})
	if err := w.Close(); err != nil || out.String() != "NAME  VERSION\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}
