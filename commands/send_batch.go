package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// portion is how many records are written down in one transaction: enough that
// its sync does not count, and the pages of the ledger's indexes, all of which it
// touches, are written seldom; few enough to begin at once.
const portion = 2048

// batchFeeder writes the records of a batch down, a portion at a time, and
// hands them out. Without a session it only hands them out.
type batchFeeder struct {
	c       *call
	server  string
	session *ledger.Session
	needed  bool // a ledger that fails ends the run
	policy  failurePolicy

	ahead   <-chan read
	ids     ledger.IDs
	index   int              // of the next draft
	waiting []job            // written down, not begun
	ended   bool             // no drafts are left
	owed    []ledger.Outcome // of kept records, since the ledger failed
}

// read is a portion of drafts, or why there is none.
type read struct {
	drafts []draft
	err    error
}

// newBatchFeeder hands out drafts, which are read while earlier ones are sent.
// The function that it returns ends the reading.
func newBatchFeeder(c *call, server string, drafts draftSequence) (*batchFeeder, func()) {
	ahead, enough := make(chan read), make(chan struct{})
	hand := func(r read) bool {
		select {
		case ahead <- r:
			return true
		case <-enough:
			return false
		}
	}
	go func() {
		defer close(ahead)
		// Unrecovered, a panic would end the program with the exit code that means
		// that nothing was sent.
		defer func() {
			if cause := recover(); cause != nil {
				hand(read{err: fmt.Errorf("progetctl crashed while reading the records, which is a bug: %v", cause)})
			}
		}()
		readPortions(drafts, hand)
	}()
	return &batchFeeder{c: c, server: server, ahead: ahead}, func() {
		close(enough)
		for range ahead { // until nobody reads the file any more
		}
	}
}

// readPortions hands drafts over in portions, until hand wants no more; an error
// is the last of them.
func readPortions(drafts draftSequence, hand func(read) bool) {
	var next []draft
	for d, err := range drafts {
		if err != nil {
			hand(read{err: err})
			return
		}
		if next = append(next, d); len(next) == portion {
			if !hand(read{drafts: next}) {
				return
			}
			next = make([]draft, 0, portion)
		}
	}
	if len(next) > 0 {
		hand(read{drafts: next})
	}
}

// next settles outcomes, begins what waits, and writes down more as there is
// room.
func (f *batchFeeder) next(outcomes []ledger.Outcome, n int) (begun []job, finished []result, err error) {
	begun, finished, err = f.advance(outcomes, min(n, len(f.waiting)))
	for err == nil && len(begun) < n && !f.ended {
		var more []job
		var done []result
		more, done, err = f.write(n - len(begun))
		begun, finished = append(begun, more...), append(finished, done...)
		// What is finished already is shown before the next portion is read.
		if len(done) > 0 {
			break
		}
	}
	return begun, finished, err
}

// advance settles outcomes and begins the first n of those that wait.
func (f *batchFeeder) advance(outcomes []ledger.Outcome, n int) (begun []job, finished []result, err error) {
	next := f.waiting[:n:n] // what is appended to it must not run into what waits
	f.waiting = f.waiting[n:]
	if f.session == nil {
		f.owed = append(f.owed, outcomes...)
		return next, nil, nil
	}
	if len(outcomes) == 0 && n == 0 {
		return nil, nil, nil
	}
	ids := make([]string, len(next))
	for i, j := range next {
		ids[i] = j.entry.ID
	}
	marked, err := f.session.Advance(context.WithoutCancel(f.c.ctx), outcomes, ids)
	if err != nil {
		if err := f.withoutLedger(err); err != nil {
			return nil, nil, err
		}
		f.owed = append(f.owed, outcomes...)
		return next, nil, nil
	}
	for _, j := range next {
		if len(marked) > 0 && marked[0] == j.entry.ID {
			marked, begun = marked[1:], append(begun, j)
			continue
		}
		finished = append(finished, f.taken(j))
	}
	return begun, finished, nil
}

// taken is a record that another process, taking this one for dead, took over.
func (f *batchFeeder) taken(j job) result {
	why := &client.Error{Kind: client.KindUncertain, Message: "another process took this record over"}
	j.entry.Status, j.entry.Error = ledgerOutcome(why)
	return j.result(why)
}

// withoutLedger goes on without a ledger that fails, unless it is needed.
func (f *batchFeeder) withoutLedger(err error) error {
	if f.needed {
		return ledgerFailure(err)
	}
	_, named := f.c.ledgerSetting()
	f.c.ledgerWarning(named, err)
	f.session = nil
	return nil
}

// end ends the session. What came after the ledger failed is written down if it
// works by now: else a later --once would send it again.
func (f *batchFeeder) end(session *ledger.Session) {
	if len(f.owed) > 0 {
		_, _ = session.Advance(context.WithoutCancel(f.c.ctx), f.owed, nil) // the failure has been told
	}
	_ = session.Close()
}

