package records

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// genCell makes text that a CSV file keeps: without padding around it, and a carriage return before
// a line break may get lost in one.
func genCell() *rapid.Generator[string] {
	return rapid.Map(rapid.String(), func(s string) string { return cellText(strings.NewReplacer("\x00", "", "\r", "").Replace(s)) })
}

// The same records in any format and encoding are the same records.
func TestFormatsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Record {
			r := Record{Application: "App"} // no row is empty, nor the header again
			properties := r.Properties()
			for _, p := range properties[1:] {
				*p.Value = genCell().Draw(t, "cell")
			}
			return r
		}), 1, 4).Draw(t, "records")
		lines, table := writeNDJSON(want), writeCSV(want)
		for _, input := range []string{lines, table, utf16Text(lines, false), utf16Text(table, true), "\xef\xbb\xbf" + table} {
			items, problems := collect(strings.NewReader(input), Options{})
			if len(problems) > 0 || len(items) != len(want) {
				t.Fatalf("%q\nread as %d records, problems %q", input, len(items), problems)
			}
			for i, item := range items {
				if item.Record != want[i] {
					t.Fatalf("got %+v, want %+v", item.Record, want[i])
				}
			}
		}
	})
}

func writeNDJSON(all []Record) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, r := range all {
		_ = enc.Encode(r) // a buffer takes everything
	}
	return b.String()
}

func writeCSV(all []Record) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(Names())
	for _, r := range all {
		var row []string
		for _, p := range r.Properties() {
			row = append(row, *p.Value)
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.String()
}

// Every bad line is named with its place, and every good one between them is read.
func TestEveryProblemIsNamed(t *testing.T) {
	t.Parallel()
	formats := map[string]struct{ head, good, bad, sep, tail, place string }{
		"NDJSON": {"", `{"Target":"a"}`, `{"Tarrget":"a"}`, "\n", "", "line %d"},
		"broken": {"", `{"Target":"a"}`, `{"Target":`, "\n", "", "line %d"},
		"array":  {"[", `{"Target":"a"}`, `{"Target":5}`, ",", "]", "index %d"},
		"CSV":    {"Target,Version\n", "a,1", "a,1,2", "\n", "", "line %d"},
		"quotes": {"Target,Version\n", "a,1", "a\",1", "\n", "", "line %d"},
	}
	first := map[string]int{"NDJSON": 1, "broken": 1, "array": 0, "CSV": 2, "quotes": 2}
	for name, f := range formats {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				bad := rapid.SliceOfN(rapid.Bool(), 1, 60).Draw(t, "bad")
				bad[0] = false // the format depends on it
				var rows, want []string
				for i, isBad := range bad {
					if isBad {
						rows, want = append(rows, f.bad), append(want, fmt.Sprintf(f.place, i+first[name]))
					} else {
						rows = append(rows, f.good)
					}
				}
				items, problems := collect(strings.NewReader(f.head+strings.Join(rows, f.sep)+f.tail), Options{})
				for i, p := range problems {
					problems[i], _, _ = strings.Cut(p, ": ")
				}
				if !slices.Equal(problems, want) || len(items) != len(bad)-len(want) {
					t.Fatalf("problems at %q, want %q; %d records of %d", problems, want, len(items), len(bad))
				}
			})
		})
	}
}

// repeated is a piece of input over and over, without being in memory.
func repeated(head, piece string, times int, tail string) io.Reader {
	var parts []io.Reader
	parts = append(parts, strings.NewReader(head))
	chunk := strings.Repeat(piece, 1000)
	for range times / 1000 {
		parts = append(parts, strings.NewReader(chunk))
	}
	return io.MultiReader(append(parts, strings.NewReader(tail))...)
}

// The memory in use does not grow with the input. Not parallel: others' memory would be counted in.
func TestConstantMemory(t *testing.T) {
	const times = 20_000
	const object = `{"Application":"Build 7","Target":"web01","PackageName":"Newtonsoft.Json","Version":"12.0.3"}`
	long := strings.Repeat("x", len(object))
	for name, in := range map[string]io.Reader{
		"NDJSON": repeated("", object+"\n", times, ""),
		"array":  repeated("[", object+",", times, object+"]"),
		"spread": repeated("{\n}", strings.ReplaceAll(object, ",", ",\n")+"\n", times, ""),
		"CSV":    repeated("Target,Version\n", long+",12.0.3\n", times, ""),
		"bad":    repeated("Target,Version\n", long+",12.0.3,5\n", times, ""),
	} {
		var problems Problems
		var inUse []uint64
		seen := 0
		for _, err := range Read(in, Options{}) {
			problems.Add(err)
			if seen++; seen%(times/4) == 0 {
				inUse = append(inUse, heap())
			}
		}
		const bound = 256 << 10 // bytes; each input has some 2 MB
		if grown := int64(inUse[len(inUse)-1]) - int64(inUse[0]); seen < times || grown > bound {
			t.Errorf("%s: %d records, and %d bytes more at the end than at the first quarter", name, seen, grown)
		}
		if (name == "bad") != (problems.Count() >= times) {
			t.Errorf("%s: %d problems", name, problems.Count())
		}
	}
}

// heap is how many bytes are in use.
func heap() uint64 {
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	return mem.HeapAlloc
}
