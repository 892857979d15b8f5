package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
)

// firstInterval is how long check --wait waits before it asks again for the
// first time, unless --interval says otherwise.
const firstInterval = 5 * time.Second

func (a *app) promotionsCheck() *cobra.Command {
	f, flat, texts := &promotionFilters{}, false, [2]string{}
	cmd := &cobra.Command{
		Use:   "check [PURL] --to-feed FEED",
		Short: "Succeed only if a package was promoted to a feed",
		Long: `A gate for a CI job: end with exit code 0, and print the promotions that meet what
is asked, only if this version of the package was promoted to the feed. Otherwise
end with 8. Any doubt is not a 0: a package without --group is one that has no
group, and a promotion without a date is in no window of dates.

With --wait, ask again until it is there or the time is up: after --interval at
first, then less and less often, up to once a minute. A server that is down is
waited out; what no waiting mends (a certificate, a sign-in page, the key) ends
the command at once. --retries does not count then. What is awaited is said on
stderr once a minute, on a terminal each time, with --quiet never.

` + purlHelp + `

` + exitStatus(codeDone, codeInternal, codeUsage, codeRejected, codeAuth, codeNotFound, codeUnavailable, codeUnmet, codeInterrupted),
		Example: `  # go on only with an approved package
  progetctl promotions check pkg:nuget/Newtonsoft.Json@12.0.3 --to-feed nuget-approved

  # wait for the approval
  progetctl promotions check --package @angular/animation --version 12.3.1 \
    --from-feed npm-unapproved --to-feed npm-approved --wait 30m`,
		Args: onePURL,
		RunE: a.runs(func(c *call) error { return c.checkPromotion(flat) }),
	}
	f.register(cmd)
	cmd.Flags().Var(rawValue{&texts[0], "DURATION"}, "wait", "ask again until it is there, for as long as that: 30m")
	cmd.Flags().Var(rawValue{&texts[1], "DURATION"}, "interval", "with --wait: time before the first further question (default 5s)")
	registerFlat(cmd, &flat)
	return cmd
}

// checkPromotion runs the command.
func (c *call) checkPromotion(flat bool) error {
	reader := &promotionReader{question: c.promotionQuestion("package", "version")}
	reader.question.Ungrouped = true
	if !c.setting("to-feed").given() {
		c.problems.addf("--to-feed is required")
	}
	wait := c.patience()
	var extra []client.Option
	if wait.longest > 0 {
		// The next question is the next attempt.
		extra = append(extra, client.WithRetries(0))
	}
	s := c.connect(extra...)
	if err := c.ready(); err != nil {
		return err
	}
	rows, err := c.await(s, reader, wait)
	if err != nil {
		return err
	}
	reader.warn(c)
	if err := c.writeRows(rows, flat); err != nil {
		return err
	}
	if len(rows.rows) == 0 {
		return c.unmet(s, reader.question)
	}
	return nil
}

// patience reads the flags of waiting.
func (c *call) patience() patience {
	wait, interval := c.setting("wait"), c.setting("interval")
	if interval.given() && !wait.given() {
		c.problems.addf("--interval goes with --wait")
	}
	p := patience{interval: c.duration(interval, firstInterval)}
	// No time at all is no wait: a script can leave it to a variable.
	if d, err := parseDuration(wait.text); err != nil || d > 0 {
		p.longest = c.duration(wait, 0)
	}
	return p
}

// unmet is the error of a promotion that is not there.
func (c *call) unmet(s *server, q promotionQuestion) error {
	f := &failure{Kind: kindUnmet, Lines: []string{fmt.Sprintf("not promoted: %s", q)}}
	if c.hints() {
		f.Hint = c.nearby(s, q)
		for _, feed := range c.unknownFeeds(s, q.FromFeed, q.ToFeed) {
			f.Hint = fmt.Sprintf("the server knows no feed %q, or is too old to say", feed)
		}
	}
	return f
}

// meets asks once for the promotions that meet the question, newest first.
func (c *call) meets(ctx context.Context, s *server, reader *promotionReader) (*promotionRows, error) {
	rows := &promotionRows{}
	reader.undated = 0
	for p, err := range reader.packages(ctx, s) {
		if err != nil {
			return nil, err
		}
		if err := rows.add(p); err != nil {
			return nil, err
		}
	}
	rows.sort(byDate)
	return rows, nil
}

// passing tells whether waiting may mend an error.
func passing(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Kind == client.KindUnavailable && e.Transient && !e.Certificate
}
