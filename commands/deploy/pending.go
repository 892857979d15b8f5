package deploy

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
)

// pendingOptions say which ledger is looked at.
type pendingOptions struct{ ledger cli.Ledger }

func newPending(app *cli.App, run func(context.Context, *cli.IO, pendingOptions) error) *cobra.Command {
	var o pendingOptions
	cmd := &cobra.Command{
		Use:   "pending",
		Short: "List records that are waiting to be sent or resolved",
		Long: `List what awaits, oldest first and for all servers: queued records, which deploy
flush will send; uncertain ones, which may be in ProGet's history; and failed ones,
which a flush saw refused. The last two await your word: deploy settle.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl deploy pending

  # does anything await?
  progetctl deploy pending --jq length`,
		Args: cli.NoArguments,
	}
	f := app.Flags(cmd)
	requiredLedger(f, &o.ledger)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// requiredLedger declares a ledger without which the command is of no use.
func requiredLedger(f *cli.Flags, to *cli.Ledger) {
	f.Ledger(to)
	f.Check(func(p *cli.Problems) { to.Need(f.CommandPath(), p) })
}

// pending runs the command.
func pending(ctx context.Context, io *cli.IO, o pendingOptions) error {
	return list(ctx, io, o.ledger, func(l *ledger.Ledger) (entries, error) { return l.Pending(ctx), warnPlanned(ctx, io, l, "") })
}

// entries yields entries of a ledger; an error ends it.
type entries = iter.Seq2[ledger.Entry, error]

// list shows entries of the ledger. Without a ledger there are none.
func list(ctx context.Context, io *cli.IO, from cli.Ledger, find func(*ledger.Ledger) (entries, error)) error {
	l, err := from.OpenToRead(ctx, io)
	if err != nil {
		return err
	}
	w := cli.NewResult(ctx, io, cli.LedgerView())
	if l != nil {
		defer func() { _ = l.Close() }()
		all, err := find(l)
		if err != nil {
			return err
		}
		for e, err := range all {
			if err != nil {
				return cli.LedgerFailure(err)
			}
			if err := w.Write(e); err != nil {
				return err
			}
		}
	}
	return w.Close()
}
