package delivery

import (
	"context"
	"time"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// other is a draft that another process, or an earlier draft of this batch, is about to send. It is
// added again until that is over: then it is recorded, or sent here.
type other struct {
	draft records.Item
	index int
}

const (
	othersAtOnce   = 64 // drafts that are looked at in one transaction
	othersInterval = 100 * time.Millisecond
)

// checkOthers looks whether records of others are still theirs: when there is nothing else to do,
// and now and then.
func (b *batch) checkOthers(ctx context.Context, next *step, n int, idle bool) error {
	if len(b.others) == 0 || !idle && time.Since(b.checked) < othersInterval {
		return nil
	}
	// A process that died is noticed here, and gives its records back.
	if err := b.session.Recover(context.WithoutCancel(ctx)); err != nil {
		return &LedgerError{Err: err}
	}
	for len(b.others) > 0 && len(next.begun) < n {
		some := b.others[:min(othersAtOnce, len(b.others))]
		rest := b.others[len(some):]
		drafts, places := make([]records.Item, len(some)), make([]int, len(some))
		for i, o := range some {
			drafts[i], places[i] = o.draft, o.index
		}
		b.others = nil
		if err := b.enter(ctx, next, drafts, places, n); err != nil {
			b.others = append(some, rest...)
			return err
		}
		still := len(b.others)
		b.others = append(b.others, rest...)
		if still > 0 {
			break
		}
	}
	b.checked = time.Now()
	return nil
}

// remainingOthers concludes the drafts that others were about to send when the sending stopped.
func (b *batch) remainingOthers(ctx context.Context, u unsent, emit func(Result)) error {
	drafts := make([]records.Item, len(b.others))
	for i, o := range b.others {
		drafts[i] = o.draft
	}
	known, err := b.lookup(ctx, drafts)
	if err != nil {
		return err
	}
	for i, o := range b.others {
		emit(b.unsentDraft(u, o.draft, o.index, known[i]))
	}
	b.others = nil
	return nil
}

// lookup finds the ledger's records of drafts that will not be sent.
func (b *batch) lookup(ctx context.Context, drafts []records.Item) ([]ledger.Added, error) {
	if b.session == nil {
		return make([]ledger.Added, len(drafts)), nil
	}
	known, err := b.session.Lookup(context.WithoutCancel(ctx), drafts)
	if err != nil {
		return nil, &LedgerError{Err: err}
	}
	return known, nil
}

// unsentDraft is the result of a draft that will not be sent, with the ledger's record of it.
func (b *batch) unsentDraft(u unsent, d records.Item, index int, known ledger.Added) Result {
	a := &attempt{index: index, entry: known.Entry, unanswered: d.Uncertain, inLedger: known.Known}
	switch known.Action {
	case ledger.Skip, ledger.Leave:
		return notSent(a, known.Action)
	case "":
		a.entry = b.maker.Entry(d, u.status)
	case ledger.Wait:
		u.status, u.failure = outcomeOf(u.why)
	}
	a.queued = known.Action == ledger.Send && known.Entry.Status == ledger.Queued
	a.unanswered = a.unanswered || known.Entry.Status == ledger.Uncertain && known.Action == ledger.Send
	return u.result(a)
}
