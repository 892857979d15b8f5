package deploy

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
)

// settleOptions are the records, and the outcome that they get.
type settleOptions struct {
	ids    []string
	as     ledger.Status
	ledger cli.Ledger
}

func newSettle(app *cli.App, run func(context.Context, *cli.IO, settleOptions) error) *cobra.Command {
	var o settleOptions
	cmd := &cobra.Command{
		Use:        "settle ID...",
		SuggestFor: []string{"resolve", "confirm", "drop", "close"},
		Short:      "Mark uncertain or rejected records as recorded or dropped",
		Long: `Check the package's history in ProGet first. If the deployment is listed, mark the
record as recorded; if it isn't and needn't be, as dropped. To send it again, use
"deploy flush --resend" instead. A queued record was never sent: it can only be
dropped, for example because its server is gone. If one of the IDs can't be
settled, none is.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl deploy settle 01JCZK3V7Q8M4T5W6X7Y8Z9A0B --as recorded`,
	}
	f := app.Flags(cmd)
	f.Args(&o.ids)
	f.ArgsAre(cli.KindRecord)
	cli.Choice(f, &o.as, []ledger.Status{ledger.Recorded, ledger.Dropped}, cli.Flag{Name: "as", Usage: "outcome of the records", Required: true})
	f.Check(func(p *cli.Problems) {
		if len(o.ids) == 0 {
			p.Addf("at least one record's ID is required")
		}
	})
	requiredLedger(f, &o.ledger)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// settle runs the command.
func settle(ctx context.Context, io *cli.IO, o settleOptions) error {
	l, err := o.ledger.OpenToRead(ctx, io)
	if err != nil {
		return err
	}
	if l == nil {
		return cli.Usage("there is no ledger yet, so nothing to settle")
	}
	defer func() { _ = l.Close() }()
	settled, err := l.SettleByHand(ctx, o.ids, o.as)
	if err != nil {
		return settleFailure(err)
	}
	return cli.WriteAll(ctx, io, cli.LedgerView(""), settled...)
}

// settleFailure distinguishes IDs that can't be settled from a ledger that can't be used.
func settleFailure(err error) error {
	_, unknown := errors.AsType[*ledger.UnknownError](err)
	settled, other := errors.AsType[*ledger.SettledError](err)
	if unknown || other {
		f := cli.Usage("%s", err)
		f.Hint = "`progetctl deploy pending` lists the records that can be settled"
		if other && settled.As == ledger.Recorded && slices.ContainsFunc(settled.Entries, queued) {
			f.Hint = "`progetctl deploy flush` sends queued records; use --as dropped for those that are not to be sent"
		}
		return f
	}
	return cli.LedgerFailure(err)
}

func queued(e ledger.Entry) bool { return e.Status == ledger.Queued }
