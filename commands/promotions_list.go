package commands

import (
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/output"
)

// promotionListFlags are the flags of promotions list.
type promotionListFlags struct {
	promotionFilters
	order, limit string
	latest, flat bool
}

func (f *promotionListFlags) register(cmd *cobra.Command) {
	f.promotionFilters.register(cmd)
	flags := cmd.Flags()
	flags.Var(rawValue{&f.order, kinds(promotionOrders())}, "sort", "order: by date or version the newest first; none is the server's own, in constant memory (default date)")
	flags.Var(rawValue{&f.limit, "N"}, "limit", "only the first N promotions of the list")
	flags.BoolVar(&f.latest, "latest", false, "only the newest promotion of each package to each feed")
	registerFlat(cmd, &f.flat)
}

func registerFlat(cmd *cobra.Command, flat *bool) {
	cmd.Flags().BoolVar(flat, "flat", false, "one JSON object for each promotion, with the package's properties on it, as ndjson always has")
}

func (a *app) promotionsList() *cobra.Command {
	f := &promotionListFlags{}
	cmd := &cobra.Command{
		Use:   "list [PURL]",
		Short: "List promotions of packages",
		Long: `List the promotions that the server knows, narrowed by feeds, package, version
and date. The server's answer is filtered again here, by the comparison rules of
each package's ecosystem: 1.0 is 1.0.0 for NuGet, my_pkg is My.Pkg for PyPI, an
npm scope may be written with or without its @.

` + purlHelp + `

What the list cannot show: a package that was uploaded straight to a feed was not
promoted, and is not listed. A window of dates (--since, --until) hides the
promotions outside it: a package that is not listed for the last week may have
been promoted before.

With --sort none and -o ndjson or csv, each promotion is written as it arrives,
and memory does not grow with the list. An answer that breaks off is an error
(exit 6), whatever was written until then.

` + exitStatus(codeDone, codeInternal, codeUsage, codeRejected, codeAuth, codeNotFound, codeUnavailable, codeInterrupted),
		Example: `  # everything that was promoted to a feed, newest first
  progetctl promotions list --to-feed npm-approved

  # who approved this package, and when
  progetctl promotions list pkg:npm/@angular/animation@12.3.1 --to-feed npm-approved \
    --jq '.[].promotions[] | .user + " " + .date'

  # what went to production in the last week
  progetctl promotions list --to-feed nuget-prod --since 7d

  # the version of each package that came to production last
  progetctl promotions list --to-feed nuget-prod --latest --sort package

  # all there is, for another program
  progetctl promotions list --sort none -o ndjson`,
		Args: onePURL,
		RunE: a.runs(func(c *call) error { return c.listPromotions(f) }),
	}
	f.register(cmd)
	return cmd
}

// listPromotions runs the command.
func (c *call) listPromotions(f *promotionListFlags) error {
	reader := &promotionReader{question: c.promotionQuestion()}
	order := choice(c, c.setting("sort"), promotionOrders())
	limit := c.count(c.setting("limit"), 0, 1)
	s := c.connect()
	if err := c.ready(); err != nil {
		return err
	}
	list := c.sortedPromotions
	if order == byNone && !f.latest {
		list = c.streamPromotions
	}
	found, err := list(s, reader, listPlan{order: order, limit: limit, latest: f.latest, flat: f.flat})
	if err != nil {
		return err
	}
	reader.warn(c)
	if !found && c.hints() {
		c.noteNearby(s, reader.question)
	}
	return nil
}

// listPlan says which promotions are written, and how.
type listPlan struct {
	order        promotionOrder
	limit        int // 0 is none
	latest, flat bool
}

// streamPromotions writes the list as it arrives.
func (c *call) streamPromotions(s *server, reader *promotionReader, plan listPlan) (found bool, err error) {
	w := newResult(c, promotionsView(plan.flat, time.Time{}))
	left := plan.limit
	for p, err := range reader.packages(c.ctx, s) {
		if err != nil {
			// What has arrived is not the whole list, but it may be long.
			_ = w.Flush()
			return found, err
		}
		if plan.limit > 0 && len(p.Promotions) > left {
			p.Promotions = p.Promotions[:left]
		}
		left -= len(p.Promotions)
		found = true
		if err := write(w, items(p, plan.flat)); err != nil {
			return found, err
		}
		if plan.limit > 0 && left == 0 {
			break
		}
	}
	return found, w.Close()
}

// items are the elements of the JSON array that a package gives.
func items(p promotedPackage, flat bool) iter.Seq[promotedPackage] {
	if flat {
		return eachPromotion(p)
	}
	return func(yield func(promotedPackage) bool) { yield(p) }
}

func write(w output.Writer[promotedPackage], items iter.Seq[promotedPackage]) error {
	for item := range items {
		if err := w.Write(item); err != nil {
			return err
		}
	}
	return nil
}

// sortedPromotions writes the list in order, once it is whole.
func (c *call) sortedPromotions(s *server, reader *promotionReader, plan listPlan) (found bool, err error) {
	rows := &promotionRows{}
	for p, err := range reader.packages(c.ctx, s) {
		if err != nil {
			return false, err
		}
		if err := rows.add(p); err != nil {
			return false, err
		}
	}
	if plan.latest {
		rows.keepLatest()
	}
	rows.sort(plan.order)
	rows.limit(plan.limit)
	return len(rows.rows) > 0, c.writeRows(rows, plan.flat)
}

func (c *call) writeRows(rows *promotionRows, flat bool) error {
	w := newResult(c, promotionsView(flat, rows.newest()))
	all := rows.each()
	if c.global.format == output.JSON && !flat {
		all = rows.grouped()
	}
	if err := write(w, all); err != nil {
		return err
	}
	return w.Close()
}
