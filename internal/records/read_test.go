package records

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"
)

// collect reads everything, as a caller does who needs all problems named.
func collect(r io.Reader, o Options) (items []Item, problems []string) {
	for item, err := range Read(r, o) {
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		items = append(items, item)
	}
	return items, problems
}

// places is what most tests compare: where each record was found, and its package and target.
func places(items []Item) []string {
	var out []string
	for _, it := range items {
		out = append(out, fmt.Sprintf("%s: %s on %s", it.Place, it.Record.PackageName, it.Record.Target))
	}
	return out
}

func TestReadFormats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, input string
		want        []string
	}{
		{"one object on one line", `{"PackageName":"A","Target":"t"}`, []string{"line 1: A on t"}},
		{"one object over lines", "{\n \"PackageName\": \"A\",\n \"Target\": \"t\"\n}\n", []string{"index 0: A on t"}},
		{"objects over lines", "{\n\"PackageName\": \"A\"}\n{\n\"PackageName\": \"B\"}", []string{"index 0: A on ", "index 1: B on "}},
		{"array", `[{"PackageName":"A","Target":"t"}, {"packagename":"B","TARGET":"u"}]`, []string{"index 0: A on t", "index 1: B on u"}},
		{"empty array", " [] \n", nil},
		{"arrays one after the other", "[{\"PackageName\":\"A\"}]\n[]\n[{\"PackageName\":\"B\"}]", []string{"index 0: A on ", "index 1: B on "}},
		{"NDJSON", "{\"PackageName\":\"A\"}\n\n  {\"PackageName\":\"B\"}\r\n", []string{"line 1: A on ", "line 3: B on "}},
		{"NDJSON after blank lines", "\n\r\n {\"PackageName\":\"A\"}\n{\"PackageName\":\"B\"}", []string{"line 3: A on ", "line 4: B on "}},
		{"CSV", "PackageName,target\nA,t\nB,u\n", []string{"line 2: A on t", "line 3: B on u"}},
		{"CSV, CRLF, quotes, line breaks in a cell", "PackageName,Description,Target\r\nA,\"two\r\nlines, \"\"quoted\"\"\",t\r\nB,,u\r\n", []string{"line 2: A on t", "line 4: B on u"}},
		{"CSV, header alone", "PackageName,Target\n", nil},
		{"CSV, header repeated", "PackageName,Target\nA,t\nPackageName,Target\nB,u\n", []string{"line 2: A on t", "line 4: B on u"}},
		{"CSV, files with a mark each", "\xef\xbb\xbfPackageName,Target\nA,t\n\xef\xbb\xbfPackageName,Target\nB,u\n", []string{"line 2: A on t", "line 4: B on u"}},
		{"CSV after a blank line", "\nPackageName,Target\nA,t\n", []string{"line 3: A on t"}},
		{"CSV, semicolons", "PackageName;Target\r\nA;t\r\nB;u,v\r\n", []string{"line 2: A on t", "line 3: B on u,v"}},
		{"CSV, tabs", "PackageName\tTarget\nA\t t \n", []string{"line 2: A on t"}},
		{"CSV, tabs in UTF-16", utf16Text("PackageName\tTarget\r\nA\tt\r\n", false), []string{"line 2: A on t"}},
		{"CSV, sep=;", "sep=;\r\nPackageName;Target\r\nA;t\r\n", []string{"line 3: A on t"}},
		{"CSV, sep=, in quotes", "\"sep=,\"\nPackageName,Target\nA,t\n", []string{"line 3: A on t"}},
		{"CSV, sep=|", "SEP=|\nPackageName|Target\nA|t\n", []string{"line 3: A on t"}},
		{"CSV, sep= and a tab", "sep=\t\nPackageName\tTarget\nA\tt\n", []string{"line 3: A on t"}},
		{"CSV, quoted header, semicolons", "\"PackageName\";\"Target\"\n\"A\";\"t;u\"\n", []string{"line 2: A on t;u"}},
		{"CSV of Export-Csv", "#TYPE System.Management.Automation.PSCustomObject\r\n\"PackageName\",\"Target\"\r\n\"A\",\"t\"\r\n", []string{"line 3: A on t"}},
		{"CSV of Export-Csv, twice", "#TYPE X\nPackageName,Target\nA,t\n\ufeff#TYPE X\nPackageName,Target\nB,u\n", []string{"line 3: A on t", "line 6: B on u"}},
		{"CSV, sep= twice", "sep=;\nPackageName;Target\nA;t\n\ufeffsep=;\nPackageName;Target\nB;u\n", []string{"line 3: A on t", "line 6: B on u"}},
		{"CSV, empty columns at the end", "PackageName,Target,,\nA,t,,\nB,u,,,,\n", []string{"line 2: A on t", "line 3: B on u"}},
		{"CSV, an empty column in the middle", "PackageName,,Target\nA, ,t\n", []string{"line 2: A on t"}},
		{"CSV, blank rows", "PackageName,Target\nA,t\n,\n , \ufeff\n,,,\n \nB,u\n", []string{"line 2: A on t", "line 7: B on u"}},
		{"CSV, carriage returns", "PackageName,Target\rA,t\r\"B\",\"u\"\r", []string{"line 2: A on t", "line 3: B on u"}},
		{"CSV, carriage return in quotes", "PackageName,Target\nA,\"t\ru\"\n", []string{"line 2: A on t\ru"}},
		{"CSV, padding", "\u200bPackageName ,\u00a0Target\n A\u200b,\t\"t\" \n\ufeffB,\u00a0u \n", []string{"line 2: A on t", "line 3: B on u"}},
		{"CSV, text guards", "PackageName,Target\n=\"A\",=\"1.10\" \n\"=\"\"B\"\"\",\"=\"\"a,\"\"\"\"b\"\"\"\"\"\"\"\n=C,=\"\"\n", []string{"line 2: A on 1.10", "line 3: B on a,\"b\"", "line 4: =C on "}},
		{"objects without a value", "{\"PackageName\":\"A\"}\n{}\n{\"Target\":\"\",\"Url\":null}\n{\"PackageName\":\"B\"}", []string{"line 1: A on ", "line 4: B on "}},
		{"arrays with a mark each", "\ufeff[{\"PackageName\":\"A\"}]\n\ufeff[{\"PackageName\":\"\ufeffB\\\"\"}]", []string{"index 0: A on ", "index 1: \ufeffB\" on "}},
		{"NDJSON with a mark each", "\ufeff{\"PackageName\":\"A\"}\n\ufeff{\"PackageName\":\"B\"}\u200b\n", []string{"line 1: A on ", "line 2: B on "}},
		{"objects, carriage returns", "{\"PackageName\":\"A\"}\r{\"PackageName\":\"B\"}\r", []string{"index 0: A on ", "index 1: B on "}},
		{"null and empty", `{"PackageName":"A","Target":null,"Url":""}`, []string{"line 1: A on "}},
		{"UTF-8 mark", "\xef\xbb\xbfPackageName,Target\nÄ,t\n", []string{"line 2: Ä on t"}},
		{"UTF-16 little endian", utf16Text("PackageName,Target\r\nÄ😀,t\r\n", false), []string{"line 2: Ä😀 on t"}},
		{"UTF-16 big endian", utf16Text(`[{"PackageName":"Ä"}]`, true), []string{"index 0: Ä on "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			items, problems := collect(iotest.OneByteReader(strings.NewReader(tt.input)), Options{})
			if len(problems) > 0 {
				t.Fatalf("problems: %q", problems)
			}
			if got := places(items); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func utf16Text(s string, big bool) string {
	var b strings.Builder
	for _, unit := range append([]uint16{0xFEFF}, utf16.Encode([]rune(s))...) {
		if big {
			b.Write([]byte{byte(unit >> 8), byte(unit)})
		} else {
			b.Write([]byte{byte(unit), byte(unit >> 8)})
		}
	}
	return b.String()
}

// Problems are compared by their beginnings.
func TestReadProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, input string
		problems    []string
		records     int // that are yielded anyway
	}{
		{"empty", "", []string{"the input is empty"}, 0},
		{"white space", " \n\t\r\n", []string{"the input is empty"}, 0},
		{"mark alone", "\xef\xbb\xbf", []string{"the input is empty"}, 0},
		{"binary", "PK\x03\x04\x00\x00", []string{"line 1: not text"}, 0},
		{"NUL further down", "{\"Target\":\"a\"}\n{\"Target\":\"\x00\"}\n", []string{"line 2: not text"}, 1},
		{"UTF-16 without a mark", utf16Text("Target\n", false)[2:], []string{"line 1: not text, or UTF-16 without"}, 0},
		{"Latin-1", "Target\nok\nM\xfcnchen\n", []string{"line 3: not UTF-8 text"}, 1},
		{"Latin-1 in an array", "[\n{\"Target\":\"ok\"},\n{\"Target\":\"M\xfcnchen\"}]", []string{"line 3: not UTF-8 text"}, 1},
		{"Latin-1 in an object", "{\n\"Target\":\"M\xfcnchen\"}", []string{"line 2: not UTF-8 text"}, 0},
		{"Latin-1 after an object", "{\n\"Target\":\"a\"}\n\xfc", []string{"line 3: not UTF-8 text"}, 1},
		{"a line that is not JSON", "{\"Target\":\"a\"}\noops\n{\"Target\":\"b\"}\n", []string{"line 2: not JSON"}, 2},
		{"a first line that is not JSON", "{oops}\n{\"Target\":\"b\"}\n", []string{"line 1: not JSON"}, 1},
		{"a line cut short", "{\"Target\":\"a\"}\n{\"Target\":", []string{"line 2: not JSON: it ends too early"}, 1},
		{"two objects on a line", "{\"Target\":\"a\"} {\"Target\":\"b\"}\n", []string{"line 1: not JSON: more follows"}, 0},
		{"not an object", "{\"Target\":\"a\"}\n5\n", []string{`line 2: expected an object, found "5"`}, 1},
		{"not an object, in an array", `[5,{"Target":"a"},[]]`, []string{`index 0: expected an object, found "5"`, `index 2: expected an object, found "[]"`}, 1},
		{"array cut short", `[{"Target":"a"},`, []string{"index 1: not JSON: it ends too early"}, 1},
		{"array not closed", `[{"Target":"a"}`, []string{"index 1: not JSON: it ends too early"}, 1},
		{"array with a comma missing", `[{"Target":"a"} {"Target":"b"}]`, []string{"index 1: not JSON"}, 1},
		{"more after the array", `[{"Target":"a"}] 7`, []string{"index 1: found 7 after the end"}, 1},
		{"nonsense after the array", `[{"Target":"a"}] x`, []string{"index 1: not JSON"}, 1},
		{"nonsense after an object", "{\n\"Target\":\"a\"}]", []string{"index 1: not JSON"}, 1},
		{"object not closed", "{\n\"Target\":\"a\"", []string{"index 0: not JSON: it ends too early"}, 0},
		{"unknown property", `{"Targett":"a","Feed":"b"}`, []string{`line 1: unknown property "Targett"`, `line 1: unknown property "Feed"`}, 0},
		{"doubled property", `{"Target":"a","target":null}`, []string{`line 1: property "target" is given twice`}, 0},
		{"number", `{"Version":1.0,"Target":true}`, []string{`line 1: property "Version" must be text, not "1.0"`, `line 1: property "Target" must be text, not "true"`}, 0},
		{"object as value", `{"Target":{"a":"` + strings.Repeat("x", 100) + `"}}`, []string{`line 1: property "Target" must be text, not "{\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"…`}, 0},
		{"CSV unknown column", "Target,Colour,Size\na,b,c\n", []string{`line 1: unknown property "Colour"`, `line 1: unknown property "Size"`}, 0},
		{"CSV unknown column after a blank line", "\n\nColour\n", []string{`line 3: unknown property "Colour"`}, 0},
		{"CSV doubled column", "Target,target\na,b\n", []string{`line 1: property "target" is given twice`}, 0},
		{"CSV id without output", "Target,id\na,b\n", []string{`line 1: unknown property "id"`}, 0},
		{"CSV too many cells", "Target,Version\na,1,x\nb,2\nc\n", []string{"line 2: 3 cells, but the header has 2", "line 4: 1 cells, but"}, 1},
		{"CSV too few cells", "Target,,Version,,\na,,1\nb,,2,\nc,\nd,,4,,,\n", []string{"line 4: 2 cells, but the header has 5"}, 3},
		{"CSV bare quote", "Target,Version\na,1\"0\nb,2\n", []string{"line 2: not CSV: "}, 1},
		{"CSV open quote", "Target,Version\nb,2\n\"a,1\nx", []string{"line 3: not CSV: "}, 1},
		{"CSV bad header", "Tar\"get\n", []string{"line 1: not CSV: "}, 0},
		{"a scalar", "7\n", []string{`line 1: unknown property "7"`}, 0},
		{"unknown status", `{"record":{"Target":"a"},"status":"lost"}`, []string{`line 1: unknown status "lost"`}, 0},
		{"unreadable made_at", `{"record":{"Target":"a"},"made_at":"noon"}`, []string{`line 1: made_at is not an RFC 3339 time: "noon"`}, 0},
		{"unknown property beside the record", `{"record":{"Target":"a"},"Target":"b","id":"1","ID":"2"}`, []string{`line 1: unknown property "Target"`, `line 1: property "ID" is given twice`}, 0},
		{"unknown property in the record", `{"record":{"Targett":"a"}}`, []string{`line 1: unknown property "Targett"`}, 0},
		{"record is not an object", `{"record":"a"}`, []string{`line 1: property "record": expected an object, found "\"a\""`}, 0},
		{"status is not text", `{"record":{},"status":1}`, []string{`line 1: property "status" must be text, not "1"`}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			items, problems := collect(strings.NewReader(tt.input), Options{})
			if len(items) != tt.records {
				t.Errorf("%d records, want %d", len(items), tt.records)
			}
			if !slices.EqualFunc(problems, tt.problems, strings.HasPrefix) {
				t.Errorf("problems\n%q, want\n%q", problems, tt.problems)
			}
		})
	}
}

