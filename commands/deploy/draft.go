package deploy

import (
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/records"
)

// draft is a record to send.
type draft struct {
	records.Item
	from map[string]string // by property, where a value that is not the file's came from
	own  records.Record    // what the file itself says; empty for one that is of no file
}

// defaults is what the flags and variables say of a record; targets has at least one element, "" if
// none is given.
type defaults struct {
	record  records.Record
	kind    ecosystem.Type // of the package URL, "" without one
	targets []string
	from    map[string]string
}

// defaults are what the command line says of each record.
func (o recordOptions) defaults() defaults {
	group, name, version := o.pkg.Origins()
	d := defaults{from: map[string]string{
		"Application": o.application.From, "Description": o.description.From, "FeedName": o.feed.From, "UserName": o.user.From,
		"Url": o.url.From, "Date": o.date.From, "GroupName": group, "PackageName": name, "Version": version,
	}}
	d.record = records.Record{
		Application: o.application.Value, Description: o.description.Value, FeedName: o.feed.Value, UserName: o.user.Value,
		URL: o.url.Value, Date: o.date.Value, GroupName: o.pkg.Group, PackageName: o.pkg.Name, Version: o.pkg.Version,
	}
	if o.pkg.URL != "" {
		d.kind = o.pkg.Type
	}
	for _, t := range o.targets {
		d.targets, d.from["Target"] = append(d.targets, t.Value), t.From
	}
	if len(d.targets) == 0 {
		d.targets = []string{""}
	}
	return d
}

// draftSequence yields drafts; an error ends it.
type draftSequence = iter.Seq2[draft, error]

// inMemory yields drafts that are in memory.
func inMemory(drafts []draft) draftSequence {
	return func(yield func(draft, error) bool) {
		for _, d := range drafts {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// targetsOf lists the targets of a record of a file: its own, or those of the command line.
func (d *defaults) targetsOf(own *records.Record) []string {
	if own.Target != "" {
		return []string{own.Target}
	}
	return d.targets
}

// draft fills in what a record of a file leaves out, for one of its targets.
func (d *defaults) draft(item *records.Item, target string) draft {
	fill := d.record
	if item.Type != "" {
		fill.GroupName = "" // its package URL says that it has none
	}
	if name := item.Record.PackageName; name != "" && !strings.EqualFold(name, fill.PackageName) && d.from["GroupName"] == d.from["PackageName"] {
		fill.GroupName = "" // it is part of another package's name
	}
	sent := draft{Item: *item, from: d.from, own: item.Record}
	sent.Record = item.Record.Fill(fill)
	sent.Record.Target = target
	if item.Record.PackageName == "" {
		sent.Type = d.kind
	}
	return sent
}

// check says what is wrong with a record of a file, and writes its date in the form that is sent.
func (d *draft) check(now time.Time) []error {
	var all []error
	wrong := func(property, problem string) { all = append(all, errors.New(property+" "+problem)) }
	for _, p := range d.Record.Properties() {
		switch {
		case *p.Value == "" && p.Required:
			wrong(p.Name, "is missing")
		case *p.Value != "":
			if problem := cli.ValueProblem(p.Name, *p.Value); problem != "" {
				all = append(all, errors.New(problem))
			}
		}
	}
	if problem := cli.WebURLProblem(d.Record.URL); problem != "" {
		wrong("Url", problem)
	}
	if !d.MadeAt.IsZero() {
		if err := records.DateProblem(d.MadeAt, d.MadeAt.Format(time.RFC3339), now); err != nil {
			wrong("made_at", err.Error())
		}
	}
	date, err := cli.CheckDeploymentDate(d.Record.Date, now)
	switch {
	case err != nil:
		wrong("Date", err.Error())
	case !date.IsZero():
		d.Record.Date = date.UTC().Format(records.DateLayout)
	}
	return all
}
