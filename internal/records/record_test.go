package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The table has a line for each field of the struct, and nothing twice.
func TestPropertiesMatchTheStruct(t *testing.T) {
	t.Parallel()
	var r Record
	value := reflect.ValueOf(&r).Elem()
	properties := r.Properties()
	if value.NumField() != len(properties) {
		t.Fatalf("%d fields, %d properties", value.NumField(), len(properties))
	}
	columns := map[string]bool{}
	for i, p := range properties {
		if !strings.EqualFold(value.Type().Field(i).Name, p.Name) {
			t.Errorf("field %d is %s, want %s", i, value.Type().Field(i).Name, p.Name)
		}
		if p.Value != value.Field(i).Addr().Interface().(*string) {
			t.Errorf("%s has the value of another field", p.Name)
		}
		if find(&properties, strings.ToUpper(p.Name)) != i {
			t.Errorf("%s is not found in capitals", p.Name)
		}
		columns[p.Column] = true
	}
	if len(columns) != len(properties) || find(&properties, "") != -1 || find(&properties, "Feed") != -1 {
		t.Error("a column comes twice, or an unknown property is known")
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	own := Record{Target: "web01", Version: "1.0"}
	got := own.Fill(Record{Target: "other", Application: "App", Date: "2026-11-21"})
	want := Record{Target: "web01", Version: "1.0", Application: "App", Date: "2026-11-21"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if own.Application != "" {
		t.Error("the record itself was changed")
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	var none Problems
	none.Add(nil)
	if none.Err() != nil || none.Count() != 0 {
		t.Errorf("nothing added, yet %v", none.Err())
	}
	cause := errors.New("cause")
	for _, n := range []int{1, MaxNamed, MaxNamed + 5} {
		var p Problems
		for i := range n {
			p.Add(&Problem{Place: fmt.Sprintf("line %d", i+1), Err: cause})
		}
		lines := strings.Split(p.Err().Error(), "\n")
		named := min(n, MaxNamed)
		if lines[0] != "line 1: cause" || lines[named-1] != fmt.Sprintf("line %d: cause", named) {
			t.Errorf("%d problems: %q", n, lines)
		}
		if more := fmt.Sprintf("and %d more", n-MaxNamed); n > MaxNamed && lines[named] != more {
			t.Errorf("last line %q, want %q", lines[named], more)
		}
		if p.Count() != n || !errors.Is(p.Err(), cause) {
			t.Errorf("count %d, want %d", p.Count(), n)
		}
	}
	if got := (&Problem{Err: cause}).Error(); got != "cause" {
		t.Errorf("a problem without a place reads %q", got)
	}
}

// TestSharedProblems: a mistake of the whole file is named once.
func TestSharedProblems(t *testing.T) {
	t.Parallel()
	add := func(p *Problems) string {
		for i := range 3 {
			place := fmt.Sprintf("line %d", i+1)
			p.Add(&Problem{Place: place, Err: &UnknownProperty{Name: "name"}})
			p.Add(&Problem{Place: place, Err: &UnknownProperty{Name: "ver", Near: "Version"}})
			p.Add(&Problem{Place: place, Err: errors.New("cause")})
		}
		return strings.Join(p.Lines("f: "), "\n")
	}
	if got, want := add(&Problems{}), `f: line 1 and 2 more: unknown property "name"
f: line 1 and 2 more: unknown property "ver"; did you mean "Version"?
f: line 1: cause
f: line 2: cause
f: line 3: cause`; got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	if got := add(&Problems{Alike: true}); !strings.HasSuffix(got, "\nf: line 1 and 2 more: cause") {
		t.Error(got)
	}
}

// genRecord makes records of any text that JSON can carry.
func genRecord() *rapid.Generator[Record] {
	return rapid.Custom(func(t *rapid.T) Record {
		var r Record
		for _, p := range r.Properties() {
			*p.Value = rapid.String().Draw(t, "value")
		}
		return r
	})
}

// The quick way writes byte for byte what encoding/json does, of bytes that are not UTF-8, too.
func TestAppendJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := genRecord().Draw(t, "record")
		odd := rapid.SampledFrom([]string{"", "{", "<b>&</b>", "\x00\x1f\x7f\u0080", "\u2028\u202e", `"\/`, "\xff\xfe", "a\xc3"})
		*r.Properties()[rapid.IntRange(0, 9).Draw(t, "property")].Value = odd.Draw(t, "odd")
		var given []string
		for _, p := range r.Properties() {
			if *p.Value != "" {
				given = append(given, fmt.Sprintf("%q:%s", p.Name, encoded(t, *p.Value)))
			}
		}
		if got, want := string(r.AppendJSON([]byte("["))), "[{"+strings.Join(given, ",")+"}"; got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// encoded is a text as encoding/json writes it without escaping HTML.
func encoded(t *rapid.T, text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// What this program writes as JSON, in each of its forms, it reads back as the same records.
func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(genRecord(), 1, 5).Draw(t, "records")
		array, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		indented, _ := json.MarshalIndent(want, "", "  ")
		var lines, spread, output strings.Builder
		for _, r := range want {
			one, _ := json.Marshal(r)
			more, _ := json.MarshalIndent(r, "", "  ")
			fmt.Fprintf(&lines, "%s\n", one)
			fmt.Fprintf(&spread, "%s\n", more)
			fmt.Fprintf(&output, "{\"record\":%s,\"status\":\"queued\"}\n", one)
		}
		for _, input := range []string{string(array), string(indented), lines.String(), spread.String(), output.String()} {
			items, problems := collect(strings.NewReader(input), Options{})
			if len(problems) > 0 || len(items) != len(want) {
				t.Fatalf("%s\nread as %d records, problems %q", input, len(items), problems)
			}
			for i, item := range items {
				if item.Record != want[i] {
					t.Fatalf("got %+v, want %+v", item.Record, want[i])
				}
			}
		}
	})
}