func TestReadOwnOutput(t *testing.T) {
	t.Parallel()
	ndjson := `{"id":"1","server":"https://h","made_at":"2026-11-21T10:00:00Z","record":{"Target":"queued"},"via":"post","status":"queued","attempts":1,"asked":"latest"}
{"id":"2","server":"https://h","made_at":"2026-11-21T11:00:00+01:00","record":{"Target":"failed"},"via":"post","status":"failed","attempts":0,"error":{"kind":"auth","status":403,"message":"no"}}
{"id":"3","record":{"Target":"recorded"},"status":"recorded","advisories":[],"not_compared":"why"}
{"id":"4","record":{"Target":"skipped"},"status":"skipped"}
{"id":"5","record":{"Target":"dropped"},"status":"dropped"}
{"id":"6","record":{"Target":"uncertain"},"status":"uncertain","possibly_duplicated":true}
{"Record":{"target":"bare"}}
`
	array := "[" + strings.ReplaceAll(strings.TrimSpace(ndjson), "\n", ",") + "]"
	csv := `Target,id,server,made_at,via,status,attempts,error
queued,1,https://h,2026-11-21T10:00:00Z,post,queued,1,
failed,2,https://h,2026-11-21T10:00:00Z,post,failed,0,no
recorded,3,https://h,2026-11-21T10:00:00Z,post,recorded,1,
uncertain,6,https://h,2026-11-21T10:00:00Z,post,uncertain,1,timeout
bare,,,,,,,
`
	for name, input := range map[string]string{"NDJSON": ndjson, "array": array, "CSV": csv} {
		for _, resend := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s resend=%t", name, resend), func(t *testing.T) {
				t.Parallel()
				items, problems := collect(strings.NewReader(input), Options{Resend: resend})
				if len(problems) > 0 {
					t.Fatalf("problems: %q", problems)
				}
				want := []string{"queued", "failed", "bare"}
				if resend {
					want = []string{"queued", "failed", "uncertain", "bare"}
				}
				got := make([]string, 0, len(items))
				for _, it := range items {
					got = append(got, it.Record.Target)
					if it.Uncertain != (it.Record.Target == "uncertain") {
						t.Errorf("%s: uncertain is %t", it.Record.Target, it.Uncertain)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
				if made := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC); items[0].MadeAt != made || items[1].MadeAt != made {
					t.Errorf("made at %v and %v, want %v", items[0].MadeAt, items[1].MadeAt, made)
				}
				if !items[len(items)-1].MadeAt.IsZero() {
					t.Error("a record without made_at has a time")
				}
			})
		}
	}
}

