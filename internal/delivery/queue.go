package delivery

import (
	"context"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// queue is the source of a flush: what the ledger has queued.
type queue struct {
	session *ledger.Session
	index   int
}

// Next writes outcomes and claims at most n records.
func (q *queue) Next(ctx context.Context, outcomes []ledger.Outcome, n int) (step, error) {
	claimed, err := q.session.Claim(context.WithoutCancel(ctx), outcomes, n)
	if err != nil {
		return step{}, &LedgerError{Err: err}
	}
	var next step
	for _, e := range claimed {
		next.begun = append(next.begun, &attempt{
			index: q.index, entry: e, inLedger: true, unanswered: e.Status == ledger.Uncertain || e.PossiblyDuplicated,
		})
		q.index++
	}
	return next, nil
}

// Remaining has nothing to do: what was not claimed stays as it is.
func (q *queue) Remaining(context.Context, []*attempt, *client.Error, func(Result)) error { return nil }
