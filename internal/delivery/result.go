package delivery

import (
	"slices"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// Result is the outcome of one record.
type Result struct {
	Index int // place in the input, or in the order of the flush
	Entry ledger.Entry
	Cause error // why it was not recorded; nil if it was, or was skipped
	// Known is the status of the record that it was skipped for: recorded or dropped.
	Known    ledger.Status
	InLedger bool
}

// Summary is what the results of a run add up to. The zero value is empty and ready.
type Summary struct {
	Policy Policy
	// Flushing is true if whatever was not sent stays in the ledger as it was.
	Flushing bool

	Counts     map[ledger.Status]int
	Total      int
	Duplicates int   // sent again after an attempt without an answer
	Failures   int   // that count for the run
	First      error // the first of them
	// Kinds are the first failure of each kind, in the order in which the kinds came.
	Kinds []KindFailure
	// Kind is that of all failures, partial if they differ, "" without any.
	Kind client.Kind

	Tolerated map[ledger.Status]int // failures that the policy does not count
	Reason    error                 // the first of them

	Uncertain         string // id of the first record that is uncertain
	UncertainInLedger bool
}

// KindFailure is a failure that stands for all of its kind.
type KindFailure struct {
	Kind client.Kind
	Result
}

// addKind takes a failure for its kind if it is the first of it in the input. What was not sent
// because of another failure stands for none.
func (s *Summary) addKind(f KindFailure) {
	i := slices.IndexFunc(s.Kinds, func(k KindFailure) bool { return k.Kind == f.Kind })
	switch {
	case i < 0:
		s.Kinds = append(s.Kinds, f)
	case f.Entry.Attempts > 0 && (s.Kinds[i].Entry.Attempts == 0 || f.Index < s.Kinds[i].Index):
		s.Kinds[i] = f
	}
}

// Add counts a result. A run that was interrupted fails whatever its policy.
func (s *Summary) Add(r Result, interrupted bool) {
	if s.Counts == nil {
		s.Counts, s.Tolerated = map[ledger.Status]int{}, map[ledger.Status]int{}
	}
	s.Total++
	s.Counts[r.Entry.Status]++
	if r.Entry.PossiblyDuplicated && (r.Entry.Status == ledger.Recorded || r.Entry.Status == ledger.Uncertain) {
		s.Duplicates++
	}
	if r.Entry.Status == ledger.Uncertain && s.Uncertain == "" {
		s.Uncertain, s.UncertainInLedger = r.Entry.ID, r.InLedger
	}
	if r.Cause != nil {
		s.addFailure(r, interrupted)
	}
}

func (s *Summary) addFailure(r Result, interrupted bool) {
	kind := client.KindOf(r.Cause)
	passes := kind == client.KindUnavailable || kind == client.KindUncertain
	// A record that was uncertain before and met a server that is down is uncertain, not safe to
	// send again; a flush leaves it as it was.
	if r.Entry.Status == ledger.Uncertain && !s.Flushing {
		kind = client.KindUncertain
	}
	if s.Policy != PolicyFail && passes && !interrupted {
		s.Tolerated[r.Entry.Status]++
		if s.Reason == nil {
			s.Reason = r.Cause
		}
		return
	}
	s.Failures++
	s.addKind(KindFailure{kind, r})
	switch {
	case s.Failures == 1:
		s.Kind, s.First = kind, r.Cause
	case s.Kind != kind:
		s.Kind = client.KindPartial
	}
}
