package commands

import (
	"errors"
	"iter"
	"time"

	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

// draft is a record that is to be sent.
type draft struct {
	records.Item
	from map[string]string // by property, where a value that is not the file's came from
	own  records.Record    // what the file itself says; empty for one that is of no file
}

// defaults is what the flags and variables say of a record; targets has at
// least one element, "" where none is given.
type defaults struct {
	record  records.Record
	kind    ecosystem.Type // of the package URL, "" without one
	targets []string
	from    map[string]string
}

// recordDefaults reads the flags. Nothing is required yet: a file may give it.
func (c *call) recordDefaults() defaults {
	d := defaults{from: map[string]string{}}
	run := c.ciDefaults()
	take := func(property string, s setting) string {
		d.from[property] = s.from
		return s.text
	}
	d.record = records.Record{
		Application: take("Application", c.setting("application", "PROGETCTL_APPLICATION").orCI(run.Application)),
		Description: take("Description", c.setting("description", "PROGETCTL_DESCRIPTION").orCI(run.Description)),
		FeedName:    take("FeedName", c.feed()),
		UserName:    take("UserName", c.setting("deployment-user", "PROGETCTL_DEPLOYMENT_USER").orCI(run.UserName)),
		URL:         take("Url", c.webURL(c.setting("deployment-url", "PROGETCTL_DEPLOYMENT_URL").orCI(run.URL))),
	}
	d.targets = c.targets(d.from)
	pkg, purl := c.identity()
	d.record.GroupName, d.record.PackageName, d.record.Version = pkg.Group, pkg.Name, pkg.Version
	if purl {
		d.kind = pkg.Type
	}
	for property, flag := range map[string]string{"GroupName": "group", "PackageName": "package", "Version": "version"} {
		d.from[property] = c.identityFrom(flag, purl)
	}
	date := c.setting("date")
	if text := c.deploymentDate(date); text != "" {
		d.record.Date = take("Date", setting{text, date.from})
	}
	return d
}

// requireAll names every required property that the flags leave out, for a
// record that comes from nowhere else.
func (c *call) requireAll(d defaults) {
	for _, r := range []struct{ property, flag, variable string }{
		{"Application", "application", "PROGETCTL_APPLICATION"},
		{"Description", "description", "PROGETCTL_DESCRIPTION"},
		{"Target", "target", "PROGETCTL_TARGET"},
		{"FeedName", "feed", "PROGET_FEED"},
	} {
		// One that was given an unusable value has been named already.
		if d.from[r.property] == "" {
			c.problems.addf("--%s is required (or set %s)", r.flag, r.variable)
		}
	}
	c.requireIdentity("package", "version")
}

// draftSequence yields drafts; an error ends it.
type draftSequence = iter.Seq2[draft, error]

// inMemory yields drafts that are there already.
func inMemory(drafts []draft) draftSequence {
	return func(yield func(draft, error) bool) {
		for _, d := range drafts {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// identityFrom tells what a part of the package's name was read from.
func (c *call) identityFrom(flag string, purl bool) string {
	if purl {
		return "the package URL"
	}
	if flag == "group" && !c.setting("group").given() {
		flag = "package"
	}
	return "--" + flag
}

func (c *call) targets(from map[string]string) []string {
	if flag := c.cmd.Flags().Lookup("target"); flag.Changed {
		from["Target"] = "--target"
		return flag.Value.(pflag.SliceValue).GetSlice()
	}
	s := c.setting("target", "PROGETCTL_TARGET")
	from["Target"] = s.from
	return []string{s.text}
}

// webURL checks an absolute http or https URL.
func (c *call) webURL(s setting) setting {
	if problem := webURLProblem(s.text); problem != "" {
		c.problems.addf("%s %s", s.from, problem)
	}
	return s
}

// complete fills in what a record of a file leaves out, one record for each
// target where it names none.
func (d defaults) complete(item records.Item) iter.Seq[draft] {
	return func(yield func(draft) bool) {
		record, targets := item.Record.Fill(d.record), d.targets
		if record.Target != "" {
			targets = []string{record.Target}
		}
		for _, target := range targets {
			record.Target = target
			sent := item
			sent.Record = record
			if item.Record.PackageName == "" {
				sent.Type = d.kind
			}
			if !yield(draft{Item: sent, from: d.from, own: item.Record}) {
				return
			}
		}
	}
}

// check says what is wrong with a record of a file, and brings its date into
// the form that is sent.
func (d *draft) check(now time.Time) []error {
	var all []error
	wrong := func(property, problem string) { all = append(all, errors.New(property+" "+problem)) }
	for _, p := range d.Record.Properties() {
		switch {
		case *p.Value == "" && p.Required:
			wrong(p.Name, "is missing")
		case *p.Value != "":
			if problem := valueProblem(p.Name, *p.Value); problem != "" {
				all = append(all, errors.New(problem))
			}
		}
	}
	if problem := webURLProblem(d.Record.URL); problem != "" {
		wrong("Url", problem)
	}
	if !d.MadeAt.IsZero() {
		if err := deploymentDateProblem(d.MadeAt, d.MadeAt.Format(time.RFC3339), now); err != nil {
			wrong("made_at", err.Error())
		}
	}
	date, err := checkDeploymentDate(d.Record.Date, now)
	switch {
	case err != nil:
		wrong("Date", err.Error())
	case !date.IsZero():
		d.Record.Date = date.UTC().Format(records.DateLayout)
	}
	return all
}
