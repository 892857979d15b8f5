package promotions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// firstInterval is how long check --wait waits before it asks for the second time, unless
// --interval says otherwise.
const firstInterval = 5 * time.Second

// checkOptions say what must have been promoted, and how long to wait for it.
type checkOptions struct {
	server *cli.Server
	query  query
	wait   waitOptions
	flat   bool
}

func newCheck(app *cli.App, run func(context.Context, *cli.IO, checkOptions) error) *cobra.Command {
	o := checkOptions{wait: waitOptions{interval: firstInterval}}
	o.query.ungrouped = true
	cmd := &cobra.Command{
		Use:        "check [PURL]",
		SuggestFor: []string{"verify", "gate", "wait", "assert", "status", "is-promoted"},
		Short:      "Succeed only if a package was promoted to a feed",
		Long: `A gate for a CI job: exits with 0 and prints the matching promotions if this version
was promoted to the feed, else with 8. Anything unclear counts as "not promoted":
without --group, only packages without a group match; undated promotions never
match --since or --until.

With --wait, progetctl keeps checking until the promotion exists or the time is up:
after --interval at first, then less often, up to once a minute. If the server is
down, it keeps waiting. Problems that waiting can't fix (certificate, sign-in page,
credentials, unknown feed) end it immediately. --retries has no effect with --wait.
Progress goes to stderr once a minute (on a terminal, at each check); --quiet turns
it off.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeRejected, cli.CodeAuth, cli.CodeNotFound, cli.CodeUnavailable, cli.CodeUnmet, cli.CodeInterrupted),
		Example: `  # continue only with an approved package
  progetctl promotions check pkg:nuget/Newtonsoft.Json@12.0.3 --to-feed nuget-approved

  # wait for the approval
  progetctl promotions check --package @angular/animation --version 12.3.1 \
    --from-feed npm-unapproved --to-feed npm-approved --wait 30m`,
	}
	f := app.Flags(cmd)
	o.query.declare(f)
	f.RequirePackage(nil, nil)
	o.query.declarePeriod(f)
	f.Feeds(&o.query.fromFeed, cli.Flag{Name: "from-feed", Usage: "only promotions from this feed"})
	var toFeed cli.Text
	f.Feed(&toFeed, cli.Flag{Name: "to-feed", Usage: "feed the package must have been promoted to", Required: true})
	f.Group("")
	o.wait.declare(f)
	declareFlat(f, &o.flat)
	f.Check(func(p *cli.Problems) {
		o.query.toFeed = []string{toFeed.Value}
	})
	f.Server(&o.server, cli.ServerUse{Options: func() []client.Option {
		if o.wait.longest == 0 {
			return nil
		}
		// The next check is the next attempt.
		return []client.Option{client.WithRetries(0)}
	}})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// check runs the command.
func check(ctx context.Context, io *cli.IO, o checkOptions) error {
	w := &wait{io: io, reader: &reader{server: o.server, query: o.query}, options: o.wait}
	rows, err := w.run(ctx)
	if err != nil {
		return err
	}
	w.reader.warn(io)
	if len(rows.rows) == 0 {
		// The feed may have gone, or never have been there, which is another answer.
		if err := w.checkFeeds(ctx); err != nil {
			return err
		}
	}
	if err := writeMet(ctx, io, rows, o.flat); err != nil {
		return err
	}
	if len(rows.rows) == 0 {
		return unmet(ctx, o, w.began, io.Now())
	}
	return nil
}

// writeMet writes the promotions that match: a sentence for each on a terminal.
func writeMet(ctx context.Context, io *cli.IO, rows *rowSet, flat bool) error {
	if !io.InWords() {
		return writeRows(ctx, io, rows, listView(flat, ""), flat)
	}
	if !io.StdoutTerminal || io.Format == output.Wide && len(rows.rows) > 0 {
		if len(rows.rows) == 0 {
			return nil
		}
		return writeRows(ctx, io, rows, listView(flat, ""), flat)
	}
	for p := range rows.each() {
		if err := io.Say("%s", sentence(p)); err != nil {
			return err
		}
	}
	return nil
}

// sentence says what was promoted where to, when and by whom.
func sentence(p promotedPackage) string {
	promotion := p.Promotions[0]
	text := fmt.Sprintf("%s %s was promoted to %s%s", ecosystem.JoinName(p.Type, p.Group, p.Name), p.Version, promotion.ToFeed, onDate(promotion.Date))
	if promotion.User != "" {
		text += " by " + promotion.User
	}
	return text
}

// unmet is the error of a promotion that does not exist.
func unmet(ctx context.Context, o checkOptions, began, now time.Time) error {
	pkg := strings.TrimSpace(ecosystem.JoinName(o.query.pkg.Type, o.query.pkg.Group, o.query.pkg.Name) + " " + o.query.pkg.Version)
	text := fmt.Sprintf("%s has not been promoted to %s", pkg, o.query.toFeed[0])
	if len(o.query.fromFeed) > 0 {
		text += " from " + strings.Join(o.query.fromFeed, " or ")
	}
	if o.query.windowed() {
		narrow := o.query
		narrow.pkg, narrow.fromFeed, narrow.toFeed = cli.Package{}, nil, nil
		text += strings.TrimPrefix(narrow.String(), "anything")
	}
	if o.wait.longest > 0 {
		text += fmt.Sprintf(" (waited %s, since %s)", output.FormatDuration(now.Sub(began).Round(time.Second)), cli.SentenceDate(began))
	}
	f := &cli.Failure{Kind: cli.KindUnmet, Lines: []string{text}, Hint: nearMatches(ctx, o.server, o.query)}
	if freeEdition(o.server) {
		f.Hint = noPromotions
	}
	return f
}

// mayPass reports whether waiting may fix an error.
func mayPass(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Kind == client.KindUnavailable && e.Transient && !errors.Is(e, client.ReasonCertificate)
}
