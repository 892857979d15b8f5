package ledger

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/records"
)

// What one ledger writes, another takes in as it is, but for what its own ledger sends.
func TestImportCarriesEverything(t *testing.T) {
	t.Parallel()
	l := sample(t)
	s := session(t, l, SessionOptions{})
	id := add(t, s, []records.Item{draft("web9")}, 1)[0]
	advance(t, s, []Outcome{{ID: id, Status: Uncertain, Attempts: 3, Error: &Failure{Kind: "uncertain", Status: 502, Message: "a \"b\""}, PossiblyDuplicated: true}})
	all := history(t, l, Filter{})
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var read, want []Entry
	for e, err := range ReadEntries(strings.NewReader(string(text)), noon) {
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, e)
	}
	if !reflect.DeepEqual(read, all) {
		t.Fatalf("read %+v, want %+v", read, all)
	}
	for _, e := range all {
		if e.Status != Queued {
			want = append(want, e)
		}
	}
	other := open(t, Options{})
	for i, expected := range []Imported{{Added: len(want), LeftOut: 1}, {Known: len(want), LeftOut: 1}} {
		if done, err := other.Import(t.Context(), read, false); err != nil || done != expected {
			t.Errorf("import %d: %+v, %v, want %+v", i, done, err, expected)
		}
	}
	if got := history(t, other, Filter{}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := history(t, other, Filter{Latest: true}); len(got) == 0 {
		t.Error("the digest does not have what was imported")
	}
}

func TestImportSettlesWhatIsUncertainHere(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{Parallel: 3})
	ids := add(t, s, drafts(3), 3)
	advance(t, s, []Outcome{{ID: ids[0], Status: Uncertain, Attempts: 1}, {ID: ids[1], Status: Recorded, Attempts: 1}})
	elsewhere := history(t, l, Filter{})
	for i := range elsewhere {
		elsewhere[i].Status, elsewhere[i].Attempts = Dropped, 2
	}
	// One is in flight here: its own session settles it.
	want := Imported{Settled: 1, Known: 2}
	for _, dry := range []bool{true, false} {
		if done, err := l.Import(t.Context(), elsewhere, dry); err != nil || done != want {
			t.Errorf("dry %v: %+v, %v", dry, done, err)
		}
	}
	got := map[string]Status{}
	for _, e := range history(t, l, Filter{}) {
		got[e.ID] = e.Status
	}
	if got[ids[0]] != Dropped || got[ids[1]] != Recorded || got[ids[2]] != Uncertain {
		t.Errorf("got %v", got)
	}
}

func TestReadEntriesNamesWhatIsNone(t *testing.T) {
	t.Parallel()
	good := `"id": "01JCZK3V7Q8M4T5W6X7Y8Z9A0B", "server": "https://p", "made_at": "2026-01-01T00:00:00Z", "record": {"PackageName": "a", "Target": "t", "Url": null}, "via": "post", "status": "recorded"`
	for text, want := range map[string]string{
		"{" + good + "}": "",
		"{" + strings.Replace(good, "01JC", "81JC", 1) + "}":                               `"id" is`,
		"{" + strings.Replace(good, "https://p", "ftp://p", 1) + "}":                       `"server" is not`,
		"{" + strings.Replace(good, "made_at", "made", 1) + "}":                            `no "made_at"`,
		"{" + strings.Replace(good, "2026-01-01T", "2026-13-01T", 1) + "}":                 `"made_at" is "2026-13-01T00:00:00Z", not a date`,
		"{" + strings.Replace(good, "2026-01-01T", "0001-01-01T", 1) + "}":                 `made_at "0001-01-01T00:00:00Z" is an unset date`,
		"{" + strings.Replace(good, "2026-01-01T00", "2026-11-22T12", 1) + "}":             "",
		"{" + strings.Replace(good, "2026-01-01T00:00:00", "2026-11-22T12:00:01", 1) + "}": `made_at "2026-11-22T12:00:01Z" is more than a day in the future`,
		"{" + strings.Replace(good, `"2026-01-01T00:00:00Z"`, "5", 1) + "}":                `"made_at" has a value of the kind "number"`,
		"{" + strings.Replace(good, `"Target": "t", `, "", 1) + "}":                        "no PackageName or no Target",
		"{" + strings.Replace(good, `"post"`, `"mail"`, 1) + "}":                           `"via" is "mail"`,
		"{" + strings.Replace(good, `"recorded"`, `"lost"`, 1) + "}":                       `"status" is "lost"`,
		"{" + good + `, "attempts": -1}`:                                                   `"attempts" is below 0`,
		"{" + good + `, "attempts": "1"}`:                                                  `"attempts" has a value of the kind "string"`,
		"{" + good + `, "purl": "x"}`:                                                      "package URL",
		"{" + strings.Replace(good, `"record": {`, `"record": [{}, {`, 1):                  "not JSON",
		"[" + strings.Repeat("{"+good+"}, ", 2) + `{"id": "x"}` + "]":                      "index 2: ",
		"{" + good + "}\n" + strings.Repeat(" ", 10) + "\n" + `{"id": ""}`:                 "line 3: ",
	} {
		var problems []string
		for _, err := range ReadEntries(strings.NewReader(text), noon) {
			if err != nil {
				problems = append(problems, err.Error())
			}
		}
		if got := strings.Join(problems, "; "); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	l := sample(t) // six records, of which 3 is uncertain and 5 queued
	for _, dry := range []bool{true, false} {
		done, err := l.Prune(t.Context(), noon.Add(-time.Hour), dry)
		if want := (Pruned{Removed: 2, Open: 1, Newest: 1}); err != nil || done != want {
			t.Errorf("dry %v: %+v, %v, want %+v", dry, done, err, want)
		}
	}
	if got := numbers(history(t, l, Filter{})); got != "5 4 3 2" {
		t.Errorf("left %s", got)
	}
	if got := numbers(history(t, l, Filter{Package: "lib"})); got != "5 2" {
		t.Errorf("of the package: %s", got)
	}
}

func TestRetire(t *testing.T) {
	t.Parallel()
	l := sample(t)
	running := slices.Collect(func(yield func(Entry) bool) {
		for e, err := range values(l.Running(t.Context(), Filter{Target: "dev", Package: "Lib"})) {
			if err != nil {
				t.Fatal(err)
			}
			if !yield(e) {
				return
			}
		}
	})
	if numbers(running) != "2" {
		t.Fatalf("runs: %s", numbers(running))
	}
	retired, err := l.Retire(t.Context(), running, "gone", noon)
	if err != nil || len(retired) != 1 || retired[0].Status != Retired || retired[0].Record.Version != "2.0" {
		t.Fatalf("%+v, %v", retired, err)
	}
	for at, want := range map[time.Time]int{noon.Add(-time.Minute): 1, {}: 0} {
		n := 0
		for range l.Running(t.Context(), Filter{Target: "dev", Package: "Lib", Until: at}) {
			n++
		}
		if n != want {
			t.Errorf("at %v: %d run, want %d", at, n, want)
		}
	}
	if got := history(t, l, Filter{Status: Retired}); len(got) != 1 || got[0].ID != retired[0].ID {
		t.Errorf("history: %+v", got)
	}
}
