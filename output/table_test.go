package output

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// renderTable is render with a say in who draws it.
func renderTable(t testing.TB, o Options, v View[[]string], plain bool, rows [][]string) string {
	t.Helper()
	var out bytes.Buffer
	var current []string
	w := newTableWriter(bufio.NewWriter(&out), o, v.shape(&current))
	for _, current = range rows {
		if err := w.writeCurrent(); err != nil {
			t.Fatal(err)
		}
	}
	w.table.plain = w.table.plain || plain
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A table looks the same, whichever code draws it, so that the ten-thousandth row changes nothing.
func TestBothWaysLookTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		columns := rapid.IntRange(1, 4).Draw(rt, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(shownText(), columns, columns), 0, 8).Draw(rt, "rows")
		o := Options{
			Terminal: rapid.Bool().Draw(rt, "terminal"), Color: rapid.Bool().Draw(rt, "color"),
			Width: rapid.IntRange(0, 60).Draw(rt, "width"),
		}
		v := textView(columns, ShrinkNever)
		for i := range v.Columns {
			v.Columns[i].Shrink = rapid.SampledFrom([]Shrink{ShrinkNever, ShrinkLast, ShrinkLate, ShrinkEarly}).Draw(rt, "shrink")
			v.Columns[i].Show = rapid.SampledFrom([]Show{ShowFilled, ShowVaried, ShowWide}).Draw(rt, "show")
			v.Columns[i].Spare = uint8(rapid.IntRange(0, 2).Draw(rt, "spare"))
		}
		v.Columns[0].Style = func([]string) Style { return Red }
		drawn, plain := renderTable(t, o, v, false, rows), renderTable(t, o, v, true, rows)
		if drawn != plain {
			rt.Fatalf("drawn:\n%q\nplain:\n%q", drawn, plain)
		}
	})
}

// A table whose columns may all be spared keeps them if there is no room: without any it would look
// empty.
func TestSpareColumnsAlone(t *testing.T) {
	t.Parallel()
	v := textView(1, ShrinkNever)
	v.Columns[0].Spare = 1
	out := render(t, Options{Terminal: true, Width: 1}, v, []string{"value"})
	if !strings.Contains(out, "v\na\nl") {
		t.Errorf("%q", out)
	}
}

// A table that would have to cut a column below its least width is shown as blocks.
func TestLeastWidth(t *testing.T) {
	t.Parallel()
	for least, want := range map[uint8]string{0: "A         B\nabcd…nop  1234567\n", 10: "A  abcdefghijklmn\n   op\nB  1234567\n"} {
		v := textView(2, ShrinkLast)
		v.Columns[0].Least, v.Columns[1].Shrink = least, ShrinkNever
		out := render(t, Options{Terminal: true, Width: 17}, v, []string{"abcdefghijklmnop", "1234567"})
		if out != want {
			t.Errorf("least %d: %q, want %q", least, out, want)
		}
	}
}

// Nothing that a server sends can make a line longer than the terminal where all columns may
// shrink, add a line, or leave spaces at its end.
func TestTableLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(shownText(), 3, 3), 0, 8).Draw(rt, "rows")
		width := rapid.IntRange(3*leastCut+2*gap, 80).Draw(rt, "width")
		shrink := rapid.SampledFrom([]Shrink{ShrinkLast, ShrinkLate, ShrinkEarly}).Draw(rt, "shrink")
		out := render(t, Options{Terminal: true, Width: width}, textView(3, shrink), rows...)
		if len(rows) == 0 {
			return
		}
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) != len(rows)+1 {
			rt.Fatalf("%d lines for %d rows: %q", len(lines), len(rows), out)
		}
		for _, line := range lines {
			if w := textWidth(line); w > width {
				rt.Errorf("%d columns of %d: %q", w, width, line)
			}
			if strings.HasSuffix(line, " ") {
				rt.Errorf("spaces at the end: %q", line)
			}
		}
	})
}

