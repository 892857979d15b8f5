package deploy

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
)

// whereOptions say what is looked for on which targets.
type whereOptions struct {
	pkg                       cli.Package
	versions                  ecosystem.Range // of pkg.Version, if it is one
	target, feed, application cli.Text
	server                    cli.Text // its address, if only its records are shown
	at                        time.Time
	affectedBy                cli.Text // file of advisories, or "-"
	vulnerable                bool
	severity                  severity // the lowest, "" for any
	parallel                  int
	exitCode                  bool
	ledger                    cli.Ledger
	connect                   func(context.Context) (*cli.Server, error)
}

// severity is how bad a vulnerability is, in ProGet's words.
type severity string

// severities are in order, the lowest first.
func severities() []severity { return []severity{"low", "medium", "high", "critical"} }

func newWhere(app *cli.App, run func(context.Context, *cli.IO, whereOptions) error) *cobra.Command {
	o := whereOptions{parallel: defaultParallel}
	cmd := &cobra.Command{
		Use:        "where [PURL]",
		SuggestFor: []string{"running", "targets", "state"},
		Short:      "Show which targets run which packages now",
		Long: `Show the newest deployment of each package to each target in this ledger, without
what was retired. Records that the server rejected or that were never sent
don't count.

--version takes a version or a range ('<13.0.1', '>=12.0 <13.0.1'), compared in
the order of the package's own ecosystem. Its type comes from the record; if the
record has none, the server is asked once for the feed's type.

--affected-by lists only what security advisories in the OSV format name.
--vulnerable lists only what ProGet's own vulnerability data names, which needs a
server and an API key with the right Manage SCA (Projects & Builds).

What cannot be compared is listed too, and marked, with a warning. A package of a
distribution (Debian, RPM, Alpine) is found under the name that the advisory has,
which is often that of the source package.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeAuth, cli.CodeUnavailable, cli.CodeUnmet, cli.CodeInterrupted),
		Example: `  # which servers run this package?
  progetctl deploy where --package Newtonsoft.Json

  # which run a version that is too old?
  progetctl deploy where --package Newtonsoft.Json --version '<13.0.1'

  # what ran on web01 on 1 March?
  progetctl deploy where --target web01 --at 2026-03-01

  # which run what this advisory names?
  curl -s https://api.osv.dev/v1/vulns/GHSA-5crp-9r3c-p9vr | progetctl deploy where --affected-by -

  # fail a nightly job if anything that runs is vulnerable
  progetctl deploy where --vulnerable --severity high --exit-code`,
	}
	f := app.Flags(cmd)
	o.declare(f)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// declare declares the filters.
func (o *whereOptions) declare(f *cli.Flags) {
	f.PackageFilter(&o.pkg, true)
	f.Group("Filter")
	f.Target(&o.target, cli.Flag{Name: "target", Usage: "only this target"})
	f.Feed(&o.feed, cli.Flag{Name: "feed", Usage: "only packages from this feed"})
	f.Application(&o.application, cli.Flag{Name: "application", Usage: "only what this application deployed"})
	f.Moment(&o.at, cli.Flag{Name: "at", Usage: "as of this time: a date (the end of the day, UTC), a date and time, or a time back from now such as 30d"})
	f.Path(&o.affectedBy, cli.Flag{Name: "affected-by", Word: "FILE", Usage: "only what the advisories in this file name, in OSV form (- for standard input)"}).ReadsStdin()
	f.Switch(&o.vulnerable, cli.Flag{Name: "vulnerable", Usage: "only what ProGet's vulnerability data names"})
	cli.OptionalChoice(f, &o.severity, severities(), cli.Flag{Name: "severity", Word: "LEVEL", Usage: "with --vulnerable: only vulnerabilities at least this severe: " + cli.Joined(severities(), ", ")})
	f.Group("")
	f.Count(&o.parallel, 1, cli.Flag{Name: "parallel", Usage: "with --vulnerable: requests to send concurrently", Default: fmt.Sprint(defaultParallel)})
	f.Switch(&o.exitCode, cli.Flag{Name: "exit-code", Usage: "exit with 8 if anything is listed"})
	requiredLedger(f, &o.ledger)
	sourceFilter(f, &o.server)
	f.ServerLater(&o.connect, cli.ServerUse{Options: func() []client.Option { return []client.Option{client.WithParallel(o.parallel)} }})
	f.Check(o.check)
}

// check checks what concerns several values, and reads the range.
func (o *whereOptions) check(p *cli.Problems) {
	if o.vulnerable && o.affectedBy.Given() {
		p.Addf("--vulnerable and --affected-by can't be used together")
	}
	if o.severity != "" && !o.vulnerable {
		p.Addf("--severity requires --vulnerable")
	}
	if !ecosystem.IsRange(o.pkg.Version) {
		return
	}
	var err error
	if o.versions, err = ecosystem.ParseRange(o.pkg.Version); err != nil {
		p.Add(fmt.Errorf("--version: %w", err))
	} else if o.pkg.Type != "" {
		p.Add(o.versions.Check(o.pkg.Type))
	}
}

// sourceFilter declares that --source shows the records of one server alone. Reading the ledger
// needs no key, and the server need not be reachable.
func sourceFilter(f *cli.Flags, to *cli.Text) {
	f.ServerAddress(to)
	f.Check(func(p *cli.Problems) {
		if to.Value == "" {
			return
		}
		var err error
		to.Value, err = ledger.Server(to.Value)
		p.Add(err)
	})
}

// ranged reports whether versions are compared with a range.
func (o whereOptions) ranged() bool { return o.versions.String() != "" }

// compares reports whether the types of packages matter.
func (o whereOptions) compares() bool { return o.ranged() || o.affectedBy.Given() || o.vulnerable }

// filter is the question to the ledger.
func (o whereOptions) filter() ledger.Filter {
	filter := packageFilter(o.pkg)
	filter.Application, filter.Target, filter.Feed, filter.Server = o.application.Value, o.target.Value, o.feed.Value, o.server.Value
	if !o.ranged() {
		filter.Version = o.pkg.Version
	}
	if !o.at.IsZero() {
		filter.Until = o.at.Add(time.Second)
	}
	return filter
}

// where runs the command.
func where(ctx context.Context, io *cli.IO, o whereOptions) error {
	l, err := o.ledger.OpenToRead(ctx, io)
	if err != nil {
		return err
	}
	found := &running{io: io, options: o}
	if l != nil {
		defer func() { _ = l.Close() }()
		if err := found.find(ctx, l); err != nil {
			return err
		}
	}
	empty := "Nothing is deployed, according to this ledger."
	if o.compares() || o.filter() != (ledger.Filter{}) {
		empty = "Nothing that matches is deployed."
	}
	if err := cli.WriteAll(ctx, io, runningView(empty), found.rows...); err != nil {
		return err
	}
	found.warn()
	if o.exitCode && len(found.rows) > 0 {
		return &cli.Failure{Kind: cli.KindUnmet, Lines: []string{found.sentence()}}
	}
	return nil
}
