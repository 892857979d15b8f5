package commands

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/internal/ledger"
)

func (a *app) deployHistory() *cobra.Command {
	texts := make([]string, 8)
	var pkg packageFlags
	var latest bool
	cmd := &cobra.Command{
		Use:   "history [PURL]",
		Short: "Show which targets run what, as far as this ledger knows",
		Long: `Show what this ledger knows of deployments, newest first: what this program
recorded, or tried to, from this machine or with this ledger file. What others
recorded is in ProGet only, which has no way to ask for it. All servers are shown
unless --source is given.

` + purlHelp + `

` + exitStatus(codeDone, codeInternal, codeUsage),
		Example: `  # which targets run this package now?
  progetctl deploy history --package Newtonsoft.Json --latest

  # one audit over several hosts
  cat host*/history.ndjson | jq -r 'select(.status == "recorded") | .record.Target' | sort -u`,
		Args: onePURL,
		RunE: a.runs(func(c *call) error {
			filter := c.historyFilter(latest)
			return c.listLedger(func(l *ledger.Ledger) (entrySequence, error) { return l.History(c.ctx, filter), nil })
		}),
	}
	pkg.register(cmd)
	for i, t := range []struct{ name, kind, usage string }{
		{"target", "TEXT", "only deployments to this target"},
		{"feed", "FEED", "only deployments from this feed"},
		{"application", "TEXT", "only deployments by this application"},
		{"status", "STATUS", "only records with this status: " + kinds(historyStatuses())},
		{"since", "WHEN", "only deployments made at or after this date, or that long ago: 2026-11-21, 24h, 7d"},
		{"until", "WHEN", "only deployments made at or before this date; a date alone is its whole day, UTC"},
		{"limit", "N", "at most so many"},
	} {
		cmd.Flags().Var(rawValue{&texts[i], t.kind}, t.name, t.usage)
	}
	cmd.Flags().BoolVar(&latest, "latest", false, "only the newest deployment of each package to each target")
	ledgerFlag(cmd)
	return cmd
}

func historyStatuses() []ledger.Status {
	return []ledger.Status{ledger.Recorded, ledger.Queued, ledger.Failed, ledger.Uncertain, ledger.Planned, ledger.Dropped}
}

// historyFilter reads the filters. The variables that give defaults to a new
// record do not narrow a question about old ones.
func (c *call) historyFilter(latest bool) ledger.Filter {
	pkg, purl := c.identity()
	f := ledger.Filter{
		Application: c.setting("application").text, Target: c.setting("target").text, Feed: c.setting("feed").text,
		Group: pkg.Group, Package: pkg.Name, Version: pkg.Version,
		Limit: c.count(c.setting("limit"), 0, 1), Latest: latest,
	}
	if purl {
		f.Type = pkg.Type
	}
	if status := c.setting("status"); status.text != "" {
		f.Status = choice(c, status, historyStatuses())
	}
	var until time.Time
	f.Since, until = c.period(c.setting("since"), c.setting("until"))
	if !until.IsZero() {
		// The ledger's end is open, ours belongs to the period.
		f.Until = until.Add(time.Second)
	}
	if c.setting("source").given() {
		f.Server = c.serverInLedger()
	}
	return f
}

// serverInLedger is how the ledger writes the server's address. Nothing else is
// looked at: whoever asks the ledger needs no key.
func (c *call) serverInLedger() string {
	base := c.baseURL(c.address())
	if base == "" {
		return ""
	}
	server, err := ledger.Server(base)
	c.problems.add(err)
	return server
}
