package advisory_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	. "github.com/progetctl/progetctl/internal/advisory"
)

const one, two = `{"id": "A", "modified": "2026-01-01T00:00:00Z"}`, `{"affected": [], "id": "B"}`

// read gives the ids and the problems of a text, in order.
func read(r io.Reader) string {
	var all []string
	for a, err := range Read(r) {
		if err != nil {
			all = append(all, err.Error())
		} else {
			all = append(all, a.ID)
		}
	}
	return strings.Join(all, "; ")
}

func TestReadTakesEveryForm(t *testing.T) {
	t.Parallel()
	withdrawn := `{"id": "W", "modified": "2026-01-01T00:00:00Z", "withdrawn": "2026-01-02T00:00:00Z"}`
	for _, c := range []struct{ name, text, want string }{
		{"object", one, "A"},
		{"object over lines", strings.ReplaceAll(two, ",", ",\n"), "B"},
		{"array", "[" + one + "," + two + "]", "A; B"},
		{"empty array", "[]", ""},
		{"NDJSON", one + "\n\n" + two + "\r\n", "A; B"},
		{"vulns", `{"next_page_token": "x", "vulns": [` + one + "," + two + `]}`, "A; B"},
		{"no vulns", `{"vulns": []}`, ""},
		{"null vulns", `{"vulns": null}`, ""},
		{"answers one after the other", `{"vulns": [` + one + `]}{"vulns": [` + two + `]}`, "A; B"},
		{"arrays one after the other", "[" + one + "]\n[" + two + "]", "A; B"},
		{"withdrawn", "[" + withdrawn + "," + one + "]", "A"},
		{"only withdrawn", withdrawn, ""},
		{"byte order mark", "\ufeff" + one, "A"},
		{"properties that do not matter", `{"id": "A", "summary": "x", "affected": [{"ecosystem_specific": {"a": [1]}}], "details": {"b": 1}}`, "A"},
		{"a severity that is not a word", `{"id": "A", "affected": [], "database_specific": {"severity": [{}]}}`, "A"},
	} {
		if got := read(strings.NewReader(c.text)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	var wide bytes.Buffer
	for _, unit := range utf16.Encode([]rune("\ufeff" + one)) {
		wide.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	if got := read(&wide); got != "A" {
		t.Errorf("UTF-16: %q", got)
	}
}

func TestReadNamesThePlaceOfEachProblem(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1", 1025)
	for _, c := range []struct{ name, text, want string }{
		{"nothing", " \n", "the input is empty"},
		{"not JSON", "osv", `line 1: not JSON: found "osv", expected a value`},
		{"a number", "[1]", `index 0: not an OSV document: found JSON of the kind "number", expected an object`},
		{"a text", `"x"`, "line 1: found x, expected an object or an array"},
		{"a null", `null`, "line 1: found null, expected an object or an array"},
		{"no id", one + "\n" + `{"modified": "x"}` + "\n" + two, `A; line 2: not an OSV document: it has no "id"; B`},
		{"no OSV", `[{"id": "01JCZK3V7Q8M4T5W6X7Y8Z9A0B", "server": "x"}]`, `index 0: not an OSV document: it has neither "modified" nor "affected"`},
		{"vulns", `{"vulns": 1}`, `line 1: "vulns" is not an array`},
		{"cut array", "[" + one + ",", "A; index 1: not JSON: it ends too early"},
		{"cut object", one + "\n\n{\"id\":\n", "A; line 3: not JSON: it ends too early"},
		{"line", one + "\n" + `{"id": "B", "affected": 3}`, `A; line 2: not an OSV document: "affected" has a value of the kind "number"`},
		{"index", "[" + one + `,{"id": "B", "affected": [{"ranges": [{"type": 1}]}]}]`,
			`A; index 1: not an OSV document: "affected.ranges.type" has a value of the kind "number"`},
		{"range without a type", `{"id": "B", "affected": [{"ranges": [{"events": []}]}]}`, `line 1: B: affected[0]: ranges[0]: a range has no "type"`},
		{"event", `{"id": "B", "affected": [{}, {"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"corrected": "1"}]}]}]}`,
			"line 1: B: affected[1]: ranges[0]: events[1] is none of introduced, fixed, last_affected and limit"},
		{"package without a name", `{"id": "B", "affected": [{"package": {"ecosystem": "npm"}}]}`, "line 1: B: affected[0]: the package has no name"},
		{"withdrawn", `{"id": "B", "modified": "x", "withdrawn": "soon"}`, `line 1: B: "withdrawn" is "soon", not a date and time`},
		{"long id", `{"id": "` + long + `", "modified": "x"}`, `line 1: "id" has a text longer than 1 KiB`},
		{"long withdrawn", `{"id": "B", "modified": "x", "withdrawn": "` + long + `"}`, `line 1: "withdrawn" has a text longer than 1 KiB`},
		{"long version", `{"id": "B", "affected": [{"versions": ["1", "` + long + `"]}]}`, `line 1: B: affected[0]: "versions" has a text longer than 1 KiB`},
		{"long name", `{"id": "B", "affected": [{"package": {"name": "` + long + `"}}]}`, `line 1: B: affected[0]: "package" has a text longer than 1 KiB`},
		{"long event", `{"id": "B", "affected": [{"ranges": [{"type": "SEMVER", "events": [{"fixed": "` + long + `"}]}]}]}`,
			`line 1: B: affected[0]: ranges[0]: "events" has a text longer than 1 KiB`},
		{"long type", `{"id": "B", "affected": [{"ranges": [{"type": "` + long + `"}]}]}`, `line 1: B: affected[0]: ranges[0]: "type" has a text longer than 1 KiB`},
		{"longest version", `{"id": "B", "affected": [{"versions": ["` + long[1:] + `"]}]}`, "B"},
		{"bytes", "[\xff]", "line 1: not UTF-8 text"},
	} {
		if got := read(strings.NewReader(c.text)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// endless is an object that never ends.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	if !e.begun {
		e.begun = true
		return copy(p, `{"id": "`), nil
	}
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestReadIsBounded(t *testing.T) {
	t.Parallel()
	if got := read(&endless{}); got != "line 1: an object longer than 16 MiB" {
		t.Errorf("got %q", got)
	}
}

// A broken pipe in the middle is not an end of the list.
func TestReadErrorsComeBack(t *testing.T) {
	t.Parallel()
	broken := io.MultiReader(strings.NewReader(one), &failing{})
	if got := read(broken); got != "A; line 1: cannot be read: the disk is gone" {
		t.Errorf("got %q", got)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, fmt.Errorf("the disk is gone") }

// What is small in a file and large in memory, or read again and again, is refused.
func TestReadRefusesBombs(t *testing.T) {
	t.Parallel()
	list := func(element, around string) string {
		return strings.Replace(`{"id": "A", "affected": [`+around+"]}", "?", strings.TrimSuffix(strings.Repeat(element+",", 200_001), ","), 1)
	}
	for name, text := range map[string]string{
		"packages": list(`{}`, `?`), "ranges": list(`{}`, `{"ranges": [?]}`), "events": list(`{}`, `{"ranges": [{"events": [?]}]}`),
		"versions": list(`""`, `{"versions": [?]}`), "scores": list(`{}`, `{"severity": [?]}`), "of no kind": list(`0`, `{"x": [?]}`),
	} {
		if got := read(strings.NewReader(text)); got != "line 1: an advisory with more than 200000 values" {
			t.Errorf("%s: got %q", name, got)
		}
	}
	for name, text := range map[string]string{
		"before": "?" + one, "after": one + "?", "in an array": "[?" + one + "]", "in an object": `{"id":?"A"}`, "alone": "?",
	} {
		for _, blank := range []string{"\n", " "} {
			got := read(strings.NewReader(strings.Replace(text, "?", strings.Repeat(blank, 1<<20+1), 1)))
			if !strings.HasSuffix(got, "more than 1 MiB of white space in a row") {
				t.Errorf("%q %s: got %q", blank, name, got)
			}
		}
	}
}
