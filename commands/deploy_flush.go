package commands

import (
	"cmp"
	"errors"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
)

func (a *app) deployFlush() *cobra.Command {
	texts := make([]string, 2)
	var resend bool
	cmd := &cobra.Command{
		Use:   "flush",
		Short: "Send what is queued",
		Long: `Send the current server's queued records, each with the date on which it was made.
Several flushes may run at once: none sends what another is sending. A flush that
was killed is carried on by the next one; what was in flight then comes back as
uncertain.

` + exitStatus(codeDone, codeInternal, codeUsage, codeAuth, codeUnavailable, codePartial, codeInterrupted),
		Example: `  progetctl deploy flush

  # send again what was not answered or was refused, too
  progetctl deploy flush --resend`,
		Args: noArguments,
		RunE: a.runs(func(c *call) error { return c.flush(resend) }),
	}
	cmd.Flags().Var(rawValue{&texts[0], "N"}, "parallel", "records in flight at once (default 8)")
	cmd.Flags().Var(rawValue{&texts[1], kinds(client.Encodings())}, "encoding", "body of the request (default json)")
	cmd.Flags().BoolVar(&resend, "resend", false, "send the uncertain and the refused ones too, which may leave two records")
	ledgerFlag(cmd)
	return cmd
}

// flush runs the command.
func (c *call) flush(resend bool) (err error) {
	p := &recordPlan{
		parallel: c.count(c.setting("parallel"), 8, 1), policy: delivery.PolicyFail,
		encoding: choice(c, c.setting("encoding"), client.Encodings()), flags: &recordFlags{resend: resend},
	}
	c.needLedger(c.cmd.CommandPath())
	s := c.connect(client.WithParallel(p.parallel))
	if err := c.ready(); err != nil {
		return err
	}
	l, err := c.readLedger()
	if err != nil {
		return err
	}
	if l == nil {
		return newReport(c, 0, delivery.PolicyFail).close()
	}
	defer func() { err = c.both(ledgerFailure(l.Close()), err) }()
	address, err := ledger.Server(s.BaseURL())
	if err != nil {
		return err
	}
	session, err := l.Session(c.ctx, ledger.SessionOptions{Server: address, Parallel: p.parallel, Queue: true, Resend: resend})
	if err != nil {
		return ledgerFailure(err)
	}
	defer func() { _ = session.Close() }()
	o := c.deliveryOptions(s, address, p)
	o.Session = session
	total, err := c.queuedRecords(l, address, resend)
	if err != nil {
		return err
	}
	return cmp.Or(c.sendQueued(o, total), c.nameOthers(l, address), c.namePlanned(l, address))
}

// queuedRecords is how many records a flush finds; others may add some, or send
// some, while it runs.
func (c *call) queuedRecords(l *ledger.Ledger, address string, resend bool) (int, error) {
	backlogs, err := l.Backlogs(c.ctx)
	if err != nil {
		return 0, ledgerFailure(err)
	}
	for _, b := range backlogs {
		switch {
		case b.Server != address:
		case resend:
			return b.Queued + b.Uncertain + b.Refused, nil
		default:
			return b.Queued, nil
		}
	}
	return 0, nil
}

// sendQueued sends what is queued. An error that ends the flush is its code;
// what was refused, or not answered, makes it partial.
func (c *call) sendQueued(o delivery.Options, total int) error {
	r := newReport(c, total, delivery.PolicyFail)
	r.single, r.sum.Flushing = false, true
	var stopped *client.Error
	broken, told := c.deliver(o, r, func(sender *delivery.Sender) (err error) {
		stopped, err = sender.Flush(c.ctx)
		return err
	})
	if broken != nil {
		return c.both(broken, told)
	}
	if f, failed := errors.AsType[*failure](told); failed && r.sum.Failures > 0 && r.unshown == nil {
		f.Kind = client.KindPartial
		// One that was refused, or not answered, on the way is more than that.
		if stopped != nil && r.sum.Kind == stopped.Kind {
			f.Kind = stopped.Kind
		}
	}
	if told == nil && stopped != nil {
		return stopped
	}
	return told
}

// nameOthers says, to a person, what is left alone because it is another
// server's.
func (c *call) nameOthers(l *ledger.Ledger, address string) error {
	if !c.forPerson() {
		return nil
	}
	backlogs, err := l.Backlogs(c.ctx)
	if err != nil {
		return ledgerFailure(err)
	}
	for _, b := range backlogs {
		if n := b.Queued + b.Uncertain + b.Refused; b.Server != address && n > 0 {
			if err := c.say("Left alone: %s for %s", plural(n, "record", "records"), b.Server); err != nil {
				return err
			}
		}
	}
	return nil
}

// namePlanned says what nobody will send: records that a process wrote down, and
// that it had not begun when it ended. Server is "" for all.
func (c *call) namePlanned(l *ledger.Ledger, server string) error {
	backlogs, err := l.Backlogs(c.ctx)
	if err != nil {
		return ledgerFailure(err)
	}
	n := 0
	for _, b := range backlogs {
		if server == "" || b.Server == server {
			n += b.Planned
		}
	}
	if n > 0 {
		c.warn("%s planned, and not sent because the process ended: run its deploy record command again with --once, which sends only what is missing",
			plural(n, "record is", "records are"))
	}
	return nil
}
