package feed

import (
	"context"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// beginRecord saves the deployment record of an annotated fetch as in flight. If the ledger can't
// be used, the package is fetched anyway.
func beginRecord(ctx context.Context, io *cli.IO, o getOptions, t target) (*delivery.Fetch, error) {
	address, err := ledger.Server(o.server.BaseURL())
	if err != nil {
		return nil, err
	}
	maker := delivery.Maker{Server: address, Host: io.Host(), Now: io.Now}
	record := delivery.NewFetch(records.Item{Record: t.record(*o.annotation), Type: t.pkg.Type, Asked: t.asked}, &maker)
	l, err := o.ledger.OpenToSend(ctx, io, false)
	if l == nil || err != nil {
		return record, err
	}
	if err := record.Begin(ctx, l); err != nil {
		o.ledger.WarnNotKept(io, err)
	}
	return record, nil
}

// withSettleHint adds to the hint of a fetch whose record is uncertain how to settle it in the
// ledger.
func withSettleHint(l cli.Ledger, record *delivery.Fetch, err error) error {
	if record == nil || !record.InLedger() || record.Entry.Status != ledger.Uncertain {
		return err
	}
	then := "; then " + l.SettleCommands(record.Entry.ID)
	hint := cli.HintOf(err)
	if hint == "" {
		return err
	}
	return cli.WithHint(err, hint+then)
}

// concludeRecord writes the outcome of the record. cause is why the fetch failed, nil if it did
// not.
func concludeRecord(ctx context.Context, io *cli.IO, l cli.Ledger, record *delivery.Fetch, got client.Fetched, cause error) {
	if err := record.Conclude(ctx, got, cause); err != nil {
		l.WarnNotKept(io, err)
	}
}
