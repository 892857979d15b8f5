package delivery

import (
	"context"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// attempt is one record on its way, with its place in the input, and what the server answered.
type attempt struct {
	index int
	entry ledger.Entry
	// unanswered is true if it was sent before and not answered.
	unanswered bool
	// queued is true if it was queued before this run. It stays queued until it is stored or
	// refused.
	queued   bool
	inLedger bool

	learnt  ecosystem.Type // of the package, "" if that was known or is not
	receipt client.Receipt
	err     error
}

// result is the outcome of an attempt, with the cause if it was not recorded.
func (a *attempt) result(cause error) Result {
	return Result{Index: a.index, Entry: a.entry, Cause: cause, InLedger: a.inLedger}
}

// worker sends the records of a run, as one of several goroutines.
type worker struct {
	o        Options
	attempts <-chan *attempt
	answers  chan<- *attempt
	decided  <-chan struct{} // what it waits for after a record that failed
	late     bool            // each record is sent later than it was made
	started  time.Time       // of the run: what was made before is late
}

// work sends one record after the other. After one that failed it waits until it is decided whether
// the rest is sent.
func (w *worker) work(ctx context.Context) {
	for a := range w.attempts {
		w.send(ctx, a)
		failed := a.err != nil
		w.answers <- a
		if failed {
			<-w.decided
		}
	}
}

func (w *worker) send(ctx context.Context, a *attempt) {
	// Not recovered, a panic would end the program with the exit code that means that nothing was
	// sent.
	defer func() {
		if cause := recover(); cause != nil {
			w.o.Crashed(cause)
			a.err = &client.Error{Kind: client.KindUncertain, Message: "progetctl crashed while it sent this record; this is a bug"}
		}
	}()
	if a.err = sendable(a.entry.Record); a.err != nil {
		return
	}
	learnt, err := w.o.Server.Check(ctx, a.entry.Record)
	if a.entry.Type == "" {
		a.entry.Type, a.learnt = learnt, learnt
	}
	if a.err = err; err == nil {
		a.receipt, a.err = w.o.Server.Record(ctx, w.dated(a), w.request(ctx, a))
	}
}

// request is how a is sent. While it waits for its next attempt, because the server never had it,
// the ledger does not have it as in flight.
func (w *worker) request(ctx context.Context, a *attempt) client.RecordOptions {
	o := w.o.Request
	if !a.inLedger || w.o.Session == nil {
		return o
	}
	o.Waiting = func() func() error {
		ctx, id := context.WithoutCancel(ctx), a.entry.ID
		if w.o.Session.Suspend(ctx, id) != nil {
			return nil // it stays in flight, which is safe
		}
		return func() error {
			still, err := w.o.Session.Resume(ctx, id)
			switch {
			case err != nil:
				return &client.Error{Kind: client.KindInternal, Message: "not sent again, because " + err.Error(), Err: err}
			case !still:
				return errTakenOver()
			}
			return nil
		}
	}
	return o
}

// errTakenOver is the error of a record that another process took over because it considered this
// one dead.
func errTakenOver() *client.Error {
	return &client.Error{Kind: client.KindUncertain, Message: "another process has taken over this record"}
}

// sendable refuses a record that the server could only refuse: a fetch by its path may have left
// one that names no package.
func sendable(r records.Record) error {
	if r.FeedName != "" && r.PackageName != "" && r.Version != "" {
		return nil
	}
	return &client.Error{
		Kind:    client.KindInternal,
		Message: "the record has no feed, package or version, so it cannot be sent; check the history in ProGet, and settle the record",
	}
}

// dated is the record as it is sent: one that is sent later than it was made says when that was.
// Otherwise the server takes its own clock.
func (w *worker) dated(a *attempt) records.Record {
	if w.late || a.entry.MadeAt.Before(w.started) {
		return Dated(a.entry.Record, a.entry.MadeAt)
	}
	return a.entry.Record
}

// Dated is a record with the date when it was made, zero for now, unless it has its own.
func Dated(r records.Record, madeAt time.Time) records.Record {
	if r.Date == "" && !madeAt.IsZero() {
		r.Date = madeAt.UTC().Format(records.DateLayout)
	}
	return r
}
