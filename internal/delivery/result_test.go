package delivery

import (
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// became is a result with a status and, if it failed, the kind of its cause.
func became(status ledger.Status, kind client.Kind) Result {
	r := Result{Entry: ledger.Entry{ID: "ID-" + string(status), Status: status}, InLedger: true}
	if kind != "" {
		r.Cause = &client.Error{Kind: kind, Message: "no"}
	}
	return r
}

// A run fails with the kind that its failures have in common, and policies pass over what may be
// sent later or may be stored.
func TestSummary(t *testing.T) {
	t.Parallel()
	recorded, rejected := became(ledger.Recorded, ""), became(ledger.Failed, client.KindRejected)
	down, lost := became(ledger.Failed, client.KindUnavailable), became(ledger.Uncertain, client.KindUncertain)
	again := became(ledger.Uncertain, client.KindUnavailable) // uncertain before, and the server is down
	for _, c := range []struct {
		name                string
		policy              Policy
		flushing, interrupt bool
		results             []Result
		kind                client.Kind
		failures, tolerated int
	}{
		{name: "nothing", policy: PolicyFail},
		{name: "all recorded", policy: PolicyFail, results: []Result{recorded, became(ledger.Skipped, "")}},
		{name: "alike", policy: PolicyFail, results: []Result{rejected, recorded, rejected}, kind: client.KindRejected, failures: 2},
		{name: "different", policy: PolicyFail, results: []Result{rejected, down, down}, kind: client.KindPartial, failures: 3},
		{name: "uncertain before", policy: PolicyFail, results: []Result{lost, again}, kind: client.KindUncertain, failures: 2},
		{name: "a flush leaves it as it was", policy: PolicyFail, flushing: true, results: []Result{again}, kind: client.KindUnavailable, failures: 1},
		{name: "warn", policy: PolicyWarn, results: []Result{down, lost}, tolerated: 2},
		{name: "queue", policy: PolicyQueue, results: []Result{became(ledger.Queued, client.KindUnavailable), rejected}, kind: client.KindRejected, failures: 1, tolerated: 1},
		{name: "interrupted", policy: PolicyWarn, interrupt: true, results: []Result{down}, kind: client.KindUnavailable, failures: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := Summary{Policy: c.policy, Flushing: c.flushing}
			for _, r := range c.results {
				s.Add(r, c.interrupt)
			}
			tolerated := 0
			for _, n := range s.Tolerated {
				tolerated += n
			}
			if s.Kind != c.kind || s.Failures != c.failures || tolerated != c.tolerated || s.Total != len(c.results) || (tolerated > 0) != (s.Reason != nil) {
				t.Errorf("got %+v", s)
			}
		})
	}
}

// The first uncertain record is the one that a hint names.
func TestSummaryNamesTheFirstUncertain(t *testing.T) {
	t.Parallel()
	var s Summary
	s.Add(became(ledger.Uncertain, client.KindUncertain), false)
	other := became(ledger.Uncertain, client.KindUncertain)
	other.Entry.ID, other.InLedger = "another", false
	if s.Add(other, false); s.Uncertain != "ID-uncertain" || !s.UncertainInLedger {
		t.Errorf("got %q, %t", s.Uncertain, s.UncertainInLedger)
	}
}

// Each kind of failure has the first of the input that stands for it, in whatever order the results
// come; what was not sent because of it does not.
func TestSummaryHasTheFirstOfEachKind(t *testing.T) {
	t.Parallel()
	var s Summary
	for _, c := range []struct {
		index, attempts int
		kind            client.Kind
	}{{5, 1, client.KindRejected}, {3, 1, client.KindNotFound}, {2, 1, client.KindRejected}, {0, 0, client.KindRejected}, {4, 1, client.KindRejected}} {
		r := became(ledger.Failed, c.kind)
		r.Index, r.Entry.Attempts = c.index, c.attempts
		s.Add(r, false)
	}
	if len(s.Kinds) != 2 || s.Kinds[0].Index != 2 || s.Kinds[1].Index != 3 || s.Kinds[1].Kind != client.KindNotFound {
		t.Errorf("got %+v", s.Kinds)
	}
}
