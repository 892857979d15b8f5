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
func (q *queue) Next(ctx context.Context, outcomes []ledger.Outcome, n int) (begun []*attempt, _ []Result, _ error) {
	claimed, err := q.session.Claim(context.WithoutCancel(ctx), outcomes, n)
	if err != nil {
		return nil, nil, &LedgerError{err}
	}
	for _, e := range claimed {
		begun = append(begun, &attempt{
			index: q.index, entry: e, inLedger: true, unanswered: e.Status == ledger.Uncertain || e.PossiblyDuplicated,
		})
		q.index++
	}
	return begun, nil, nil
}

// Remaining has nothing to do: what was not claimed stays as it is.
func (q *queue) Remaining(context.Context, []*attempt, *client.Error, func(Result)) error { return nil }
