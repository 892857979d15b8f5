package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyValue draws what JSON can hold, empty objects and arrays too.
func anyValue(depth int) *rapid.Generator[any] {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "##", "###x", "<&>", "\u2028", "\x7f\u202e", "a\nb", `"\`, "[1,{}]"}))
	kinds := []*rapid.Generator[any]{
		text.AsAny(), rapid.Int64().AsAny(), rapid.Float64Range(-1e30, 1e30).AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil),
	}
	if depth > 0 {
		inner := anyValue(depth - 1)
		kinds = append(kinds, rapid.SliceOfN(inner, 0, 3).AsAny(), rapid.MapOfN(text, inner, 0, 3).AsAny())
	}
	return rapid.OneOf(kinds...)
}

// written is the text that a result gives, and how much of it came before Close.
func written(t rapid.TB, o Options, items []any) (text string, early int) {
	var out bytes.Buffer
	w := New(&out, o, View[any]{})
	for _, item := range items {
		if err := w.Write(item); err != nil {
			t.Fatal(err)
		}
	}
	early = out.Len()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), early
}

// The array is, byte for byte, what encoding/json makes of the whole list, whether it is kept or
// written item by item.
func TestArrayIsThatOfEncodingJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(anyValue(3), 0, 6).Draw(t, "items")
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(slices.Concat([]any{}, items)); err != nil {
			t.Fatal(err)
		}
		text := want.String()
		if len(items) == 0 {
			text = "[]\n"
		}
		for _, terminal := range []bool{false, true} {
			wanted := string(escapeCommands([]byte(text)))
			if terminal {
				wanted = string(EscapeJSON([]byte(text)))
			}
			for _, complete := range []bool{false, true} {
				got, _ := written(t, Options{Format: JSON, Terminal: terminal, Complete: complete}, items)
				if got != wanted {
					t.Fatalf("terminal %v, complete %v:\n%s\nwant\n%s", terminal, complete, got, wanted)
				}
			}
		}
	})
}

// An array is begun early only if its items are all known.
func TestWhenTheArrayIsBegun(t *testing.T) {
	t.Parallel()
	items := slices.Repeat([]any{strings.Repeat("x", 1000)}, 1000)
	for _, complete := range []bool{false, true} {
		text, early := written(t, Options{Format: JSON, Complete: complete}, items)
		if complete && len(text)-early > 2*bufferSize || !complete && early > 0 {
			t.Errorf("complete %v: %d of %d bytes before Close", complete, early, len(text))
		}
	}
}

// What waits for its end is bounded, with an error of its own type, and nothing is written.
func TestKeptItemsAreBounded(t *testing.T) {
	t.Parallel()
	row := []string{strings.Repeat("x", 100)}
	query := mustParse(t, "length")
	for _, test := range []struct {
		name     string
		o        Options
		bounded  bool
		filtered bool
	}{
		{"json", Options{Format: JSON, MostHeld: 1000}, true, false},
		{"table", Options{MostHeld: 1000}, true, false},
		{"jq", Options{Format: JSON, Query: query}, true, true},
		{"a complete array", Options{Format: JSON, Complete: true, MostHeld: 1000}, false, false},
		{"ndjson", Options{Format: NDJSON, MostHeld: 1000}, false, false},
		{"ndjson with jq", Options{Format: NDJSON, Query: query, MostHeld: 1000}, false, false},
		{"csv", Options{Format: CSV, MostHeld: 1000}, false, false},
		{"no bound", Options{Format: JSON}, false, false},
	} {
		var out bytes.Buffer
		w := New(&out, test.o, textView(1, ShrinkNever))
		if f, ok := w.(*typedWriter[[]string]).rows.(*filterWriter); ok {
			f.kept.most = 1000
		}
		var err error
		for range 20 {
			err = errors.Join(err, w.Write(row))
		}
		size, ok := errors.AsType[*SizeError](err)
		if ok != test.bounded || ok && (size.Filtered != test.filtered || size.Limit != 1000) || ok && out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", test.name, err, out.Len())
		}
	}
}

func BenchmarkArray(b *testing.B) {
	row := []string{"Newtonsoft.Json", "12.0.3", "nuget", "unapproved", "approved", "2026-11-21T10:00:00Z"}
	for name, complete := range map[string]bool{"kept": false, "complete": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := New(io.Discard, Options{Format: JSON, Complete: complete}, textView(len(row), ShrinkNever))
				for range 1000 {
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
