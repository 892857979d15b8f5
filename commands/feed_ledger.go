package commands

import (
	"errors"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
)

// beginRecord writes the deployment record of an annotated fetch down as in
// flight. A ledger that cannot be used does not hold up the fetch.
func (c *call) beginRecord(s *server, p *fetchPlan) (*delivery.Fetch, error) {
	address, err := ledger.Server(s.BaseURL())
	if err != nil {
		return nil, err
	}
	record := delivery.NewFetch(p.record(), address, c.env.Now())
	l, err := c.openLedger(false)
	if l == nil || err != nil {
		return record, err
	}
	if err := record.Begin(c.ctx, l); err != nil {
		_, named := c.ledgerSetting()
		c.ledgerWarning(named, err)
	}
	return record, nil
}

// withSettleHint adds to the hint of a fetch whose record is uncertain how to
// settle it in the ledger.
func (c *call) withSettleHint(record *delivery.Fetch, err error) error {
	if record == nil || !record.InLedger() || record.Entry.Status != ledger.Uncertain {
		return err
	}
	then := "; then progetctl deploy settle " + record.Entry.ID + " --as recorded or dropped"
	if f, ok := errors.AsType[*failure](err); ok {
		f.Hint += then
	} else if e, ok := errors.AsType[*client.Error](err); ok && e.Hint != "" {
		e.Hint += then
	}
	return err
}

// concludeRecord writes the outcome of the record. cause is why the fetch failed,
// nil if it did not.
func (c *call) concludeRecord(record *delivery.Fetch, got client.Fetched, cause error) {
	if err := record.Conclude(c.ctx, got, cause); err != nil {
		_, named := c.ledgerSetting()
		c.ledgerWarning(named, err)
	}
}