// write writes a portion of drafts down and begins the first n.
func (f *batchFeeder) write(n int) (begun []job, finished []result, err error) {
	drafts, err := f.read()
	if err != nil || len(drafts) == 0 {
		return nil, nil, err
	}
	added, err := f.add(drafts, n)
	if err != nil {
		return nil, nil, err
	}
	f.waiting = slices.Grow(f.waiting, len(added))
	for i, a := range added {
		j := job{index: f.index, entry: a.Entry, doubtful: drafts[i].doubtful || a.Entry.Status == ledger.Uncertain, kept: f.session != nil}
		j.queued = a.Known && a.Entry.Status == ledger.Queued
		f.index++
		switch {
		case a.Action == ledger.Skip:
			j.entry.Status, j.entry.Error = ledger.Skipped, nil
			finished = append(finished, result{index: j.index, entry: j.entry, elsewhere: a.Entry.Status != ledger.Recorded})
		case a.Action == ledger.Leave:
			finished = append(finished, left(j))
		case a.Begun:
			begun = append(begun, j)
		default:
			f.waiting = append(f.waiting, j)
		}
	}
	return begun, finished, nil
}

// left is a record that --once leaves alone: it was sent before and not answered.
func left(j job) result {
	why := &client.Error{
		Kind: client.KindUncertain, Message: "an earlier attempt was not answered, and it is not sent again without --resend",
		Hint: "look at the package's history, then settle it: progetctl deploy settle " + j.entry.ID + " --as recorded|dropped",
	}
	j.entry.Status, j.entry.Error = ledgerOutcome(why)
	return j.result(why)
}

// read takes the next portion of drafts.
func (f *batchFeeder) read() ([]draft, error) {
	r, ok := <-f.ahead
	f.ended = !ok || r.err != nil
	return r.drafts, r.err
}

// add writes drafts down, in the ledger where there is one.
func (f *batchFeeder) add(drafts []draft, begin int) ([]ledger.Added, error) {
	if f.session != nil {
		var entered []ledger.Draft
		for _, d := range drafts {
			entered = append(entered, ledger.Draft{Record: d.record, MadeAt: d.madeAtOr(f.c.env.Now()), Via: ledger.Post})
		}
		added, err := f.session.Add(context.WithoutCancel(f.c.ctx), entered, begin)
		if err == nil {
			return added, nil
		}
		if err := f.withoutLedger(err); err != nil {
			return nil, err
		}
	}
	added := make([]ledger.Added, len(drafts))
	for i, d := range drafts {
		added[i] = ledger.Added{Action: ledger.Send, Entry: f.c.entry(&f.ids, f.server, d, ledger.Planned), Begun: i < begin}
	}
	return added, nil
}

// madeAtOr is the date of the deployment where one was given, else when an
// earlier run took it on, else now.
func (d draft) madeAtOr(now time.Time) time.Time {
	made := now
	if !d.madeAt.IsZero() {
		made = d.madeAt
	}
	if d.record.Date != "" {
		made, _ = time.Parse(client.DateLayout, d.record.Date)
	}
	return made.UTC().Truncate(time.Second)
}

// rest hands out what was never begun: queued where that was asked for and the
// cause may pass, else failed with no attempts.
func (f *batchFeeder) rest(returned []job, why *client.Error, emit func(result)) error {
	f.waiting = append(returned, f.waiting...)
	u := unsent{why: why}
	u.status, u.failure = ledgerOutcome(why)
	if f.policy == onFailureQueue && why.Kind != client.KindAuth {
		u.status = ledger.Queued
	}
	err := f.restWaiting(u, emit)
	for err == nil && !f.ended {
		if u.status == ledger.Queued {
			err = f.restQueued(u, emit)
		} else {
			err = f.restUnwritten(u, emit)
		}
	}
	return err
}

// unsent is what becomes of records that are not begun any more.
type unsent struct {
	why     *client.Error
	status  ledger.Status
	failure *ledger.Failure
}

// result is what becomes of one: where it was in doubt or queued, it still is.
func (u unsent) result(j job) result {
	j.entry.Status, j.entry.Error = u.status, u.failure
	switch {
	case j.doubtful:
		j.entry.Status = ledger.Uncertain
	case j.queued:
		j.entry.Status = ledger.Queued
	}
	return j.result(u.why)
}

// restWaiting is rest for what is written down already, where it stays queued
// unless something else is said of it.
func (f *batchFeeder) restWaiting(u unsent, emit func(result)) error {
	var outcomes []ledger.Outcome
	for _, j := range f.waiting {
		r := u.result(j)
		emit(r)
		if j.kept && r.entry.Status != ledger.Queued {
			outcomes = append(outcomes, ledger.Outcome{ID: r.entry.ID, Status: r.entry.Status, Error: u.failure})
		}
	}
	f.waiting = nil
	_, _, err := f.advance(outcomes, 0)
	return err
}

// restQueued writes a portion down, to be sent by a flush.
func (f *batchFeeder) restQueued(u unsent, emit func(result)) error {
	_, finished, err := f.write(0)
	for _, r := range finished {
		emit(r)
	}
	if err != nil {
		return err
	}
	return f.restWaiting(u, emit)
}

// restUnwritten is rest for a portion that nobody will send: it is not written
// down any more.
func (f *batchFeeder) restUnwritten(u unsent, emit func(result)) error {
	drafts, err := f.read()
	for _, d := range drafts {
		emit(u.result(job{index: f.index, entry: f.c.entry(&f.ids, f.server, d, u.status), doubtful: d.doubtful}))
		f.index++
	}
	return err
}