// What is done to a cell's text for those who read a log is measured with it.
func TestTableDisarms(t *testing.T) {
	t.Parallel()
	o := Options{Disarm: func(text string) string { return strings.ReplaceAll(text, "##", "# #") }}
	for _, plain := range []bool{false, true} {
		out := renderTable(t, o, textView(2, ShrinkNever), plain, [][]string{{"####long##", "x"}, {"a", "##"}})
		lines := strings.Split(out, "\n")
		if want := "# ## #long# #  x"; lines[1] != want || lines[2] != "a              # #" {
			t.Errorf("plain %v:\n%s", plain, out)
		}
	}
}

func TestTableAlignsPicturesOfSeveralRunes(t *testing.T) {
	t.Parallel()
	got := render(t, Options{}, textView(2, ShrinkNever), []string{"🇩🇪", "x"}, []string{"👍🏽👍🏽", "y"}, []string{"❤️", "z"})
	if want := "A     B\n🇩🇪    x\n👍🏽👍🏽  y\n❤️    z\n"; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// One endless cell must not cost its length in every line, nor be cut in a pipe.
func TestEndlessCellInAPipe(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	out := render(t, Options{}, textView(2, ShrinkLate), []string{"a", "b"}, []string{long, "c"}, []string{"d", "e"})
	if want := "A  B\na  b\n" + long + "  c\nd  e\n"; out != want {
		t.Errorf("got %d bytes, want %d", len(out), len(want))
	}
}

// Both ways of drawing give the same bytes, and no line of tablewriter's logger is among them.
func TestTableAboveWhatIsDrawn(t *testing.T) {
	t.Parallel()
	for _, count := range []int{mostDrawn, mostDrawn + 1} {
		var want strings.Builder
		want.WriteString("A     B\n")
		var rows [][]string
		for i := range count {
			rows = append(rows, []string{fmt.Sprint(1000 + i), "日"})
			fmt.Fprintf(&want, "%-4d  日\n", 1000+i)
		}
		if got := render(t, Options{}, textView(2, ShrinkNever), rows...); got != want.String() {
			t.Errorf("%d rows: %d bytes, want %d", count, len(got), want.Len())
		}
	}
}

// Half a million rows fit beside everything else in 400 MiB. Not parallel: it looks at the
// process's memory.
func TestTableMemory(t *testing.T) {
	const rows, most = 100_000, 160 // bytes a row, for 90 bytes of text
	row := []string{"Newtonsoft.Json", "12.0.3-beta.1+build.7", "nuget", "unapproved", "approved",
		"2026-11-21T10:00:00Z", "jsmith", "ok"}
	w := New(io.Discard, Options{}, textView(len(row), ShrinkNever))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if used := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / rows; used > most {
		t.Errorf("%d bytes a row", used)
	}
	runtime.KeepAlive(w)
}

func TestTrimmer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		parts []string
		want  string
	}{
		{[]string{"a  \n"}, "a\n"},
		{[]string{"a", "  ", "b \n", " \n", "\nc"}, "a  b\n\n\nc"},
		{[]string{" a", " ", "\n b"}, " a\n b"},
		{[]string{"   ", "x"}, "   x"},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		buffer := bufio.NewWriter(&out)
		w := &trimmer{out: buffer}
		for _, part := range tt.parts {
			if n, err := io.WriteString(w, part); n != len(part) || err != nil {
				t.Errorf("%q: %d, %v", part, n, err)
			}
		}
		if err := buffer.Flush(); err != nil {
			t.Error(err)
		}
		if out.String() != tt.want {
			t.Errorf("%q: %q, want %q", tt.parts, out.String(), tt.want)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	row := []string{"Newtonsoft.Json", "12.0.3", "nuget", "unapproved", "approved", "2026-11-21T10:00:00Z"}
	for _, count := range []int{mostDrawn, mostDrawn + 1} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := New(io.Discard, Options{}, textView(len(row), ShrinkNever))
				for range count {
					if err := w.Write(row); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
