package commands

import (
	"context"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// flushFeeder hands out what a ledger has queued.
type flushFeeder struct {
	c       *call
	session *ledger.Session
	index   int
}

// next settles outcomes and claims at most n records.
func (f *flushFeeder) next(outcomes []ledger.Outcome, n int) (begun []job, _ []result, _ error) {
	claimed, err := f.session.Claim(context.WithoutCancel(f.c.ctx), outcomes, n)
	if err != nil {
		return nil, nil, ledgerFailure(err)
	}
	for _, e := range claimed {
		begun = append(begun, job{index: f.index, entry: e, kept: true, doubtful: e.Status == ledger.Uncertain || e.PossiblyDuplicated})
		f.index++
	}
	return begun, nil, nil
}

// rest has nothing to hand out: what was not claimed stays as it is.
func (f *flushFeeder) rest([]job, *client.Error, func(result)) error { return nil }
