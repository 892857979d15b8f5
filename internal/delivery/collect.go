package delivery

import (
	"time"

	"github.com/progetctl/progetctl/internal/ledger"
)

// groupWindow is how long a group of answers waits for more, so that a fast server's answers share
// one write to the ledger: nothing against the time that a slow server takes.
const groupWindow = time.Millisecond

// flushInterval is how long results wait for more before they are passed on.
const flushInterval = 100 * time.Millisecond

// collect waits for an answer and takes along what else comes, so that one write to the ledger has
// the outcomes of all of them.
func (s *Sender) collect() (outcomes []ledger.Outcome) {
	a := s.nextAnswer()
	var closed <-chan time.Time
	if s.hasLedger {
		closed = time.After(groupWindow)
	}
	for open := true; open; {
		s.inFlight--
		outcomes = s.conclude(a, outcomes)
		if s.inFlight == 0 {
			break
		}
		a, open = s.nextOfGroup(closed)
	}
	return outcomes
}

// conclude emits the result of a record, and adds its outcome to those that are to be written.
func (s *Sender) conclude(a *attempt, outcomes []ledger.Outcome) []ledger.Outcome {
	outcome, r := s.outcome(a)
	s.o.Emit(r)
	if a.inLedger {
		outcomes = append(outcomes, outcome)
	}
	return outcomes
}

// nextAnswer waits for an answer. What was emitted is passed on if that takes time.
func (s *Sender) nextAnswer() *attempt {
	if left := flushInterval - time.Since(s.flushedAt); left > 0 {
		select {
		case a := <-s.answers:
			return a
		case <-time.After(left):
		}
	}
	s.o.Flush()
	s.flushedAt = time.Now()
	return <-s.answers
}

// nextOfGroup is one more answer of a group, if it comes before the group is closed; a nil channel
// waits for none.
func (s *Sender) nextOfGroup(closed <-chan time.Time) (*attempt, bool) {
	select {
	case a := <-s.answers:
		return a, true
	default:
	}
	if closed == nil {
		return nil, false
	}
	select {
	case a := <-s.answers:
		return a, true
	case <-closed:
		return nil, false
	}
}
