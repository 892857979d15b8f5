package commands

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/internal/ledger"
)

func (a *app) deploySettle() *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use:   "settle ID... --as recorded|dropped",
		Short: "Decide about uncertain and refused records",
		Long: `Decide about records that are uncertain, or that a flush saw refused, after a look
at the package's history in ProGet: recorded, because it is there, or dropped,
because it is not and need not be. To send one again instead, use deploy flush
--resend. Either all named records are settled or none.

` + exitStatus(codeDone, codeInternal, codeUsage),
		Example: `  progetctl deploy settle 01JCZK3V7Q8M4T5W6X7Y8Z9A0B --as recorded`,
		RunE:    a.runs(func(c *call) error { return c.settleByHand() }),
	}
	cmd.Flags().Var(rawValue{&as, "recorded|dropped"}, "as", "what became of them")
	ledgerFlag(cmd)
	return cmd
}

// settleByHand runs the command.
func (c *call) settleByHand() error {
	as := c.setting("as")
	if !as.given() {
		c.problems.addf("--as is required: recorded or dropped")
	}
	status := choice(c, as, []ledger.Status{ledger.Recorded, ledger.Dropped})
	if len(c.args) == 0 {
		c.problems.addf("at least one record's ID is required")
	}
	c.needLedger(c.cmd.CommandPath())
	if err := c.ready(); err != nil {
		return err
	}
	l, err := c.readLedger()
	if err != nil {
		return err
	}
	if l == nil {
		return usage("there is no ledger yet, so there is nothing to settle")
	}
	defer func() { _ = l.Close() }()
	settled, err := l.SettleByHand(c.ctx, c.args, status)
	if err != nil {
		return settleFailure(err)
	}
	return writeAll(c, ledgerView(), settled...)
}

// settleFailure tells IDs that cannot be settled from a ledger that cannot be
// used.
func settleFailure(err error) error {
	_, unknown := errors.AsType[*ledger.UnknownError](err)
	_, settled := errors.AsType[*ledger.SettledError](err)
	if unknown || settled {
		f := usage("%s", err)
		f.Hint = "progetctl deploy pending lists what can be settled"
		return f
	}
	return ledgerFailure(err)
}
