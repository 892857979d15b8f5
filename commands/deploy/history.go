package deploy

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
)

// historyOptions say which records are shown.
type historyOptions struct {
	pkg                       cli.Package
	target, feed, application cli.Text
	server                    cli.Text // its address, if only its records are shown
	status                    ledger.Status
	since, until              time.Time
	limit                     int
	latest                    bool
	ledger                    cli.Ledger
}

func newHistory(app *cli.App, run func(context.Context, *cli.IO, historyOptions) error) *cobra.Command {
	var o historyOptions
	cmd := &cobra.Command{
		Use:        "history [PURL]",
		SuggestFor: []string{"list", "ls", "log", "show", "view", "audit"},
		Short:      "Show deployments recorded in the local ledger",
		Long: `Show deployments that progetctl recorded, or tried to, with this ledger: newest
first, for all servers unless --source is given. Deployments that were recorded with
another ledger, or without progetctl, aren't included; ProGet has no API to list
them.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  # which targets run this package now?
  progetctl deploy history --package Newtonsoft.Json --latest

  # the targets in the histories of several hosts
  cat host*/history.ndjson | jq -r 'select(.status == "recorded").record.Target' | sort -u`,
	}
	f := app.Flags(cmd)
	o.declare(f)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// declare declares the filters. The variables that give defaults to a new record do not narrow a
// question about old ones.
func (o *historyOptions) declare(f *cli.Flags) {
	f.PackageFilter(&o.pkg, false)
	f.Group("Filter")
	f.Target(&o.target, cli.Flag{Name: "target", Usage: "only deployments to this target"})
	f.Feed(&o.feed, cli.Flag{Name: "feed", Usage: "only deployments from this feed"})
	f.Application(&o.application, cli.Flag{Name: "application", Usage: "only deployments by this application"})
	cli.OptionalChoice(f, &o.status, statuses(), cli.Flag{
		Name: "status", Word: "STATUS", Usage: "only records with this status: " + cli.Joined(statuses(), ", "),
	})
	f.Period(&o.since, &o.until,
		cli.Flag{Usage: "only deployments since this date, or within this long: 2026-11-21, today, 24h, 7d"},
		cli.Flag{Usage: "only deployments up to this date; a date without a time is the whole day, UTC"})
	f.Switch(&o.latest, cli.Flag{Name: "latest", Usage: "only the newest deployment of each package to each target; chosen before --version, --status and --since are applied"})
	f.Group("")
	f.Count(&o.limit, 1, cli.Flag{Name: "limit", Usage: "maximum number of results"})
	requiredLedger(f, &o.ledger)
	sourceFilter(f, &o.server)
}

// statuses are those that a record in the ledger can have.
func statuses() []ledger.Status {
	return []ledger.Status{ledger.Recorded, ledger.Queued, ledger.Failed, ledger.Uncertain, ledger.Planned, ledger.Dropped, ledger.Retired}
}

// history runs the command.
func history(ctx context.Context, io *cli.IO, o historyOptions) error {
	empty := "The ledger has no deployments yet."
	if o.filter() != (ledger.Filter{}) {
		empty = "No deployments match."
	}
	return list(ctx, io, o.ledger, cli.LedgerView(empty), func(l *ledger.Ledger) (entries, error) { return l.History(ctx, o.filter()), nil })
}

// filter is the question to the ledger.
func (o historyOptions) filter() ledger.Filter {
	filter := packageFilter(o.pkg)
	filter.Application, filter.Target, filter.Feed, filter.Server = o.application.Value, o.target.Value, o.feed.Value, o.server.Value
	filter.Version, filter.Status, filter.Limit, filter.Latest, filter.Since = o.pkg.Version, o.status, o.limit, o.latest, o.since
	if !o.until.IsZero() {
		// The ledger's end is open, ours belongs to the period.
		filter.Until = o.until.Add(time.Second)
	}
	return filter
}

// packageFilter is the question for a package of any version. A package URL says of which type and
// group it is, or that it has no group; a name alone may have any.
func packageFilter(pkg cli.Package) ledger.Filter {
	f := ledger.Filter{Group: pkg.Group, Package: pkg.Name}
	if pkg.URL != "" {
		f.Type, f.Ungrouped = pkg.Type, pkg.Group == ""
	}
	return f
}
