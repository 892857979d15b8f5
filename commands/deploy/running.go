package deploy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/jsontext"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/output"
)

// runs is a package that runs on a target.
type runs struct {
	*ledger.Entry
	advisories []finding
	// unclear says why this can't be compared with what was asked for, "" if it can.
	unclear string
}

// finding is an advisory or a vulnerability of a package.
type finding struct {
	id, severity string
	fixed        []string
}

// AppendJSON is the entry's object with two more properties.
func (r *runs) AppendJSON(b []byte) []byte {
	b = r.Entry.AppendJSON(b)
	b = b[:len(b)-1]
	if r.advisories != nil {
		b = append(b, `,"advisories":[`...)
		for i, f := range r.advisories {
			if i > 0 {
				b = append(b, ',')
			}
			b = f.appendJSON(b)
		}
		b = append(b, ']')
	}
	if r.unclear != "" {
		b = jsontext.AppendProperty(b, "not_compared", r.unclear)
	}
	return append(b, '}')
}

func (f finding) appendJSON(b []byte) []byte {
	b = jsontext.AppendProperty(append(b, '{'), "id", f.id)
	b = jsontext.AppendProperty(b, "severity", f.severity)
	b = append(b, `,"fixed":[`...)
	for i, v := range f.fixed {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, v)
	}
	return append(b, "]}"...)
}

// MarshalJSON is AppendJSON for encoding/json.
func (r *runs) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// runningView shows what runs where: as other deployments of a ledger are shown, with what was
// found out about them; empty is the sentence for none.
func runningView(empty string) output.View[*runs] {
	of := func(columns []output.Column[ledger.Entry]) []output.Column[*runs] {
		return output.ColumnsFor(columns, func(r *runs) ledger.Entry { return *r.Entry })
	}
	view := cli.LedgerView(empty)
	found := []output.Column[*runs]{
		{Header: "ADVISORIES", Cell: (*runs).findings, Style: func(*runs) output.Style { return output.Red }},
		{Header: "NOT COMPARED", Cell: func(r *runs) string { return r.unclear }, Shrink: output.ShrinkEarly},
	}
	columns, screen, csv := of(view.Columns), of(view.Screen), of(view.CSV)
	const behindVersion = 3
	return output.View[*runs]{
		Columns: append(columns, found...),
		Screen:  slices.Concat(screen[:behindVersion], found, screen[behindVersion:]),
		Empty:   view.Empty,
		CSV: append(csv,
			output.Column[*runs]{Header: "advisories", Cell: (*runs).findings},
			output.Column[*runs]{Header: "not_compared", Cell: func(r *runs) string { return r.unclear }}),
	}
}

// findings names the advisories in one cell.
func (r *runs) findings() string {
	ids := make([]string, 0, len(r.advisories))
	for _, f := range r.advisories {
		ids = append(ids, f.id)
	}
	return strings.Join(ids, " ")
}

// running finds what runs where.
type running struct {
	io      *cli.IO
	options whereOptions
	rows    []*runs
	notes   []string // warnings, once the rows are written
}

// find reads the ledger, and asks the server if it has to. Nothing is shown before all answers are
// there.
func (f *running) find(ctx context.Context, l *ledger.Ledger) error {
	if err := f.read(ctx, l); err != nil {
		return err
	}
	if f.options.compares() {
		learnt, err := f.learnTypes(ctx, l)
		if err != nil {
			return err
		}
		// Feeds of one type have one newest version between them.
		if learnt {
			if err := f.read(ctx, l); err != nil {
				return err
			}
		}
	}
	if f.options.ranged() {
		f.compare()
	}
	var err error
	switch {
	case f.options.affectedBy.Given():
		err = f.matchAdvisories(ctx)
	case f.options.vulnerable:
		err = askVulnerabilities(ctx, f)
	}
	f.sort()
	return err
}

// sort orders by target, then by package, the newest first. There are fewer targets than rows, so
// their names are compared once for each, and not for each row.
func (f *running) sort() {
	on := map[string][]*runs{}
	for _, r := range f.rows {
		on[r.Record.Target] = append(on[r.Record.Target], r)
	}
	f.rows = f.rows[:0]
	for _, target := range slices.Sorted(maps.Keys(on)) {
		slices.SortFunc(on[target], (*runs).compare)
		f.rows = append(f.rows, on[target]...)
	}
}

// compare orders what runs on one target.
func (r *runs) compare(other *runs) int {
	a, b := &r.Record, &other.Record
	return cmp.Or(strings.Compare(a.GroupName, b.GroupName), strings.Compare(a.PackageName, b.PackageName),
		other.MadeAt.Compare(r.MadeAt), strings.Compare(other.ID, r.ID))
}

// read reads what runs.
func (f *running) read(ctx context.Context, l *ledger.Ledger) error {
	f.rows = f.rows[:0]
	for e, err := range l.Running(ctx, f.options.filter()) {
		if err != nil {
			return cli.LedgerFailure(err)
		}
		f.rows = append(f.rows, &runs{Entry: e})
	}
	return nil
}

// compare leaves what is in the range.
func (f *running) compare() {
	kept := f.rows[:0]
	for _, r := range f.rows {
		in, err := f.options.versions.Holds(cmp.Or(r.Type, f.options.filter().Type), r.Record.Version)
		if err != nil {
			r.unclear = err.Error()
		}
		if in || err != nil {
			kept = append(kept, r)
		}
	}
	f.rows = kept
}

// identity is the package of a row.
func (f *running) identity(r *runs) ecosystem.Package {
	p := ecosystem.Package{
		Type: cmp.Or(r.Type, f.options.filter().Type), Group: r.Record.GroupName, Name: r.Record.PackageName, Version: r.Record.Version,
	}
	if p.Group == "" {
		p.Group, p.Name = ecosystem.SplitName(p.Type, p.Name)
	}
	return p
}

// warn says what could not be compared.
func (f *running) warn() {
	unclear, why := 0, ""
	for _, r := range f.rows {
		if r.unclear != "" {
			unclear, why = unclear+1, cmp.Or(why, r.unclear)
		}
	}
	if unclear > 0 {
		f.io.Warn("%s could not be compared and %s listed anyway. First reason: %s",
			cli.Plural(unclear, "row", "rows"), map[bool]string{true: "is", false: "are"}[unclear == 1], why)
	}
	for _, note := range f.notes {
		f.io.Warn("%s", note)
	}
}

// sentence is the error of --exit-code.
func (f *running) sentence() string {
	what := cli.Plural(len(f.rows), "package on a target is", "packages on targets are")
	switch {
	case f.options.vulnerable:
		return fmt.Sprintf("%s vulnerable, or could not be checked", what)
	case f.options.affectedBy.Given():
		return fmt.Sprintf("%s affected, or could not be compared", what)
	}
	return fmt.Sprintf("%s listed", what)
}
