package promotions

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// listOptions say what is listed, and how.
type listOptions struct {
	server       *cli.Server
	query        query
	order        order
	limit        int // 0 means none
	latest, flat bool
}

func newList(app *cli.App, run func(context.Context, *cli.IO, listOptions) error) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:        "list [PURL]",
		SuggestFor: []string{"ls", "show", "history", "log", "search", "find", "get"},
		Short:      "List promotions of packages",
		Long: `List promotions on the server, filtered by feed, package, version and date. Names
and versions are compared as each ecosystem does: for NuGet 1.0 equals 1.0.0, for
PyPI my_pkg equals My.Pkg, and an npm scope can be written with or without its @.

A package that was uploaded straight to a feed was not promoted, so it isn't listed.
With --since or --until, promotions outside that period aren't listed either: a
missing package may have been promoted before.

With --sort none and -o ndjson or csv, promotions are written as they arrive, in
constant memory. If the response ends early, the exit code is 6 even though some were
written.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeRejected, cli.CodeAuth, cli.CodeNotFound, cli.CodeUnavailable, cli.CodeInterrupted),
		Example: `  # everything promoted to a feed, newest first
  progetctl promotions list --to-feed npm-approved

  # who approved this package, and when
  progetctl promotions list pkg:npm/@angular/animation@12.3.1 --to-feed npm-approved \
    --jq '.[].promotions[] | .user + " " + .date'

  # what went to production in the last week
  progetctl promotions list --to-feed nuget-prod --since 7d

  # the newest promotion of each package to production
  progetctl promotions list --to-feed nuget-prod --latest --sort package

  # everything, for another program
  progetctl promotions list --sort none -o ndjson`,
	}
	f := app.Flags(cmd)
	o.query.declare(f)
	o.query.declareFeeds(f)
	o.query.declarePeriod(f)
	f.Switch(&o.latest, cli.Flag{Name: "latest", Usage: "only the newest promotion of each package to each feed; chosen before --version and --since are applied"})
	f.Group("")
	cli.Choice(f, &o.order, orders(), cli.Flag{Name: "sort", Usage: "sort order; date and version are newest first, none is the server's order", Default: string(byDate)})
	f.Count(&o.limit, 1, cli.Flag{Name: "limit", Usage: "maximum number of promotions"})
	declareFlat(f, &o.flat)
	f.Server(&o.server, cli.ServerUse{})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

func declareFlat(f *cli.Flags, to *bool) {
	f.Switch(to, cli.Flag{Name: "flat", Usage: "one JSON object per promotion (ndjson always does this)"})
}

// list runs the command.
func list(ctx context.Context, io *cli.IO, o listOptions) error {
	write := writeSorted
	if o.order == byNone && !o.latest {
		write = writeStream
	}
	r := &reader{server: o.server, query: o.query}
	found, err := write(ctx, io, r, o)
	if err != nil {
		return err
	}
	r.warn(io)
	if !found {
		noteNothing(ctx, io, o.server, o.query)
	}
	return nil
}

// checkFeeds ends a command that named a feed which the server does not have.
func (r *reader) checkFeeds(ctx context.Context, io *cli.IO) error {
	return r.seen.unknown(ctx, io, r.server, slices.Concat(r.query.fromFeed, r.query.toFeed)...)
}

// mostHeld is how much of a list in the server's order is kept until its end has come, in bytes,
// for the formats that are complete or nothing. About as many promotions fit as can be sorted.
const mostHeld = 192 << 20

// writeStream writes the list as it arrives.
func writeStream(ctx context.Context, io *cli.IO, r *reader, o listOptions) (found bool, err error) {
	options := io.OutputOptions(ctx)
	options.MostHeld = mostHeld
	w := output.New(io.Stdout, options, listView(o.flat, nothingFound(o.query)))
	left := o.limit
	for p, err := range r.packages(ctx) {
		if err != nil {
			// The list is incomplete, but it may be long.
			_ = w.Flush()
			return found, err
		}
		if o.limit > 0 && len(p.Promotions) > left {
			p.Promotions = p.Promotions[:left]
		}
		left -= len(p.Promotions)
		found = true
		if err := writeItems(w, p, o.flat); err != nil {
			return found, err
		}
		if o.limit > 0 && left == 0 {
			break
		}
	}
	if err := r.checkFeeds(ctx, io); err != nil {
		_ = w.Flush()
		return found, err
	}
	return found, w.Close()
}

// writeItems writes the elements of the JSON array that a package gives.
func writeItems(w output.Writer[promotedPackage], p promotedPackage, flat bool) error {
	if !flat {
		return w.Write(p)
	}
	for i := 0; ; i++ {
		row, ok := promotionRow(p, i)
		if !ok {
			return nil
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
}

// writeSorted writes the list in order, once it is complete. The latest are chosen before the
// version and the start of the window narrow the list. Otherwise a promotion that was followed by
// another would be called the latest.
func writeSorted(ctx context.Context, io *cli.IO, r *reader, o listOptions) (found bool, err error) {
	narrow := o.query
	if o.latest {
		r.query.pkg.Version, r.query.since = "", time.Time{}
	}
	rows, err := r.gather(ctx)
	if err != nil {
		return false, err
	}
	if err := r.checkFeeds(ctx, io); err != nil {
		return false, err
	}
	if o.latest {
		rows.keepLatest()
		rows.keep(narrow)
	}
	rows.sort(o.order)
	rows.limit(o.limit)
	return len(rows.rows) > 0, writeRows(ctx, io, rows, listView(o.flat, nothingFound(narrow)), o.flat)
}

// gather reads all that matches the query.
func (r *reader) gather(ctx context.Context) (*rowSet, error) {
	rows := &rowSet{}
	for p, err := range r.packages(ctx) {
		if err != nil {
			return nil, err
		}
		if err := rows.add(p); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func writeRows(ctx context.Context, io *cli.IO, rows *rowSet, view output.View[promotedPackage], flat bool) error {
	all := rows.each()
	if io.Format == output.JSON && !flat {
		var err error
		if all, err = rows.grouped(); err != nil {
			return err
		}
	}
	return cli.WriteSeq(ctx, io, view, all)
}