// A record may be as long as the bound, and the bound is on each record, not on the input.
func TestReadBounds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxRecord/2)
	huge := strings.Repeat("x", 3*maxRecord)
	tests := []struct {
		name   string
		format string // with %s for the value
	}{
		{"NDJSON", "{\"Target\":\"%s\"}\n"},
		{"array", "[{\"Target\":\"%s\"}]"},
		{"object", "{\n\"Target\":\"%s\"}"},
		{"CSV", "Target\n%s\n"},
		{"CSV quoted", "Target\n\"%s\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			many := strings.Repeat(fmt.Sprintf(tt.format, long), 5)
			if items, problems := collect(strings.NewReader(many), Options{}); len(items) != 5 || len(problems) > 0 {
				t.Errorf("five long ones: %d records, problems %q", len(items), problems)
			}
			items, problems := collect(strings.NewReader(fmt.Sprintf(tt.format, huge)), Options{})
			if len(items) != 0 || len(problems) != 1 || !strings.Contains(problems[0], "longer than 1 MiB") {
				t.Errorf("a huge one: %d records, problems %.200q", len(items), problems)
			}
		})
	}
}

// A disk that fails half-way is reported as such, not as bad JSON.
func TestReadFailingInput(t *testing.T) {
	t.Parallel()
	broken := errors.New("input/output error")
	for _, begin := range []string{"", "{\"Target\":\"a\"}\n{", "[{\"Target\":\"a\"},", "[{\"Target\":\"a\"}", "{\n\"Target\":\"a\"}\n", "Target\na\n", "Target"} {
		t.Run(begin, func(t *testing.T) {
			t.Parallel()
			r := io.MultiReader(strings.NewReader(begin), iotest.ErrReader(broken))
			var last error
			for _, err := range Read(r, Options{}) {
				last = err
			}
			var place *Problem
			if !errors.Is(last, broken) || !errors.As(last, &place) {
				t.Errorf("got %v, want a problem that wraps %v", last, broken)
			}
		})
	}
}

// Nothing is yielded after the caller has left the loop: the range statement itself would panic.
func TestReadStopsWhenAsked(t *testing.T) {
	t.Parallel()
	for _, input := range []string{
		"{\"Target\":\"a\"}\n{\"Target\":\"b\"}\n", "[{\"Target\":\"a\"},{\"Target\":\"b\"}]", "[{\"T\":\"a\",\"U\":\"\"},5]",
		"Target\na\nb\n", "T,U\na\n", "Target\na,b\nc,d\n", "Target\na\"\nb\"\n", "{\n\"Target\":\"a\"}]", "",
	} {
		for range Read(strings.NewReader(input), Options{}) {
			break
		}
	}
}
