package delivery

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// batchSize is how many records are written down in one transaction: enough that its sync does not
// count, and the pages of the ledger's indexes, all of which it touches, are written seldom; few
// enough to begin soon.
const batchSize = 2048

// batch is the source of drafts: it writes them down, a batch at a time, and begins them. Without a
// session it only begins them.
type batch struct {
	o       Options
	session *ledger.Session // nil without a ledger
	drafts  *reader
	maker   Maker      // of entries that the ledger does not have
	index   int        // of the next draft
	waiting []*attempt // written down, not begun
	stored  []stored   // the same, behind those: only the ledger has them
	others  []other    // another process is about to send them
	unadded int        // drafts that were read, and that the ledger did not take
	checked time.Time  // when others were looked at last
	written bool       // the ledger has something of this batch
	// unwritten are outcomes of records that are in the ledger, since it failed.
	unwritten []ledger.Outcome
}

// maxWaiting is how many records that wait are in memory while a whole batch is written down; the
// ledger has the others.
const maxWaiting = 4 * batchSize

// stored is a record of a large batch that waits and is not in memory.
type stored struct {
	id                 string
	index              int
	unanswered, queued bool
}

func newBatch(o Options, drafts Drafts) *batch {
	return &batch{
		o: o, session: o.Session, drafts: newReader(drafts, o.Crashed), maker: Maker{Server: o.Address, Host: o.Host, Now: o.Now},
	}
}

// close ends the reading after a run that ended with err. Outcomes that came after the ledger
// failed are written if it works by now: otherwise these records would be uncertain.
func (b *batch) close(ctx context.Context, err error) error {
	defer b.drafts.close()
	failed, ok := err.(*LedgerError)
	if !ok {
		return err
	}
	failed.NotBegun = b.left()
	if len(b.unwritten) > 0 {
		_, again := b.o.Session.Advance(context.WithoutCancel(ctx), b.unwritten, nil)
		if again == nil {
			b.unwritten = nil
		}
	}
	if failed.NotBegun > 0 || b.o.LedgerRequired {
		return err
	}
	if len(b.unwritten) > 0 {
		b.o.NotWritten(failed.Err)
	}
	return nil
}

// left counts the records that were not begun, and reads the drafts to their end.
func (b *batch) left() int {
	n := b.unadded + len(b.waiting) + len(b.stored) + len(b.others)
	for !b.drafts.ended {
		drafts, _ := b.drafts.next() // an error is the end of them
		n += len(drafts)
	}
	return n
}

// Next writes outcomes, begins what is waiting, and writes down more if there is room. Under
// PolicyQueue it begins nothing before the whole batch is written down.
func (b *batch) Next(ctx context.Context, outcomes []ledger.Outcome, n int) (next step, err error) {
	if b.queues() && !b.drafts.ended {
		next.more = moreReady
		next.finished, err = b.writeToQueue(ctx)
		return next, err
	}
	if err := b.load(ctx); err != nil {
		return next, err
	}
	if err := b.advance(ctx, &next, outcomes, min(n, len(b.waiting))); err != nil {
		return next, err
	}
	idle := n >= b.o.Parallel
	if err := b.checkOthers(ctx, &next, n, idle); err != nil {
		return next, err
	}
	for len(next.begun) < n && !b.drafts.ended && len(b.others) < batchSize {
		finished := len(next.finished)
		if err := b.write(ctx, &next, n); err != nil {
			return next, err
		}
		// What is finished already is shown before the next batch is read.
		if len(next.finished) > finished {
			break
		}
	}
	switch {
	case len(b.waiting)+len(b.stored) > 0 || !b.drafts.ended && len(b.others) < batchSize:
		next.more = moreReady
	case len(b.others) > 0:
		next.more = moreOthers
	}
	return next, nil
}

// advance writes outcomes and begins the first n of those that are waiting.
func (b *batch) advance(ctx context.Context, next *step, outcomes []ledger.Outcome, n int) error {
	chosen := b.waiting[:n]
	if b.session == nil {
		b.waiting, next.begun = b.waiting[n:], append(next.begun, chosen...)
		return nil
	}
	if len(outcomes) == 0 && n == 0 {
		return nil
	}
	ids := make([]string, len(chosen))
	for i, a := range chosen {
		ids[i] = a.entry.ID
	}
	marked, err := b.session.Advance(context.WithoutCancel(ctx), outcomes, ids)
	if err != nil {
		b.unwritten = append(b.unwritten, outcomes...)
		return &LedgerError{Err: err}
	}
	b.waiting = b.waiting[n:]
	for _, a := range chosen {
		if len(marked) > 0 && marked[0] == a.entry.ID {
			marked, next.begun = marked[1:], append(next.begun, a)
			continue
		}
		next.finished = append(next.finished, failedWith(a, errTakenOver()))
	}
	return nil
}

