package commands

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// recordFlags are the flags of one record, beside those that name the package.
type recordFlags struct {
	pkg      packageFlags
	texts    [7]string
	targets  []string
	encoding string
	dryRun   bool
}

func (a *app) deployRecord() *cobra.Command {
	f := &recordFlags{}
	cmd := &cobra.Command{
		Use:   "record [PURL]",
		Short: "Record that a package was deployed",
		Long: `Record in ProGet that a package was deployed to a target.

` + purlHelp + `

What never arrived is tried again. A record that was sent and not answered is
uncertain (exit 7): it may be in the package's history, and it is not sent again.

` + exitStatus(codeDone, codeUsage, codeRejected, codeAuth, codeNotFound, codeUnavailable, codePartial, codeInterrupted),
		Example: `  # record one deployment
  progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet \
    --application HDARS --description "Deployed by HDARS to Testing" --target web01

  # one record for each of two targets, as a script reads it
  progetctl deploy record --feed DefaultNuGet --package Newtonsoft.Json --version 12.0.3 \
    --application HDARS --description "Deployed by HDARS to Testing" --target web01 --target web02 -o json`,
		Args: onePURL,
		RunE: a.runs(func(c *call) error { return c.record(f) }),
	}
	f.register(cmd)
	return cmd
}

func (f *recordFlags) register(cmd *cobra.Command) {
	f.pkg.register(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.targets, "target", nil, "server or environment that was deployed to; repeat it for one record each (PROGETCTL_TARGET)")
	for i, t := range []struct{ name, kind, usage string }{
		{"application", "TEXT", "application or system that deployed (PROGETCTL_APPLICATION)"},
		{"description", "TEXT", "what the deployment was (PROGETCTL_DESCRIPTION)"},
		{"feed", "FEED", "feed that the package is in (PROGET_FEED)"},
		{"deployment-user", "NAME", "who deployed (PROGETCTL_DEPLOYMENT_USER); without it, the authenticated user"},
		{"deployment-url", "URL", "page of the deployment, http or https (PROGETCTL_DEPLOYMENT_URL)"},
		{"date", "DATE", "when: 2026-11-21, or 2026-11-21T10:00:00Z; without it, the server's clock"},
		{"encoding", kinds(client.Encodings()), "body of the request"},
	} {
		flags.Var(rawValue{&f.texts[i], t.kind}, t.name, t.usage)
	}
	flags.BoolVar(&f.dryRun, "dry-run", false, "send nothing: print the requests as curl commands, and where each value came from")
	hideDefaults(flags)
}

// hideDefaults keeps "(default [])" out of help.
func hideDefaults(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.DefValue == "[]" {
			f.DefValue = ""
		}
	})
}

// draft is a record that is ready to be sent, with where each value came from.
type draft struct {
	record records.Record
	from   map[string]string // by property
}

// record runs the command.
func (c *call) record(f *recordFlags) error {
	drafts := c.drafts()
	encoding := choice(c, c.setting("encoding"), client.Encodings())
	s := c.connect()
	if err := c.ready(); err != nil {
		return err
	}
	if f.dryRun {
		return c.plan(s, drafts, encoding)
	}
	return c.send(s, drafts, encoding)
}

