package output

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with the file of that name in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

// parcel stands for the items of a command: it has several rows in flat formats, as a package has
// promotions.
type parcel struct {
	Name  string   `json:"name"`
	Stops []string `json:"stops"`
	Note  string   `json:"note,omitempty"`
}

// stop is a parcel's ndjson object, with the fast encoding.
type stop struct{ name, stop string }

func (s stop) AppendJSON(b []byte) []byte {
	b = append(b, `{"name":"`...)
	b = append(b, s.name...)
	b = append(b, `","stop":"`...)
	b = append(b, s.stop...)
	return append(b, `"}`...)
}

func parcelView() View[parcel] {
	name := func(p parcel) string { return p.Name }
	place := func(p parcel) string { return strings.Join(p.Stops, "+") }
	note := func(p parcel) string { return p.Note }
	return View[parcel]{
		Columns: []Column[parcel]{
			{Header: "NAME", Cell: name},
			{Header: "STOP", Cell: place, Style: func(p parcel) Style {
				if place(p) == "prod" {
					return Green
				}
				return Plain
			}},
			{Header: "NOTE", Cell: note, Shrink: ShrinkLate},
		},
		CSV: []Column[parcel]{
			{Header: "name", Cell: name}, {Header: "stop", Cell: place}, {Header: "note", Cell: note},
		},
		Row: func(p parcel, i int) (parcel, bool) {
			if i == len(p.Stops) {
				return parcel{}, false
			}
			return parcel{p.Name, p.Stops[i : i+1], p.Note}, true
		},
	}
}

// textView shows lists of words: one column for each, under A, B, C and so on.
func textView(columns int, shrink Shrink) View[[]string] {
	var v View[[]string]
	for i := range columns {
		v.Columns = append(v.Columns, Column[[]string]{
			Header: string(rune('A' + i)), Cell: func(row []string) string { return row[i] }, Shrink: shrink,
		})
	}
	return v
}

// render returns what a writer makes of the items.
func render[T any](t testing.TB, o Options, v View[T], items ...T) string {
	t.Helper()
	var out bytes.Buffer
	w := New(&out, o, v)
	for _, item := range items {
		if err := w.Write(item); err != nil {
			t.Fatalf("Write: %v", err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	return out.String()
}

var errFull = errors.New("disk full")

// fullDisk takes room bytes and then fails.
type fullDisk struct{ room int }

func (d *fullDisk) Write(b []byte) (int, error) {
	n := min(len(b), d.room)
	d.room -= n
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

// mustParse compiles an expression of a test.
func mustParse(t testing.TB, expr string) *Query {
	t.Helper()
	q, err := ParseQuery(expr)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
