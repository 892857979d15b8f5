package delivery

import (
	"context"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// Remaining emits the results of what was never begun: queued if that was asked for and the cause
// may pass, else failed with no attempts.
func (b *batch) Remaining(ctx context.Context, returned []*attempt, why *client.Error, emit func(Result)) error {
	b.waiting = append(returned, b.waiting...)
	u := unsent{why: why}
	u.status, u.failure = outcomeOf(why)
	if b.o.Policy == PolicyQueue && why.Kind != client.KindAuth {
		u.status = ledger.Queued
	}
	err := b.remainingWritten(ctx, u, emit)
	for err == nil && !b.drafts.ended {
		if u.status == ledger.Queued {
			err = b.remainingToQueue(ctx, u, emit)
		} else {
			err = b.remainingUnwritten(ctx, u, emit)
		}
	}
	if err != nil {
		return err
	}
	return b.remainingOthers(ctx, u, emit)
}

// unsent is the outcome of records that are not begun any more.
type unsent struct {
	why     *client.Error
	status  ledger.Status
	failure *ledger.Failure
}

// result is the result of one: it stays uncertain or queued if it was.
func (u unsent) result(a *attempt) Result {
	a.entry.Status, a.entry.Error = u.status, u.failure
	switch {
	case a.unanswered:
		a.entry.Status = ledger.Uncertain
	case a.queued:
		a.entry.Status = ledger.Queued
	}
	return a.result(u.why)
}

// remainingWritten concludes what is written down already, and stays queued in the ledger unless
// its outcome is another.
func (b *batch) remainingWritten(ctx context.Context, u unsent, emit func(Result)) error {
	for {
		if err := b.load(ctx); err != nil || len(b.waiting) == 0 {
			return err
		}
		var outcomes []ledger.Outcome
		for _, a := range b.waiting {
			r := u.result(a)
			emit(r)
			if a.inLedger && r.Entry.Status != ledger.Queued {
				outcomes = append(outcomes, ledger.Outcome{ID: r.Entry.ID, Status: r.Entry.Status, Error: u.failure})
			}
		}
		b.waiting = nil
		if err := b.advance(ctx, &step{}, outcomes, 0); err != nil {
			return err
		}
	}
}

// remainingToQueue writes a batch of drafts down, to be sent by a flush.
func (b *batch) remainingToQueue(ctx context.Context, u unsent, emit func(Result)) error {
	var next step
	err := b.write(ctx, &next, 0)
	for _, r := range next.finished {
		emit(r)
	}
	if err != nil {
		return err
	}
	return b.remainingWritten(ctx, u, emit)
}

// remainingUnwritten concludes a batch of drafts that will not be sent: they are not saved any
// more, but their records in the ledger are reported.
func (b *batch) remainingUnwritten(ctx context.Context, u unsent, emit func(Result)) error {
	drafts, err := b.drafts.next()
	if err != nil {
		return err
	}
	known, err := b.lookup(ctx, drafts)
	if err != nil {
		b.unadded += len(drafts)
		return err
	}
	for i, d := range drafts {
		emit(b.unsentDraft(u, d, b.index, known[i]))
		b.index++
	}
	return nil
}
