package deploy

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// pruneOptions say what is removed.
type pruneOptions struct {
	olderThan time.Duration
	dryRun    bool
	ledger    cli.Ledger
}

func newPrune(app *cli.App, run func(context.Context, *cli.IO, pruneOptions) error) *cobra.Command {
	var o pruneOptions
	cmd := &cobra.Command{
		Use:        "prune",
		SuggestFor: []string{"clean", "gc", "vacuum", "expire", "purge"},
		Short:      "Remove old records from the ledger",
		Long: `Remove settled records that are older, and make the ledger's file smaller. Pending
records and those in progress stay, and so does the newest record of each package and
target, so that "deploy where" stays complete.

Afterwards "deploy history" doesn't show what was removed, "deploy where --at" doesn't
know what ran before then, and --once with a longer window may record again.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeInterrupted),
		Example: `  # how many records would be removed?
  progetctl deploy prune --older-than 400d --dry-run

  progetctl deploy prune --older-than 400d`,
		Args: cli.NoArguments,
	}
	f := app.Flags(cmd)
	f.Duration(&o.olderThan, cli.Flag{Name: "older-than", Usage: "age of the records to remove, such as 400d", Required: true})
	f.Switch(&o.dryRun, cli.Flag{Name: "dry-run", Usage: "count what would be removed and change nothing"})
	requiredLedger(f, &o.ledger)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// pruneSummary is the result of a prune.
type pruneSummary struct {
	Removed    int       `json:"removed"`
	KeptNewest int       `json:"kept_newest"`
	KeptOpen   int       `json:"kept_open"`
	Before     time.Time `json:"before"`
}

// prune runs the command.
func prune(ctx context.Context, io *cli.IO, o pruneOptions) (err error) {
	sum := pruneSummary{Before: io.Now().UTC().Add(-o.olderThan).Truncate(time.Second)}
	l, err := o.ledger.OpenToRead(ctx, io)
	if err != nil {
		return err
	}
	if l != nil {
		defer func() { err = cli.Both(cli.LedgerFailure(l.Close()), err) }()
		done, err := l.Prune(ctx, sum.Before, o.dryRun)
		if err != nil {
			return cli.LedgerFailure(err)
		}
		sum.Removed, sum.KeptNewest, sum.KeptOpen = done.Removed, done.Newest, done.Open
	}
	if io.InWords() {
		return sum.say(io, o.dryRun)
	}
	count := func(header string, n func(*pruneSummary) string) output.Column[*pruneSummary] {
		return output.Column[*pruneSummary]{Header: header, Cell: n}
	}
	return cli.WriteAll(ctx, io, output.View[*pruneSummary]{Columns: []output.Column[*pruneSummary]{
		count("removed", func(s *pruneSummary) string { return fmt.Sprint(s.Removed) }),
		count("kept_newest", func(s *pruneSummary) string { return fmt.Sprint(s.KeptNewest) }),
		count("kept_open", func(s *pruneSummary) string { return fmt.Sprint(s.KeptOpen) }),
		count("before", func(s *pruneSummary) string { return s.Before.Format(time.RFC3339) }),
	}}, &sum)
}

// say writes the summary in words, with what is lost by it.
func (s pruneSummary) say(o *cli.IO, dry bool) error {
	removed, kept := "Removed", "Kept"
	if dry {
		removed, kept = "Would remove", "Would keep"
	}
	lines := []string{fmt.Sprintf("%s %s from before %s.", removed, cli.Plural(s.Removed, "record", "records"), cli.SentenceDate(s.Before))}
	if s.KeptNewest > 0 {
		lines = append(lines, fmt.Sprintf("%s %s of a package on a target.", kept, cli.Plural(s.KeptNewest, "record, the newest", "records, each the newest")))
	}
	if s.KeptOpen > 0 {
		lines = append(lines, fmt.Sprintf("%s %s not settled.", kept, cli.Plural(s.KeptOpen, "record that is", "records that are")))
	}
	if s.Removed > 0 {
		lines = append(lines, "deploy history, deploy where --at and --once don't see removed records.")
	}
	for _, line := range lines {
		if err := o.Say("%s", line); err != nil {
			return err
		}
	}
	return nil
}
