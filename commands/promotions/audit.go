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
)

// auditParallel is how many packages are asked about concurrently by default.
const auditParallel = 8

// auditOptions say which feed is audited, and what of it.
type auditOptions struct {
	server   *cli.Server
	query    query // the package, and the feeds of the promotions that count; toFeed is the audited one
	since    time.Time
	all      bool
	parallel int
}

// feed is the audited feed.
func (o auditOptions) feed() string { return o.query.toFeed[0] }

func newAudit(app *cli.App, run func(context.Context, *cli.IO, auditOptions) error) *cobra.Command {
	o := auditOptions{parallel: auditParallel}
	cmd := &cobra.Command{
		Use:   "audit [PURL] --feed FEED",
		Short: "List what is in a feed but was never promoted to it",
		Long: `List the versions in a feed that were never promoted to it: they were uploaded
there directly. Exit with 8 if there are any, and with 0 if every version in the
feed was promoted. --all lists the promoted ones too, with their promotions.

It sends one request for each package in the feed, up to --parallel concurrently. If
any part of the answer is missing, nothing is listed (exit 6). A package or version
that you name and the feed doesn't have is an error (exit 5).

With --from-feed, only promotions from these feeds count. --since takes the date on
which a version was published to the feed; a version without a date counts, with a
warning. A version with several files has the date and user of the newest.

The server can't list the packages of Docker, Bower and classic Maven feeds or the
files of asset directories. They can't be audited.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeAuth, cli.CodeNotFound, cli.CodeUnavailable, cli.CodeUnmet, cli.CodeInterrupted),
		Example: `  # what is in production that was never promoted there
  progetctl promotions audit --feed nuget-prod

  # what was not promoted from the test stage, in the last month
  progetctl promotions audit --feed nuget-prod --from-feed nuget-test --since 30d

  # the whole feed with who approved what, as a report
  progetctl promotions audit --feed npm-approved --all -o csv`,
	}
	f := app.Flags(cmd)
	var feed cli.Text
	f.Feed(&feed, cli.Flag{Name: "feed", Usage: "feed to audit", Required: true})
	f.Group("Filter")
	f.Feeds(&o.query.fromFeed, cli.Flag{Name: "from-feed", Usage: "count only promotions from these feeds"})
	o.query.declare(f)
	f.Since(&o.since, cli.Flag{Usage: "only versions published since this date, or within this long: 2026-11-21, today, 24h, 7d"})
	f.Group("")
	f.Switch(&o.all, cli.Flag{Name: "all", Usage: "list the promoted versions too"})
	f.Count(&o.parallel, 1, cli.Flag{Name: "parallel", Usage: "requests to send concurrently", Default: fmt.Sprint(auditParallel)})
	f.Check(func(*cli.Problems) { o.query.toFeed = []string{feed.Value} })
	f.Server(&o.server, cli.ServerUse{Options: func() []client.Option { return []client.Option{client.WithParallel(o.parallel)} }})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// audit runs the command. Nothing is written before all is known.
func audit(ctx context.Context, io *cli.IO, o auditOptions) error {
	feed, err := auditableFeed(ctx, o)
	if err != nil {
		return err
	}
	promoted, err := gatherArrivals(ctx, io, o, feed)
	if err != nil {
		return err
	}
	held, err := takeInventory(ctx, io, o, feed)
	if err != nil {
		return err
	}
	found := held.compare(promoted, o.all)
	empty := "No" + o.versions(feed.Name) + "."
	if found.total > 0 {
		empty = fmt.Sprintf("%d%s: all promoted.", found.total, o.versions(feed.Name))
	}
	if err := cli.WriteSeq(ctx, io, auditView(empty), found.rows()); err != nil {
		return err
	}
	if found.undated > 0 {
		io.Warn("%s no date of publication, and may have been published before %s; counted anyway",
			cli.Plural(found.undated, "version has", "versions have"), cli.SentenceDate(o.since))
	}
	if found.uploaded > 0 {
		return notPromoted(o, found)
	}
	if o.all || !io.Watched() { // else the result says it
		io.Note("%s", strings.TrimSuffix(empty, "."))
	}
	return nil
}

// versions says in words which versions are audited.
func (o auditOptions) versions(feed string) string {
	text := " versions"
	switch pkg := o.query.pkg; {
	case pkg.Name != "":
		text += " of " + strings.TrimSpace(ecosystem.JoinName(pkg.Type, pkg.Group, pkg.Name)+" "+pkg.Version)
	case pkg.Group != "":
		text += " of packages of " + pkg.Group
	}
	text += " in " + feed
	if !o.since.IsZero() {
		text += " published since " + cli.SentenceDate(o.since)
	}
	return text
}

// notPromoted is the error of a feed that has what nobody promoted.
func notPromoted(o auditOptions, found *findings) error {
	verb := "were"
	if found.uploaded == 1 {
		verb = "was"
	}
	text := fmt.Sprintf("%d of %d%s %s never promoted there", found.uploaded, found.total, o.versions(found.feed), verb)
	if len(o.query.fromFeed) > 0 {
		text += " from " + strings.Join(o.query.fromFeed, " or ")
	}
	return &cli.Failure{Kind: cli.KindUnmet, Lines: []string{text}}
}

// auditableFeed asks for the feed's type, without which names and versions cannot be compared.
func auditableFeed(ctx context.Context, o auditOptions) (client.Feed, error) {
	feed, err := o.server.Feeds.Info(ctx, o.feed())
	switch client.KindOf(err) {
	case "":
	case client.KindNotFound:
		if missing, _ := o.server.MissingFeed(ctx, o.feed(), err); missing != nil {
			return feed, missing
		}
		return feed, tooOldToList(err)
	default:
		if failed, ok := errors.AsType[*client.Error](err); ok && failed.Reason == client.ReasonNoFeedType {
			return feed, cli.WithHint(err, "without it versions cannot be compared; check the server's version and the path of its address")
		}
		return feed, o.server.WithCredentialHint(err)
	}
	if feed.Name == "" {
		feed.Name = o.feed()
	}
	if neverListed(feed.Type) {
		return feed, unlistedType(feed)
	}
	if t := o.query.pkg.Type; t != "" && !client.SameFamily(t, feed.Type) {
		return feed, &cli.Failure{Kind: client.KindNotFound, Lines: []string{
			fmt.Sprintf("the feed %s holds packages of type %s, not %s", feed.Name, feed.Type, t)}}
	}
	return feed, nil
}

// tooOldToList is the error of a server without the lists of packages.
func tooOldToList(err error) error {
	return &cli.Failure{
		Kind: client.KindUnavailable, Status: 404, Lines: []string{"this server cannot list the packages of a feed"}, Err: err,
		Hint: "ProGet can from 2023 on; check the server's version and the path of its address",
	}
}