// failedWith is the result of a record that is not sent because of err.
func failedWith(a *attempt, err *client.Error) Result {
	a.entry.Status, a.entry.Error = outcomeOf(err)
	return a.result(err)
}

// write writes a batch of drafts down and begins the first until n are begun.
func (b *batch) write(ctx context.Context, next *step, n int) error {
	drafts, err := b.drafts.next()
	if err != nil || len(drafts) == 0 {
		return err
	}
	first := b.index
	b.index += len(drafts)
	places := make([]int, len(drafts))
	for i := range places {
		places[i] = first + i
	}
	if err := b.enter(ctx, next, drafts, places, n); err != nil {
		b.unadded += len(drafts)
		return err
	}
	return nil
}

// enter adds drafts, whose places in the input are given, and begins the first until n are begun.
func (b *batch) enter(ctx context.Context, next *step, drafts []records.Item, places []int, n int) error {
	added, err := b.add(ctx, drafts, n-len(next.begun))
	if err != nil {
		return err
	}
	b.waiting = slices.Grow(b.waiting, len(added))
	attempts := make([]attempt, len(added))
	for i, one := range added {
		a := &attempts[i]
		*a = attempt{
			index: places[i], entry: one.Entry, inLedger: b.session != nil,
			unanswered: drafts[i].Uncertain || one.Entry.Status == ledger.Uncertain,
			queued:     one.Known && one.Entry.Status == ledger.Queued,
		}
		switch {
		case one.Action == ledger.Wait:
			b.others = append(b.others, other{drafts[i], places[i]})
		case one.Action != ledger.Send:
			next.finished = append(next.finished, notSent(a, one.Action))
		case one.Begun:
			next.begun = append(next.begun, a)
		default:
			b.waiting = append(b.waiting, a)
		}
	}
	return nil
}

// notSent is the result of a known record that is skipped, or left because it is uncertain.
func notSent(a *attempt, action ledger.Action) Result {
	if action == ledger.Skip {
		known := a.entry.Status
		a.entry.Status, a.entry.Error = ledger.Skipped, nil
		return Result{Index: a.index, Entry: a.entry, Known: known, InLedger: a.inLedger}
	}
	return failedWith(a, &client.Error{
		Kind: client.KindUncertain, Message: "an earlier attempt got no response, and it is not resent without --resend",
	})
}

// add writes drafts down in the ledger, if there is one. A ledger that fails before it has anything
// of the batch is done without, unless it is required, or may have some of it as not begun: that
// would be sent again by whoever runs the batch with --once.
func (b *batch) add(ctx context.Context, drafts []records.Item, begin int) ([]ledger.Added, error) {
	for i := range drafts {
		drafts[i].MadeAt = madeAt(&drafts[i], b.o.Now())
	}
	if b.session != nil {
		added, err := b.session.Add(context.WithoutCancel(ctx), drafts, begin)
		if err == nil {
			b.written = true
			return added, nil
		}
		mayWait := errors.Is(err, ledger.ErrUnclear) && begin < len(drafts)
		if b.written || b.o.LedgerRequired || mayWait {
			return nil, &LedgerError{Err: err}
		}
		b.o.LedgerFailed(err)
		b.session = nil
	}
	added := make([]ledger.Added, len(drafts))
	for i, d := range drafts {
		added[i] = ledger.Added{Action: ledger.Send, Entry: b.maker.Entry(d, ledger.Planned), Begun: i < begin}
	}
	return added, nil
}

// queues is true if the whole batch is written down before any of it is sent.
func (b *batch) queues() bool { return b.session != nil && b.o.Policy == PolicyQueue }

// writeToQueue writes one batch of drafts down and begins none.
func (b *batch) writeToQueue(ctx context.Context) ([]Result, error) {
	var next step
	before := len(b.waiting)
	err := b.write(ctx, &next, 0)
	if len(b.stored) > 0 || before >= maxWaiting {
		for _, a := range b.waiting[before:] {
			b.stored = append(b.stored, stored{a.entry.ID, a.index, a.unanswered, a.queued})
		}
		b.waiting = b.waiting[:before]
	}
	return next.finished, err
}

// load takes records that only the ledger has into memory, if no others wait.
func (b *batch) load(ctx context.Context) error {
	if len(b.waiting) > 0 || len(b.stored) == 0 {
		return nil
	}
	some := b.stored[:min(batchSize, len(b.stored))]
	ids := make([]string, len(some))
	for i, s := range some {
		ids[i] = s.id
	}
	entries, err := b.session.Entries(context.WithoutCancel(ctx), ids)
	if err != nil {
		return &LedgerError{Err: err}
	}
	known := make(map[string]ledger.Entry, len(entries))
	for _, e := range entries {
		known[e.ID] = e
	}
	b.stored = b.stored[len(some):]
	for _, s := range some {
		b.waiting = append(b.waiting, &attempt{
			index: s.index, entry: known[s.id], inLedger: true, unanswered: s.unanswered, queued: s.queued,
		})
	}
	return nil
}
