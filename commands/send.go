package commands

import (
	"context"
	"errors"
	"runtime/debug"
	"sync/atomic"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// recordServer is the server as the delivery of records sees it.
type recordServer struct {
	server *server
	check  *versionCheck // nil without --check
	sent   *atomic.Bool  // told before a record is sent
}

// Record sends one record. A refusal of the credentials says where they came from.
func (s recordServer) Record(ctx context.Context, d client.Deployment, o client.RecordOptions) (client.Receipt, error) {
	s.sent.Store(true)
	receipt, err := s.server.Deployments.Record(ctx, d, o)
	return receipt, s.server.WithCredentialHint(err)
}

// Check asks what --check is for.
func (s recordServer) Check(ctx context.Context, r records.Record) error {
	return s.check.allows(ctx, r)
}

// deliveryOptions are what record and flush have in common.
func (c *call) deliveryOptions(s *server, address string, p *recordPlan) delivery.Options {
	to := recordServer{server: s, sent: &c.Sent}
	if p.flags.check {
		to.check = newVersionCheck(c, s, p.kind)
	}
	return delivery.Options{
		Server: to, Address: address, Parallel: p.parallel, Policy: p.policy, Now: c.env.Now,
		Request: client.RecordOptions{Encoding: p.encoding, Resend: p.flags.resend},
		LedgerFailed: func(err error) {
			_, named := c.ledgerSetting()
			c.ledgerWarning(named, err)
		},
		NotWritten: func(err error) {
			c.warn("the outcome could not be written to the ledger, which has the record as uncertain: %s", err)
		},
		Waiting: func() { c.note("waiting for another process that is sending the same records") },
		Sleep:   c.env.Wait,
	}
}

// deliver runs a sender, with its progress, and shows the results in r. Its
// errors are that of the run, and what the results add up to.
func (c *call) deliver(o delivery.Options, r *report, run func(*delivery.Sender) error) (broken, results error) {
	progress := c.progress()
	defer progress.Close()
	if r.total > 1 {
		// Little is alive at any moment, so that the collector would run all
		// the time: 32 MiB more of heap are a fifth less of work.
		defer debug.SetGCPercent(debug.SetGCPercent(800))
		c.BarShown()
		r.bar = progress.Count("records", int64(r.total))
	}
	o.Emit, o.Flush = r.add, r.flush
	err := run(delivery.New(o))
	progress.Close()
	r.broken = err != nil
	// What was done is said, even if the ledger or the file failed.
	results = r.close()
	return ledgerEnded(err), results
}

// ledgerEnded is the error of a run that a ledger's failure ended.
func ledgerEnded(err error) error {
	failed, ok := errors.AsType[*delivery.LedgerError](err)
	if !ok {
		return err
	}
	err = ledgerFailure(failed.Err)
	if f, ok := errors.AsType[*failure](err); ok && failed.NotBegun > 0 {
		f.Lines = append(f.Lines, plural(failed.NotBegun, "record was", "records were")+" not sent because the ledger failed")
		f.Hint = "when the ledger can be written again, run the same command with --once: it sends only what is missing"
	}
	return err
}

// closeLedger closes a ledger that is not required.
func (c *call) closeLedger(l *ledger.Ledger, o *delivery.Options) error {
	err := l.Close()
	if err == nil {
		return nil
	}
	if o.LedgerRequired {
		return ledgerFailure(err)
	}
	o.LedgerFailed(err)
	return nil
}
