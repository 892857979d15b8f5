package output

import (
	"encoding/csv"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a program reads from csv is what the server sent. A carriage return is left out here:
// readers take CR LF inside quotes for LF, which is their affair.
func TestCSVIsExact(t *testing.T) {
	t.Parallel()
	text := rapid.String().Filter(func(s string) bool { return !strings.Contains(s, "\r") })
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOf(rapid.SliceOfN(text, 3, 3)).Draw(rt, "rows")
		out := render(t, Options{Format: CSV}, textView(3, ShrinkNever), rows...)
		got, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil {
			rt.Fatal(err)
		}
		if want := append([][]string{{"A", "B", "C"}}, rows...); !reflect.DeepEqual(got, want) {
			rt.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestCSVKeepsCarriageReturns(t *testing.T) {
	t.Parallel()
	got := render(t, Options{Format: CSV}, textView(1, ShrinkNever), []string{"a\r\nb"})
	if got != "A\n\"a\r\nb\"\n" {
		t.Errorf("got %q", got)
	}
}
