package commands

import (
	"context"
	"errors"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// keptFetch is the deployment record of an annotated fetch, which stands in the
// ledger, if there is one, before the package is asked for.
type keptFetch struct {
	entry   ledger.Entry
	session *ledger.Session // nil without a ledger
	close   func() error
}

// keep writes the record of p down as being on its way. A ledger that cannot
// be used does not hold up the fetch.
func (c *call) keep(s *server, p *fetchPlan) (*keptFetch, error) {
	address, err := ledger.Server(s.BaseURL())
	if err != nil {
		return nil, err
	}
	var ids ledger.IDs
	d := draft{record: p.record()}
	k := &keptFetch{entry: c.entry(&ids, address, d, ledger.Planned), close: func() error { return nil }}
	k.entry.Via = ledger.Get
	l, err := c.openLedger(false)
	if l == nil || err != nil {
		return k, err
	}
	if err := k.begin(c, l, d); err != nil {
		_, named := c.ledgerSetting()
		c.ledgerWarning(named, err)
		k.session = nil
	}
	return k, nil
}

func (k *keptFetch) begin(c *call, l *ledger.Ledger, d draft) (err error) {
	k.close = l.Close
	k.session, err = l.Session(c.ctx, ledger.SessionOptions{Server: k.entry.Server, Parallel: 1})
	if err != nil {
		return err
	}
	session := k.session
	k.close = func() error { return errors.Join(session.Close(), l.Close()) }
	added, err := session.Add(context.WithoutCancel(c.ctx), []ledger.Draft{{Record: d.record, MadeAt: k.entry.MadeAt, Via: ledger.Get}}, 1)
	if err == nil {
		k.entry = added[0].Entry
	}
	return err
}

// advise adds to the hint of a fetch whose record is in doubt how to end that
// in the ledger.
func (k *keptFetch) advise(err error) error {
	if k == nil || k.session == nil || k.entry.Status != ledger.Uncertain {
		return err
	}
	then := "; then progetctl deploy settle " + k.entry.ID + " --as recorded or dropped"
	if f, ok := errors.AsType[*failure](err); ok {
		f.hint += then
	} else if e, ok := errors.AsType[*client.Error](err); ok && e.Hint != "" {
		e.Hint += then
	}
	return err
}

// settle notes what became of the record. cause is why the fetch failed, nil
// where it did not.
func (k *keptFetch) settle(c *call, got client.Fetched, cause error) {
	k.entry.Status, k.entry.Attempts = ledger.Status(got.Deployment), got.DeploymentAttempts
	if got.Deployment == client.DeploymentNone {
		k.entry.Status = ledger.Failed
	}
	if got.DeploymentError != nil {
		cause = got.DeploymentError
	}
	if cause != nil && k.entry.Status != ledger.Recorded {
		_, k.entry.Error = ledgerOutcome(cause)
	}
	var err error
	if k.session != nil {
		_, err = k.session.Advance(context.WithoutCancel(c.ctx), []ledger.Outcome{{
			ID: k.entry.ID, Status: k.entry.Status, Attempts: k.entry.Attempts, Error: k.entry.Error,
		}}, nil)
	}
	if err = errors.Join(err, k.close()); err != nil {
		_, named := c.ledgerSetting()
		c.ledgerWarning(named, err)
	}
}
