package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// parcels has what servers send: wide letters, markup, hostile text, a second row, nothing at all.
func parcels() []parcel {
	return []parcel{
		{"Newtonsoft.Json", []string{"test", "prod"}, "ok & <b>fine</b>"},
		{"日本語", []string{"prod"}, "a comment that is far too long for the sixty columns of this terminal"},
		{"evil\x1b[31m\u202e\u009b", []string{"a|b"}, "two\nlines, \"quoted\"\x7f"},
		{"no-stop", nil, ""},
	}
}

func TestFormatsOnTerminalAndInPipe(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		for name, o := range map[string]Options{
			"pipe":     {},
			"terminal": {Terminal: true, Width: 60},
		} {
			o.Format = Format(format)
			t.Run(format+"-"+name, func(t *testing.T) {
				t.Parallel()
				golden(t, format+"-"+name, render(t, o, parcelView(), parcels()...))
			})
		}
	}
	t.Run("table-color", func(t *testing.T) {
		t.Parallel()
		golden(t, "table-color", render(t, Options{Terminal: true, Width: 60, Color: true}, parcelView(), parcels()...))
	})
}

func TestEmptyResult(t *testing.T) {
	t.Parallel()
	want := map[Format]string{
		"": "NAME  STOP  NOTE\n", Table: "NAME  STOP  NOTE\n", Wide: "NAME  STOP  NOTE\n", JSON: "[]\n", NDJSON: "", CSV: "name,stop,note\n",
		Markdown: "| NAME | STOP | NOTE |\n| --- | --- | --- |\n",
	}
	for format, text := range want {
		for _, terminal := range []bool{false, true} {
			o := Options{Format: format, Terminal: terminal, Width: 80}
			if terminal && format.ForPeople() {
				text = "No results.\n"
			}
			if got := render(t, o, parcelView()); got != text {
				t.Errorf("%q, terminal %v: %q", format, terminal, got)
			}
		}
	}
}

// No format hides characters from a person, and none but table and markdown changes them for a
// program.
func TestTerminalGetsNoHiddenRune(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		o := Options{Format: Format(format), Terminal: true, Width: 60}
		got := render(t, o, parcelView(), parcels()...)
		if i := firstHidden(got, func(r rune) bool { return r == '\n' }); i >= 0 {
			t.Errorf("%s: hidden rune at %d of %+q", format, i, got)
		}
	}
	for _, format := range []Format{JSON, CSV} {
		got := render(t, Options{Format: format}, parcelView(), parcels()...)
		if !strings.Contains(got, "\u202e\u009b") || !strings.Contains(got, "\x7f") {
			t.Errorf("%s in a pipe is not exact: %+q", format, got)
		}
	}
}

func TestJSONIsTheSameDataOnATerminal(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{false, true} {
		var got []parcel
		text := render(t, Options{Format: JSON, Terminal: terminal}, parcelView(), parcels()...)
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, parcels(), func(a, b parcel) bool { return a.Name == b.Name && a.Note == b.Note }) {
			t.Errorf("terminal %v: %+q", terminal, got)
		}
	}
}

func TestOwnEncodingAndOwnLine(t *testing.T) {
	t.Parallel()
	v := parcelView()
	v.JSON = func(p parcel) any { return map[string]string{"id": p.Name} }
	item := parcel{Name: "a", Stops: []string{"x", "y"}}
	if got := render(t, Options{Format: NDJSON}, v, item); got != "{\"id\":\"a\"}\n{\"id\":\"a\"}\n" {
		t.Errorf("lines as elements: %q", got)
	}
	v.Line = func(p parcel) any { return stop{p.Name, p.Stops[0]} }
	want := `{"name":"a","stop":"x"}` + "\n" + `{"name":"a","stop":"y"}` + "\n"
	if got := render(t, Options{Format: NDJSON}, v, item); got != want {
		t.Errorf("AppendJSON: %q", got)
	}
	if got := render(t, Options{Format: JSON}, v, item); got != "[\n  {\n    \"id\": \"a\"\n  }\n]\n" {
		t.Errorf("element: %q", got)
	}
}

