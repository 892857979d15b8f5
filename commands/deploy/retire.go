package deploy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/suggest"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// retireOptions say what no longer runs where.
type retireOptions struct {
	pkg               cli.Package
	target            cli.Text
	server            cli.Text // its address, if only its records are meant
	description, date cli.Text
	ledger            cli.Ledger
}

func newRetire(app *cli.App, run func(context.Context, *cli.IO, retireOptions) error) *cobra.Command {
	var o retireOptions
	cmd := &cobra.Command{
		Use:        "retire [PURL]",
		SuggestFor: []string{"remove", "uninstall", "undeploy", "decommission"},
		Short:      "Note that a target no longer runs a package",
		Long: `Note in the ledger that a target no longer runs a package or, without a package, that
it no longer runs anything. From then on "deploy where" leaves it out, and "deploy
history" shows when it was retired. Nothing is sent, because ProGet has no such record.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeNotFound),
		Example: `  # the package was uninstalled
  progetctl deploy retire --target web01 --package Newtonsoft.Json

  # the server is gone
  progetctl deploy retire --target web01 --description 'replaced by web07'`,
	}
	f := app.Flags(cmd)
	f.Target(&o.target, cli.Flag{Name: "target", Usage: "server or environment that no longer runs it", Required: true})
	f.PackageFilter(&o.pkg, false)
	f.Text(&o.description, cli.Flag{Name: "description", Usage: "why, in a few words"})
	f.Date(&o.date, cli.Flag{Name: "date", Usage: "date of the removal", Default: "now"})
	requiredLedger(f, &o.ledger)
	sourceFilter(f, &o.server)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// filter is what of the target is meant, as of the date.
func (o retireOptions) filter() (filter ledger.Filter, at time.Time) {
	filter = packageFilter(o.pkg)
	filter.Target, filter.Server, filter.Version = o.target.Value, o.server.Value, o.pkg.Version
	if o.date.Given() {
		at, _ = time.Parse(records.DateLayout, o.date.Value) // written by the flag
		filter.Until = at.Add(time.Second)
	}
	return filter, at
}

// retire runs the command.
func retire(ctx context.Context, io *cli.IO, o retireOptions) error {
	l, err := o.ledger.OpenToRead(ctx, io)
	if err != nil {
		return err
	}
	if l == nil {
		return cli.Usage("there is no ledger yet, so there is nothing to retire")
	}
	defer func() { _ = l.Close() }()
	filter, at := o.filter()
	var found []ledger.Entry
	for e, err := range l.Running(ctx, filter) {
		if err != nil {
			return cli.LedgerFailure(err)
		}
		found = append(found, *e)
	}
	if len(found) == 0 {
		return notRunning(ctx, l, o, filter)
	}
	if at.IsZero() {
		// A record may have a date that is still to come.
		newest := slices.MaxFunc(found, func(a, b ledger.Entry) int { return a.MadeAt.Compare(b.MadeAt) })
		if at = io.Now(); newest.MadeAt.After(at) {
			at = newest.MadeAt
		}
	}
	retired, err := l.Retire(ctx, found, o.description.Value, at)
	if err != nil {
		return cli.LedgerFailure(err)
	}
	if len(retired) == 1 && io.InWords() {
		return io.Say("%s", cli.DeploymentSentence(retired[0], ""))
	}
	return cli.WriteAll(ctx, io, cli.LedgerView(""), retired...)
}

// notRunning is the error if the target runs nothing that is meant, with the nearest that
// something runs: of the packages of the target, or else of the targets.
func notRunning(ctx context.Context, l *ledger.Ledger, o retireOptions, filter ledger.Filter) error {
	var targets, packages []string
	for e, err := range l.Running(ctx, ledger.Filter{Server: filter.Server, Until: filter.Until}) {
		if err != nil {
			return cli.LedgerFailure(err)
		}
		targets = append(targets, e.Record.Target)
		if strings.EqualFold(e.Record.Target, o.target.Value) {
			packages = append(packages, cli.RecordedPackage(e.Record), cli.RecordedPackage(e.Record)+" "+e.Record.Version)
		}
	}
	what := "anything"
	if o.pkg.Name != "" {
		what = strings.TrimSpace(cli.RecordedPackage(records.Record{GroupName: o.pkg.Group, PackageName: o.pkg.Name}) + " " + o.pkg.Version)
	}
	wanted, known := what, packages
	if len(packages) == 0 {
		wanted, known = o.target.Value, targets
	}
	slices.Sort(known)
	hint := "`progetctl deploy where` lists what runs where"
	if near := suggest.Nearest(wanted, slices.Compact(known)); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %s? %s", cli.Either(near), hint)
	}
	return &cli.Failure{
		Kind: client.KindNotFound, Hint: hint,
		Lines: []string{fmt.Sprintf("according to this ledger, %q does not run %s", o.target.Value, what)},
	}
}
