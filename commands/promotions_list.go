package commands

import (
	"iter"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
)

// promotionFilters are the flags that narrow a list of promotions.
type promotionFilters struct {
	pkg   packageFlags
	texts [4]string
}

func (f *promotionFilters) register(cmd *cobra.Command) {
	f.pkg.register(cmd)
	for i, t := range []struct{ name, kind, usage string }{
		{"from-feed", "FEED", "only promotions from this feed"},
		{"to-feed", "FEED", "only promotions to this feed"},
		{"since", "WHEN", "only promotions at or after this date, or that long ago: 2026-11-21, 24h, 7d"},
		{"until", "WHEN", "only promotions at or before this date; a date alone is its whole day, UTC"},
	} {
		cmd.Flags().Var(rawValue{&f.texts[i], t.kind}, t.name, t.usage)
	}
}

// promotionQuery reads the filters.
func (c *call) promotionQuery(required ...string) client.PromotionQuery {
	pkg, _ := c.identity(required...)
	q := client.PromotionQuery{
		FromFeed: c.setting("from-feed").text, ToFeed: c.setting("to-feed").text,
		Group: pkg.Group, Package: pkg.Name, Version: pkg.Version, Type: pkg.Type,
	}
	q.Since, q.Until = c.period(c.setting("since"), c.setting("until"))
	return q
}

func (a *app) promotionsList() *cobra.Command {
	f := &promotionFilters{}
	var flat bool
	cmd := &cobra.Command{
		Use:   "list [PURL]",
		Short: "List promotions of packages",
		Long: `List the promotions that the server knows, narrowed by feeds, package, version
and date. The server's answer is filtered again here, by the comparison rules of
each package's ecosystem.

` + purlHelp + `

A package that was uploaded straight to a feed has no promotion, and is not
listed.

` + exitStatus(codeDone, codeUsage, codeAuth, codeUnavailable, codeInterrupted),
		Example: `  # everything that was promoted to a feed
  progetctl promotions list --to-feed npm-approved

  # who approved this package, and when
  progetctl promotions list pkg:npm/@angular/animation@12.3.1 --to-feed npm-approved \
    --jq '.[].promotions[] | .user + " " + .date'`,
		Args: onePURL,
		RunE: a.runs(func(c *call) error { return c.listPromotions(flat) }),
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&flat, "flat", false, "one JSON object for each promotion, with the package's properties on it")
	return cmd
}

// listPromotions runs the command.
func (c *call) listPromotions(flat bool) error {
	q := c.promotionQuery()
	s := c.connect()
	if err := c.ready(); err != nil {
		return err
	}
	w := newResult(c, promotionsView(flat))
	for p, err := range s.Promotions.List(c.ctx, q) {
		if err != nil {
			return s.explain(err)
		}
		for item := range items(p, flat) {
			if err := w.Write(item); err != nil {
				return err
			}
		}
	}
	return w.Close()
}

// items are the elements of the JSON array that a package gives.
func items(p promotedPackage, flat bool) iter.Seq[promotedPackage] {
	if flat {
		return eachPromotion(p)
	}
	return func(yield func(promotedPackage) bool) { yield(p) }
}
