package delivery

import (
	"errors"
	"iter"
	"time"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// Drafts yields records that are to be sent, and whose dates were checked; an error is the last
// that it yields.
type Drafts = iter.Seq2[records.Item, error]

// madeAt is the date of the deployment if one was given, else when an earlier run made the record,
// else now.
func madeAt(d *records.Item, now time.Time) time.Time {
	made := now
	if !d.MadeAt.IsZero() {
		made = d.MadeAt
	}
	if d.Record.Date != "" {
		made, _ = time.Parse(records.DateLayout, d.Record.Date)
	}
	return made.UTC().Truncate(time.Second)
}

// Maker makes the entries of records that are in no ledger. It may be used from several goroutines.
type Maker struct {
	Server string // the address, as [ledger.Server] writes it
	Host   string // name of this machine
	Now    func() time.Time

	ids ledger.IDs
}

// Entry is the entry of a draft.
func (m *Maker) Entry(d records.Item, status ledger.Status) ledger.Entry {
	now := m.Now()
	return ledger.Entry{
		ID: m.ids.New(now), Server: m.Server, MadeAt: madeAt(&d, now), Record: d.Record, Via: ledger.Post, Status: status,
		Type: d.Type, Asked: d.Asked, Host: m.Host,
	}
}

// reader reads drafts in another goroutine, a batch at a time, while earlier ones are sent.
type reader struct {
	batches <-chan readBatch
	enough  chan struct{} // closed when no more is wanted
	ended   bool          // no drafts are left
}

// readBatch is some drafts, or why there are none.
type readBatch struct {
	drafts []records.Item
	err    error
}

func newReader(drafts Drafts, crashed func(cause any)) *reader {
	batches, enough := make(chan readBatch), make(chan struct{})
	pass := func(b readBatch) bool {
		select {
		case batches <- b:
			return true
		case <-enough:
			return false
		}
	}
	go func() {
		defer close(batches)
		// Not recovered, a panic would end the program with the exit code that means that nothing
		// was sent.
		defer func() {
			if cause := recover(); cause != nil {
				crashed(cause)
				pass(readBatch{err: errors.New("progetctl crashed while it read the records; this is a bug")})
			}
		}()
		readBatches(drafts, pass)
	}()
	return &reader{batches: batches, enough: enough}
}

// readBatches passes drafts on in batches, until pass returns false; an error is the last of them.
func readBatches(drafts Drafts, pass func(readBatch) bool) {
	var next []records.Item
	for d, err := range drafts {
		if err != nil {
			pass(readBatch{err: err})
			return
		}
		if next = append(next, d); len(next) == batchSize {
			if !pass(readBatch{drafts: next}) {
				return
			}
			next = make([]records.Item, 0, batchSize)
		}
	}
	if len(next) > 0 {
		pass(readBatch{drafts: next})
	}
}

// next is the next batch; none after the last.
func (r *reader) next() ([]records.Item, error) {
	b, ok := <-r.batches
	r.ended = !ok || b.err != nil
	return b.drafts, b.err
}

// close ends the reading, and returns when nobody reads the drafts any more.
func (r *reader) close() {
	close(r.enough)
	for range r.batches {
	}
}
