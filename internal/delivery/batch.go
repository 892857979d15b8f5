package delivery

import (
	"context"
	"slices"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// batchSize is how many records are written down in one transaction: enough that
// its sync does not count, and the pages of the ledger's indexes, all of which it
// touches, are written seldom; few enough to begin soon.
const batchSize = 2048

// batch is the source of drafts: it writes them down, a batch at a time, and
// begins them. Without a session it only begins them.
type batch struct {
	o       Options
	session *ledger.Session // nil since the ledger failed, and without one
	drafts  *reader
	ids     ledger.IDs
	index   int        // of the next draft
	waiting []*attempt // written down, not begun
	// unwritten are outcomes of records that are in the ledger, since it failed.
	unwritten []ledger.Outcome
}

func newBatch(o Options, drafts Drafts) *batch {
	return &batch{o: o, session: o.Session, drafts: newReader(drafts)}
}

// close ends the reading. Outcomes that came after the ledger failed are written
// if it works by now: otherwise a later --once would send these records again.
func (b *batch) close(ctx context.Context) {
	b.drafts.close()
	if len(b.unwritten) > 0 {
		// The failure was reported already.
		_, _ = b.o.Session.Advance(context.WithoutCancel(ctx), b.unwritten, nil)
	}
}

// Next writes outcomes, begins what is waiting, and writes down more if there is
// room.
func (b *batch) Next(ctx context.Context, outcomes []ledger.Outcome, n int) (begun []*attempt, finished []Result, err error) {
	begun, finished, err = b.advance(ctx, outcomes, min(n, len(b.waiting)))
	for err == nil && len(begun) < n && !b.drafts.ended {
		var more []*attempt
		var done []Result
		more, done, err = b.write(ctx, n-len(begun))
		begun, finished = append(begun, more...), append(finished, done...)
		// What is finished already is shown before the next batch is read.
		if len(done) > 0 {
			break
		}
	}
	return begun, finished, err
}

// advance writes outcomes and begins the first n of those that are waiting.
func (b *batch) advance(ctx context.Context, outcomes []ledger.Outcome, n int) (begun []*attempt, finished []Result, err error) {
	next := b.waiting[:n:n] // what is appended to it must not overwrite what is waiting
	b.waiting = b.waiting[n:]
	if b.session == nil {
		b.unwritten = append(b.unwritten, outcomes...)
		return next, nil, nil
	}
	if len(outcomes) == 0 && n == 0 {
		return nil, nil, nil
	}
	ids := make([]string, len(next))
	for i, a := range next {
		ids[i] = a.entry.ID
	}
	marked, err := b.session.Advance(context.WithoutCancel(ctx), outcomes, ids)
	if err != nil {
		if err := b.ledgerFailed(err); err != nil {
			return nil, nil, err
		}
		b.unwritten = append(b.unwritten, outcomes...)
		return next, nil, nil
	}
	for _, a := range next {
		if len(marked) > 0 && marked[0] == a.entry.ID {
			marked, begun = marked[1:], append(begun, a)
			continue
		}
		finished = append(finished, takenOver(a))
	}
	return begun, finished, nil
}

// takenOver is the result of a record that another process took over because it
// considered this one dead.
func takenOver(a *attempt) Result {
	why := &client.Error{Kind: client.KindUncertain, Message: "another process took this record over"}
	a.entry.Status, a.entry.Error = Outcome(why)
	return a.result(why)
}

// ledgerFailed goes on without a ledger that failed, unless it is required.
func (b *batch) ledgerFailed(err error) error {
	if b.o.LedgerRequired {
		return &LedgerError{err}
	}
	b.o.LedgerFailed(err)
	b.session = nil
	return nil
}

// write writes a batch of drafts down and begins the first n.
func (b *batch) write(ctx context.Context, n int) (begun []*attempt, finished []Result, err error) {
	drafts, err := b.drafts.next()
	if err != nil || len(drafts) == 0 {
		return nil, nil, err
	}
	added, err := b.add(ctx, drafts, n)
	if err != nil {
		return nil, nil, err
	}
	b.waiting = slices.Grow(b.waiting, len(added))
	attempts := make([]attempt, len(added))
	for i, one := range added {
		a := &attempts[i]
		*a = attempt{
			index: b.index, entry: one.Entry, inLedger: b.session != nil,
			unanswered: drafts[i].Uncertain || one.Entry.Status == ledger.Uncertain,
			queued:     one.Known && one.Entry.Status == ledger.Queued,
		}
		b.index++
		switch {
		case one.Action == ledger.Skip:
			a.entry.Status, a.entry.Error = ledger.Skipped, nil
			finished = append(finished, Result{Index: a.index, Entry: a.entry, SentByOther: one.Entry.Status != ledger.Recorded})
		case one.Action == ledger.Leave:
			finished = append(finished, leftUncertain(a))
		case one.Begun:
			begun = append(begun, a)
		default:
			b.waiting = append(b.waiting, a)
		}
	}
	return begun, finished, nil
}

// leftUncertain is the result of a record that --once does not send: it was sent
// before and not answered.
func leftUncertain(a *attempt) Result {
	why := &client.Error{
		Kind: client.KindUncertain, Message: "an earlier attempt was not answered, and it is not sent again without --resend",
		Hint: "look at the package's history, then settle it: progetctl deploy settle " + a.entry.ID + " --as recorded|dropped",
	}
	a.entry.Status, a.entry.Error = Outcome(why)
	return a.result(why)
}

// add writes drafts down in the ledger, if there is one.
func (b *batch) add(ctx context.Context, drafts []records.Item, begin int) ([]ledger.Added, error) {
	if b.session != nil {
		for i := range drafts {
			drafts[i].MadeAt = madeAt(&drafts[i], b.o.Now())
		}
		added, err := b.session.Add(context.WithoutCancel(ctx), drafts, begin)
		if err == nil {
			return added, nil
		}
		if err := b.ledgerFailed(err); err != nil {
			return nil, err
		}
	}
	added := make([]ledger.Added, len(drafts))
	for i, d := range drafts {
		added[i] = ledger.Added{Action: ledger.Send, Entry: NewEntry(&b.ids, b.o.Address, d, ledger.Planned, b.o.Now()), Begun: i < begin}
	}
	return added, nil
}
