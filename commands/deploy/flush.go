package deploy

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
)

// flushOptions say what is sent, and how.
type flushOptions struct {
	server   *cli.Server
	ledger   cli.Ledger
	encoding client.Encoding
	parallel int
	resend   bool
}

func newFlush(app *cli.App, run func(context.Context, *cli.IO, flushOptions) error) *cobra.Command {
	o := flushOptions{parallel: defaultParallel}
	cmd := &cobra.Command{
		Use:        "flush",
		SuggestFor: []string{"retry", "resend", "sync", "send"},
		Short:      "Send queued records",
		Long: `Send the queued records of the current server, each with its original date.
Several flushes can run at the same time; no record is sent twice. If a flush is
killed, the next one continues; requests it had in progress become uncertain.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeAuth, cli.CodeUnavailable, cli.CodePartial, cli.CodeInterrupted),
		Example: `  progetctl deploy flush

  # also resend records that got no response or were rejected
  progetctl deploy flush --resend`,
		Args: cli.NoArguments,
	}
	f := app.Flags(cmd)
	declareSending(f, &o.encoding, &o.parallel)
	f.Switch(&o.resend, cli.Flag{Name: "resend", Usage: "also resend uncertain and rejected records; may create duplicates"})
	requiredLedger(f, &o.ledger)
	f.Server(&o.server, cli.ServerUse{Options: func() []client.Option { return []client.Option{client.WithParallel(o.parallel)} }})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// flush runs the command.
func flush(ctx context.Context, io *cli.IO, o flushOptions) (err error) {
	l, err := o.ledger.OpenToRead(ctx, io)
	if err != nil {
		return err
	}
	if l == nil {
		return newReport(ctx, io, 0, sending{policy: delivery.PolicyFail}).close()
	}
	defer func() { err = cli.Both(cli.LedgerFailure(l.Close()), err) }()
	address, err := ledger.Server(o.server.BaseURL())
	if err != nil {
		return err
	}
	session, err := l.Session(ctx, ledger.SessionOptions{Server: address, Parallel: o.parallel, Queue: true, Resend: o.resend})
	if err != nil {
		return cli.LedgerFailure(err)
	}
	defer func() { _ = session.Close() }()
	s := sending{
		server: o.server, ledger: o.ledger, parallel: o.parallel, policy: delivery.PolicyFail,
		request: client.RecordOptions{Encoding: o.encoding, Resend: o.resend},
	}
	options := s.options(io, address)
	options.Session = session
	total, err := queuedRecords(ctx, l, address, o.resend)
	if err != nil {
		return err
	}
	r := newReport(ctx, io, total, s)
	r.single, r.sum.Flushing = false, true
	r.stillQueued = func() int {
		n, _ := queuedRecords(context.WithoutCancel(ctx), l, address, false)
		return n
	}
	return cmp.Or(sendQueued(ctx, io, r, options), nameOthers(ctx, io, l, address), warnPlanned(ctx, io, l, address))
}

// queuedRecords is how many records a flush finds; others may add some, or send some, while it
// runs.
func queuedRecords(ctx context.Context, l *ledger.Ledger, address string, resend bool) (int, error) {
	backlogs, err := l.Backlogs(ctx)
	if err != nil {
		return 0, cli.LedgerFailure(err)
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

// sendQueued sends the queued records. An error that ends the flush decides the exit code; records
// that were rejected or got no response make it partial.
func sendQueued(ctx context.Context, io *cli.IO, r *report, o delivery.Options) error {
	var stopped *client.Error
	broken, failure := deliver(io, o, r, func(sender *delivery.Sender) (err error) {
		stopped, err = sender.Flush(ctx)
		return err
	})
	if broken != nil {
		return cli.Both(broken, failure)
	}
	if f, failed := errors.AsType[*cli.Failure](failure); failed && r.sum.Failures > 0 && r.unshown == nil {
		f.Kind = client.KindPartial
		// Records that were rejected or got no response before that count, too.
		if stopped != nil && r.sum.Kind == stopped.Kind {
			f.Kind = stopped.Kind
		}
	}
	if failure == nil && stopped != nil {
		return stopped
	}
	return failure
}

// nameOthers writes a note about records that were not sent because they belong to another server.
func nameOthers(ctx context.Context, io *cli.IO, l *ledger.Ledger, address string) error {
	if !io.InWords() {
		return nil
	}
	backlogs, err := l.Backlogs(ctx)
	if err != nil {
		return cli.LedgerFailure(err)
	}
	for _, b := range backlogs {
		if n := b.Queued + b.Uncertain + b.Refused; b.Server != address && n > 0 {
			if err := io.Say("%s to another server (%s) and %s not sent", cli.Plural(n, "pending record belongs", "pending records belong"), b.Server, wasWere(n)); err != nil {
				return err
			}
		}
	}
	return nil
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// warnPlanned names the records that nobody will send, because the process that saved them ended
// before it began with them. Server is "" for all.
func warnPlanned(ctx context.Context, io *cli.IO, l *ledger.Ledger, server string) error {
	backlogs, err := l.Backlogs(ctx)
	if err != nil {
		return cli.LedgerFailure(err)
	}
	n := 0
	for _, b := range backlogs {
		if server == "" || b.Server == server {
			n += b.Planned
		}
	}
	if n > 0 {
		io.Warn("%s planned but never sent, because the process ended; run its `progetctl deploy record` command again with --once to send only what is missing",
			cli.Plural(n, "record was", "records were"))
	}
	return nil
}
