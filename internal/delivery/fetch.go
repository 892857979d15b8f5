package delivery

import (
	"context"
	"errors"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// Fetch is the deployment record of an annotated fetch. It is in the ledger, if there is one,
// before the package is asked for.
type Fetch struct {
	Entry ledger.Entry

	ledger  *ledger.Ledger  // nil without one
	session *ledger.Session // nil without a ledger, or with one that failed
}

// NewFetch is a record that is in no ledger.
func NewFetch(d records.Item, m *Maker) *Fetch {
	f := &Fetch{Entry: m.Entry(d, ledger.Planned)}
	f.Entry.Via = ledger.Get
	return f
}

// Begin writes the record down as in flight in l, which [Fetch.Conclude] closes. After an error the
// record is in no ledger.
func (f *Fetch) Begin(ctx context.Context, l *ledger.Ledger) error {
	f.ledger = l
	session, err := l.Session(ctx, ledger.SessionOptions{Server: f.Entry.Server, Via: ledger.Get, Parallel: 1})
	if err != nil {
		return err
	}
	draft := records.Item{Record: f.Entry.Record, MadeAt: f.Entry.MadeAt, Type: f.Entry.Type, Asked: f.Entry.Asked}
	added, err := session.Add(context.WithoutCancel(ctx), []records.Item{draft}, 1)
	if err != nil {
		_ = session.Close()
		return err
	}
	f.Entry, f.session = added[0].Entry, session
	return nil
}

// InLedger is true if the record is in a ledger.
func (f *Fetch) InLedger() bool { return f.session != nil }

// Conclude writes the outcome of the record, and closes the ledger. Cause is why the fetch failed,
// nil if it did not. The error is the ledger's.
func (f *Fetch) Conclude(ctx context.Context, got client.Fetched, cause error) error {
	f.Entry.Status, f.Entry.Attempts = ledger.Status(got.Deployment), got.DeploymentAttempts
	if got.Deployment == client.DeploymentNone {
		f.Entry.Status = ledger.Failed
	}
	if got.DeploymentError != nil {
		cause = got.DeploymentError
	}
	if cause != nil && f.Entry.Status != ledger.Recorded {
		_, f.Entry.Error = outcomeOf(cause)
	}
	var failed []error
	if f.session != nil {
		_, err := f.session.Advance(context.WithoutCancel(ctx), []ledger.Outcome{{
			ID: f.Entry.ID, Status: f.Entry.Status, Attempts: f.Entry.Attempts, Error: f.Entry.Error,
		}}, nil)
		failed = append(failed, err, f.session.Close())
	}
	if f.ledger != nil {
		failed = append(failed, f.ledger.Close())
	}
	return errors.Join(failed...)
}