func TestSingleItem(t *testing.T) {
	t.Parallel()
	v := textView(1, ShrinkNever)
	v.Single = true
	v.JSON = func(row []string) any { return map[string]string{"file": row[0]} }
	item := []string{"a.nupkg"}
	tests := []struct {
		o    Options
		want string
	}{
		{Options{Format: JSON}, "{\n  \"file\": \"a.nupkg\"\n}\n"},
		{Options{Format: NDJSON}, "{\"file\":\"a.nupkg\"}\n"},
		{Options{Format: JSON, Query: mustParse(t, ".file")}, "a.nupkg\n"},
		{Options{Format: CSV}, "A\na.nupkg\n"},
	}
	for _, tt := range tests {
		if got := render(t, tt.o, v, item); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.o.Format, got, tt.want)
		}
	}
	if got := render(t, Options{Format: JSON}, v); got != "" {
		t.Errorf("nothing: %q", got)
	}
}

func TestCSVWithoutOwnColumns(t *testing.T) {
	t.Parallel()
	got := render(t, Options{Format: CSV}, textView(2, ShrinkNever), []string{"1", "=A1"})
	if got != "A,B\n1,=A1\n" {
		t.Errorf("got %q", got)
	}
}

func TestWhenTheResultIsSeen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                string
		o                   Options
		afterWrite, flushed string
	}{
		{"ndjson", Options{Format: NDJSON}, "", `["1"]` + "\n"},
		{"ndjson, terminal", Options{Format: NDJSON, Terminal: true}, `["1"]` + "\n", `["1"]` + "\n"},
		{"csv", Options{Format: CSV}, "", "A\n1\n"},
		{"markdown", Options{Format: Markdown}, "", "| A |\n| --- |\n| 1 |\n"},
		{"json", Options{Format: JSON}, "", ""},
		{"filter", Options{Format: JSON, Query: mustParse(t, ".[]")}, "", ""},
		{"table", Options{Format: Table}, "", ""},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		w := New(&out, tt.o, textView(1, ShrinkNever))
		if err := w.Write([]string{"1"}); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != tt.afterWrite {
			t.Errorf("%s after Write: %q", tt.name, got)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != tt.flushed {
			t.Errorf("%s after Flush: %q", tt.name, got)
		}
	}
}

func TestWriteErrorIsNeverLost(t *testing.T) {
	t.Parallel()
	long := parcel{strings.Repeat("n", 1000), []string{"prod"}, "note"}
	for _, o := range []Options{
		{Format: Table}, {Format: Table, Color: true}, {Format: JSON}, {Format: NDJSON}, {Format: CSV}, {Format: Markdown},
		{Format: NDJSON, Terminal: true}, {Query: mustParse(t, ".[]")}, {Format: NDJSON, Query: mustParse(t, ".")},
	} {
		for _, room := range []int{0, 10, bufferSize + 10} {
			for _, count := range []int{1, 300} {
				err := writeAll(&fullDisk{room}, o, long, count)
				fits := room > count*1100
				if fits != (err == nil) || !fits && !errors.Is(err, errFull) {
					t.Errorf("%+v, room %d, %d items: %v", o, room, count, err)
				}
			}
		}
	}
}

// writeAll writes the item count times, as a command does: it stops at the first error.
func writeAll(out io.Writer, o Options, item parcel, count int) error {
	w := New(out, o, parcelView())
	for range count {
		if err := w.Write(item); err != nil {
			return err
		}
	}
	return w.Close()
}

func TestValueThatHasNoJSON(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Format: JSON}, {Format: NDJSON}, {Format: JSON, Query: mustParse(t, ".")}} {
		w := New(io.Discard, o, View[any]{})
		if err := w.Write(func() {}); err == nil || !strings.HasPrefix(err.Error(), "encode the result as json: ") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func BenchmarkNDJSON(b *testing.B) {
	reflected := View[parcel]{}
	fast := View[parcel]{Line: func(p parcel) any { return stop{p.Name, p.Stops[0]} }}
	item := parcel{Name: "Newtonsoft.Json", Stops: []string{"prod"}}
	for name, v := range map[string]View[parcel]{"reflected": reflected, "AppendJSON": fast} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			w := New(io.Discard, Options{Format: NDJSON}, v)
			for b.Loop() {
				if err := w.Write(item); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
