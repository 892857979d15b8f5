package promotions

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client"
)

// way is one version with its promotions, each "FROM>TO" and a day of 2026.
func way(version string, steps ...string) promotedPackage {
	p := promotedPackage{Type: "nuget", Name: "a", Version: version}
	for i, step := range steps {
		from, to, _ := strings.Cut(step, ">")
		at := time.Date(2026, 1, i+1, 0, 0, 0, 0, time.UTC)
		if undated, found := strings.CutSuffix(to, "?"); found {
			to, at = undated, time.Time{}
		}
		p.Promotions = append(p.Promotions, client.Promotion{FromFeed: from, ToFeed: to, Date: at})
	}
	return p
}

func TestStages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		way  promotedPackage
		want string // the cells
	}{
		{"all the way", way("1", "dev>test", "test>prod"), "yes 01 02"},
		{"not yet", way("1", "dev>test"), "yes 01 -"},
		{"skipped", way("1", "dev>prod"), "yes skipped 01"},
		{"from elsewhere", way("1", "hotfix>prod"), "skipped skipped 01"},
		{"to elsewhere", way("1", "dev>archive"), "yes - -"},
		{"uploaded to the second", way("1", "test>prod"), "skipped yes 01"},
		{"letter case", way("1", "DEV>Test"), "yes 01 -"},
		{"first arrival", way("1", "dev>test", "dev>test", "dev>prod"), "yes 01 03"},
		{"no date", way("1", "dev>test?", "test>prod"), "yes yes 02"},
		{"a date after none", way("1", "dev>test?", "dev>test"), "yes 02 -"},
		{"backwards", way("1", "prod>dev"), "01 skipped yes"},
	}
	for _, test := range tests {
		m := newStageMatrix([]string{"dev", "test", "prod"})
		m.add(test.way)
		var cells []string
		for _, row := range m.sorted() {
			for _, p := range row.states {
				text := strings.TrimSuffix(strings.TrimPrefix(p.text(shownDate), "2026-01-"), "T00:00:00Z")
				if text == "" {
					text = "-"
				}
				cells = append(cells, text)
			}
		}
		if got := strings.Join(cells, " "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestMatrixRows(t *testing.T) {
	t.Parallel()
	m := newStageMatrix([]string{"dev", "test"})
	m.add(way("9.0", "dev>test"))
	m.add(way("12.0", "dev>test"))
	m.add(way("12.0.0", "dev>test")) // the same version for NuGet
	m.add(way("1.0", "other>elsewhere"))
	other := way("1.0", "dev>test")
	other.Name, other.Group = "A", "g"
	m.add(other)
	var got []string
	for _, row := range m.sorted() {
		got = append(got, row.group+" "+row.name+" "+row.version)
	}
	if want := []string{" a 12.0", " a 9.0", "g A 1.0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMatrixJSON(t *testing.T) {
	t.Parallel()
	m := newStageMatrix([]string{"prod", "a\"b", "dev"})
	m.add(way("1.0", "dev>prod", "x>y"))
	text, err := json.Marshal(m.sorted())
	const want = `[{"packageName":"a","packageType":"nuget","version":"1.0",` +
		`"stages":{"prod":"2026-01-01T00:00:00Z","a\"b":null,"dev":true},"skipped":["a\"b"]}]`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
}

// The matrix does not depend on the order of the list, and a stage is skipped only if nothing is
// known of it and a later one was reached.
func TestMatrixProperties(t *testing.T) {
	t.Parallel()
	stages := []string{"dev", "test", "prod"}
	rapid.Check(t, func(t *rapid.T) {
		all := drawnPromotions(t)
		one, other := newStageMatrix(stages), newStageMatrix(stages)
		for _, p := range all {
			one.add(p)
		}
		for _, p := range slices.Backward(all) {
			other.add(p)
		}
		rows, others := one.sorted(), other.sorted()
		if len(rows) != len(others) {
			t.Fatalf("%d rows, from behind %d", len(rows), len(others))
		}
		for i, row := range rows {
			if !slices.Equal(row.states, others[i].states) {
				t.Fatalf("row %d: %+v, from behind %+v", i, row.states, others[i].states)
			}
			for stage, p := range row.states {
				later := slices.ContainsFunc(row.states[stage+1:], func(p stageState) bool { return p.there })
				if p.skipped != (later && !p.there) {
					t.Fatalf("row %d, stage %d: %+v", i, stage, row.states)
				}
			}
		}
	})
}
