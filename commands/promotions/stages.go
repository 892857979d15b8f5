package promotions

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// stageState is what is known of a version at one stage.
type stageState struct {
	there   bool
	arrived time.Time // the zero time if the date is unknown
	skipped bool
}

// text shows the state in a cell, its date as date writes it.
func (p stageState) text(date func(time.Time) string) string {
	switch {
	case p.skipped:
		return "skipped"
	case !p.there:
		return ""
	case p.arrived.IsZero():
		return "yes"
	}
	return date(p.arrived)
}

// MarshalJSON gives the date of arrival, true if it is unknown, and null where the version was
// never seen.
func (p stageState) MarshalJSON() ([]byte, error) {
	switch {
	case !p.there:
		return []byte("null"), nil
	case p.arrived.IsZero():
		return []byte("true"), nil
	}
	return json.Marshal(shownDate(p.arrived))
}

// stageRow is a version of a package on its way through the stages.
type stageRow struct {
	kind                 ecosystem.Type
	name, group, version string
	stages               []string
	states               []stageState // as stages
}

// skipped names the stages that the version skipped.
func (r *stageRow) skipped() []string {
	names := []string{}
	for i, p := range r.states {
		if p.skipped {
			names = append(names, r.stages[i])
		}
	}
	return names
}

// MarshalJSON keeps the stages in their order, which a map would not.
func (r *stageRow) MarshalJSON() ([]byte, error) {
	var stages strings.Builder
	for i, p := range r.states {
		name, err := json.Marshal(r.stages[i])
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		stages.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		stages.Write(name)
		stages.WriteByte(':')
		stages.Write(value)
	}
	return json.Marshal(struct {
		Name    string          `json:"packageName"`
		Group   string          `json:"groupName,omitempty"`
		Type    ecosystem.Type  `json:"packageType"`
		Version string          `json:"version"`
		Stages  json.RawMessage `json:"stages"`
		Skipped []string        `json:"skipped"`
	}{r.name, r.group, r.kind, r.version, json.RawMessage(stages.String() + "}"), r.skipped()})
}

// stageMatrix gathers the versions.
type stageMatrix struct {
	stages []string
	rows   map[stageKey]*stageRow
	held   int // bytes of the rows
}

type stageKey struct {
	kind          ecosystem.Type
	name, version string
}

func newStageMatrix(stages []string) *stageMatrix {
	return &stageMatrix{stages: stages, rows: map[stageKey]*stageRow{}}
}

// Estimates of what is held for each version and each of its stages, in bytes.
const (
	stageRowBytes = 240
	stateBytes    = 40
)

// add takes the promotions between the stages; others are not of interest. It is an error when
// there are more versions than fit.
func (m *stageMatrix) add(p promotedPackage) error {
	key := stageKey{p.Type, ecosystem.PackageKey(p.Type, p.Group, p.Name), ecosystem.VersionKey(p.Type, p.Version)}
	row := m.rows[key]
	if row == nil {
		row = &stageRow{p.Type, p.Name, p.Group, p.Version, m.stages, make([]stageState, len(m.stages))}
	}
	for _, promotion := range p.Promotions {
		from, to := m.stage(promotion.FromFeed), m.stage(promotion.ToFeed)
		if from >= 0 {
			row.states[from].there = true
		}
		if to >= 0 {
			row.states[to].arrive(promotion.Date)
		}
		if (from >= 0 || to >= 0) && m.rows[key] == nil {
			m.rows[key] = row
			m.held += stageRowBytes + stateBytes*len(m.stages) + len(p.Group) + 2*(len(p.Name)+len(p.Version))
		}
	}
	if m.held > heldLimit {
		return tooManyVersions(len(m.rows))
	}
	return nil
}

// tooManyVersions is the error of a matrix that does not fit into memory.
func tooManyVersions(n int) error {
	return &cli.Failure{
		Kind:  client.KindUnavailable,
		Lines: []string{fmt.Sprintf("the server's list has more versions than a matrix can hold: %d and more", n)},
		Hint:  "narrow it with --package or --group",
	}
}

// arrive keeps the first date that is known.
func (p *stageState) arrive(date time.Time) {
	p.there = true
	if p.arrived.IsZero() || (!date.IsZero() && date.Before(p.arrived)) {
		p.arrived = date
	}
}

func (m *stageMatrix) stage(feed string) int {
	return slices.IndexFunc(m.stages, func(name string) bool { return client.SameFeed(name, feed) })
}

// sorted gives the rows by package, the newest version first, with the stages marked that a version
// went past on its way to the last it reached.
func (m *stageMatrix) sorted() []*stageRow {
	type keyed struct {
		stageKey
		order string
		row   *stageRow
	}
	var all []*keyed // pointers: the program has one sort for all of them
	for key, row := range m.rows {
		row.markSkipped()
		all = append(all, &keyed{key, ecosystem.SortKey(row.kind, row.version), row})
	}
	slices.SortFunc(all, func(a, b *keyed) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind),
			strings.Compare(b.order, a.order), strings.Compare(b.version, a.version))
	})
	rows := make([]*stageRow, len(all))
	for i, k := range all {
		rows[i] = k.row
	}
	return rows
}

func (r *stageRow) markSkipped() {
	beyond := false
	for i := len(r.states) - 1; i >= 0; i-- {
		r.states[i].skipped = beyond && !r.states[i].there
		beyond = beyond || r.states[i].there
	}
}

// matrixView shows the matrix; empty is the sentence for one without rows. The cells of the stages
// look the same in CSV.
func matrixView(stages []string, empty string) output.View[*stageRow] {
	type column = output.Column[*stageRow]
	view := output.View[*stageRow]{
		Empty: empty,
		Columns: []column{
			{Header: "PACKAGE", Cell: func(r *stageRow) string { return ecosystem.JoinName(r.kind, r.group, r.name) }, Shrink: output.ShrinkLast},
			{Header: "VERSION", Cell: func(r *stageRow) string { return r.version }, Shrink: output.ShrinkLast},
		},
		CSV: []column{
			{Header: "packageName", Cell: func(r *stageRow) string { return r.name }},
			{Header: "groupName", Cell: func(r *stageRow) string { return r.group }},
			{Header: "packageType", Cell: func(r *stageRow) string { return string(r.kind) }},
			{Header: "version", Cell: func(r *stageRow) string { return r.version }},
		},
	}
	for i, stage := range stages {
		cell := func(r *stageRow) string { return r.states[i].text(shownDate) }
		view.Columns = append(view.Columns, column{
			Header: stage, Cell: cell, Brief: func(r *stageRow) string { return r.states[i].text(cli.ShortDate) },
			Style: func(r *stageRow) output.Style { return r.states[i].style() }, Shrink: output.ShrinkDate,
		})
		view.CSV = append(view.CSV, column{Header: stage, Cell: cell})
	}
	return view
}

// style makes a skipped stage stand out.
func (p stageState) style() output.Style {
	if p.skipped {
		return output.Red
	}
	return output.Plain
}
