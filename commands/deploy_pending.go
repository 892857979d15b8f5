package commands

import (
	"iter"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/internal/ledger"
)

func (a *app) deployPending() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pending",
		Short: "List what awaits a flush or a decision",
		Long: `List what awaits, oldest first and for all servers: queued records, which deploy
flush will send; uncertain ones, which may be in ProGet's history; and failed ones,
which a flush saw refused. The last two await your word: deploy settle.

` + exitStatus(codeDone, codeInternal, codeUsage),
		Example: `  progetctl deploy pending

  # does anything await?
  progetctl deploy pending --jq length`,
		Args: noArguments,
		RunE: a.runs(func(c *call) error {
			return c.listLedger(func(l *ledger.Ledger) (entrySequence, error) { return l.Pending(c.ctx), c.namePlanned(l, "") })
		}),
	}
	ledgerFlag(cmd)
	return cmd
}

// entrySequence yields entries of a ledger; an error ends it.
type entrySequence = iter.Seq2[ledger.Entry, error]

// listLedger shows entries of the ledger. Without a ledger there are none.
func (c *call) listLedger(find func(*ledger.Ledger) (entrySequence, error)) error {
	c.needLedger(c.cmd.CommandPath())
	if err := c.ready(); err != nil {
		return err
	}
	l, err := c.readLedger()
	if err != nil {
		return err
	}
	w := newResult(c, ledgerView())
	if l != nil {
		defer func() { _ = l.Close() }()
		entries, err := find(l)
		if err != nil {
			return err
		}
		for e, err := range entries {
			if err != nil {
				return ledgerFailure(err)
			}
			if err := w.Write(e); err != nil {
				return err
			}
		}
	}
	return w.Close()
}
