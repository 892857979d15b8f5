package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The struct, its JSON names and the list of properties are written down three times; here they must agree.
func TestPropertiesMatchTheStruct(t *testing.T) {
	t.Parallel()
	typ := reflect.TypeFor[Record]()
	names := Properties()
	if typ.NumField() != len(names) {
		t.Fatalf("%d fields, %d names", typ.NumField(), len(names))
	}
	var r Record
	for i, name := range names {
		field := typ.Field(i)
		if field.Name != name || field.Tag.Get("json") != name+",omitempty" {
			t.Errorf("field %d is %s with tag %q, want %s", i, field.Name, field.Tag, name)
		}
		reflect.ValueOf(&r).Elem().Field(i).SetString(name)
		if property(strings.ToUpper(name)) != i {
			t.Errorf("%s is not found in capitals", name)
		}
	}
	if got := r.Values(); !slices.Equal(got, names) {
		t.Errorf("values %q are out of order", got)
	}
	if property("") != -1 || property("Feed") != -1 {
		t.Error("an unknown property is known")
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

// genRecord makes records of any text that JSON can carry.
func genRecord() *rapid.Generator[Record] {
	return rapid.Custom(func(t *rapid.T) Record {
		var r Record
		for _, field := range r.fields() {
			*field = rapid.String().Draw(t, "value")
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
		*r.fields()[rapid.IntRange(0, 9).Draw(t, "property")] = odd.Draw(t, "odd")
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
		if got := string(r.AppendJSON([]byte("["))) + "\n"; got != "["+want.String() {
			t.Fatalf("got %swant [%s", got, want.String())
		}
	})
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
