package delivery

import (
	"context"

	"github.com/progetctl/progetctl/internal/ledger"
)

// maxWaiting is how many records that wait are in memory while a whole batch is
// written down; the ledger has the others.
const maxWaiting = 4 * batchSize

// stored is a record of a large batch that waits and is not in memory.
type stored struct {
	id                 string
	index              int
	unanswered, queued bool
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