// drafts reads the record of the command line, one for each target. All that
// is missing or malformed is named at once.
func (c *call) drafts() []draft {
	from := map[string]string{}
	take := func(property string, s setting) string {
		from[property] = s.from
		return s.text
	}
	record := records.Record{
		Application: take("Application", c.required("application", "PROGETCTL_APPLICATION")),
		Description: take("Description", c.required("description", "PROGETCTL_DESCRIPTION")),
		UserName:    take("UserName", c.setting("deployment-user", "PROGETCTL_DEPLOYMENT_USER")),
		Url:         take("Url", c.webURL(c.setting("deployment-url", "PROGETCTL_DEPLOYMENT_URL"))),
	}
	targets := c.targets(from)
	record.FeedName = take("FeedName", c.required("feed", "PROGET_FEED"))
	pkg, purl := c.identity("package", "version")
	record.GroupName, record.PackageName, record.Version = pkg.Group, pkg.Name, pkg.Version
	for property, flag := range map[string]string{"GroupName": "group", "PackageName": "package", "Version": "version"} {
		from[property] = c.identityFrom(flag, purl)
	}
	date := c.setting("date")
	if t := c.deploymentDate(date); !t.IsZero() {
		record.Date = take("Date", setting{t.UTC().Format(client.DateLayout), date.from})
	}
	var all []draft
	for _, target := range targets {
		record.Target = target
		all = append(all, draft{record, from})
	}
	return all
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

// required is a setting that must be there.
func (c *call) required(flag string, variables ...string) setting {
	s := c.setting(flag, variables...)
	if !s.given() {
		c.problems.addf("--%s is required (or set %s)", flag, strings.Join(variables, " or "))
	}
	return s
}

func (c *call) targets(from map[string]string) []string {
	if flag := c.cmd.Flags().Lookup("target"); flag.Changed {
		from["Target"] = "--target"
		return flag.Value.(pflag.SliceValue).GetSlice()
	}
	s := c.required("target", "PROGETCTL_TARGET")
	from["Target"] = s.from
	return []string{s.text}
}

// webURL checks an absolute http or https URL.
func (c *call) webURL(s setting) setting {
	if s.text == "" {
		return s
	}
	u, err := url.Parse(s.text)
	if err != nil || u.Host == "" || (!strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https")) {
		c.problems.addf("%s %q is no absolute http or https URL", s.from, s.text)
	}
	return s
}

// deployment is what the client sends for a record whose date was checked.
func deployment(r records.Record) client.Deployment {
	date, _ := time.Parse(client.DateLayout, r.Date)
	return client.Deployment{
		Application: r.Application, Description: r.Description, Target: r.Target, FeedName: r.FeedName,
		PackageName: r.PackageName, Version: r.Version, GroupName: r.GroupName, UserName: r.UserName, URL: r.Url, Date: date,
	}
}

// entry is a record of this call before it was sent.
func (c *call) entry(ids *ledger.IDs, s *server, d draft, status ledger.Status) ledger.Entry {
	now := c.env.Now().UTC().Truncate(time.Second)
	made := now
	if at, err := time.Parse(client.DateLayout, d.record.Date); err == nil {
		made = at
	}
	return ledger.Entry{ID: ids.New(now), Server: s.BaseURL(), MadeAt: made, Record: d.record, Via: ledger.Post, Status: status}
}

// send sends the records one after another and shows what became of each.
func (c *call) send(s *server, drafts []draft, encoding client.Encoding) error {
	var ids ledger.IDs
	var entries []ledger.Entry
	var failures []error
	for _, d := range drafts {
		e := c.entry(&ids, s, d, ledger.Recorded)
		receipt, err := s.Deployments.Record(c.ctx, deployment(d.record), client.RecordOptions{Encoding: encoding})
		e.Attempts = receipt.Attempts
		if err != nil {
			err = s.explain(err)
			failures = append(failures, err)
			e.Status, e.Error = ledgerOutcome(err)
		}
		entries = append(entries, e)
	}
	if err := c.showEntries(entries); err != nil {
		return err
	}
	return c.verdict(len(entries), failures)
}

// ledgerOutcome is the status and error of a record that was not recorded.
func ledgerOutcome(err error) (ledger.Status, *ledger.Failure) {
	kind := client.KindOf(err)
	failure := &ledger.Failure{Kind: string(kind), Message: err.Error()}
	if e, ok := errors.AsType[*client.Error](err); ok {
		failure.Status = e.Status
	}
	if kind == client.KindUncertain {
		return ledger.Uncertain, failure
	}
	return ledger.Failed, failure
}

// showEntries writes the result: words for one record, else a table with a
// summary.
func (c *call) showEntries(entries []ledger.Entry) error {
	if !c.forPerson() {
		return writeAll(c, deploymentView(), entries...)
	}
	if len(entries) == 1 {
		if entries[0].Status != ledger.Recorded {
			return nil
		}
		return c.say("%s", sentence(entries[0]))
	}
	if err := writeAll(c, deploymentView(), entries...); err != nil {
		return err
	}
	counts := tally{}
	for _, e := range entries {
		counts[e.Status]++
	}
	return c.say("%s", counts)
}

// verdict is the error of a run of many records: the common kind when all
// failed alike, else partial.
func (c *call) verdict(total int, failures []error) error {
	if len(failures) == 0 {
		return nil
	}
	if total == 1 {
		return failures[0]
	}
	kind := client.KindOf(failures[0])
	for _, err := range failures {
		if client.KindOf(err) != kind || len(failures) < total {
			kind = client.KindPartial
		}
	}
	f := c.describe(failures[0])
	f.kind = kind
	f.lines = append([]string{plural(len(failures), "record was", "records were") + " not recorded, the first because:"}, f.lines...)
	return f
}
