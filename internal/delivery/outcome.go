package delivery

import (
	"errors"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// outcomeOf is the status and error of a record that was not recorded because of err: uncertain if
// the server may have stored it, else failed.
func outcomeOf(err error) (ledger.Status, *ledger.Failure) {
	kind := client.KindOf(err)
	failure := &ledger.Failure{Kind: string(kind), Message: err.Error()}
	if e, ok := errors.AsType[*client.Error](err); ok {
		failure.Status = e.Status
	}
	if kind == client.KindUncertain {
		return ledger.Uncertain, failure
	}
	return ledger.Failed, failure
}

// outcome decides what an answer means for its record, and for the rest.
func (s *Sender) outcome(a *attempt) (ledger.Outcome, Result) {
	e := &a.entry
	e.Attempts += a.receipt.Attempts
	before := e.Status
	outcome := ledger.Outcome{ID: e.ID, Attempts: a.receipt.Attempts, Type: a.learnt}
	if a.err == nil {
		s.unansweredInRow, s.unavailableInRow = 0, 0
		e.Status, e.Error = ledger.Recorded, nil
		e.PossiblyDuplicated = e.PossiblyDuplicated || a.receipt.PossiblyDuplicated || a.unanswered
		outcome.Status, outcome.PossiblyDuplicated = e.Status, e.PossiblyDuplicated
		return outcome, a.result(nil)
	}
	s.stopAfter(a.err)
	s.decided <- struct{}{}
	e.Status, e.Error = s.failed(a)
	e.PossiblyDuplicated = e.PossiblyDuplicated || a.receipt.PossiblyDuplicated || a.unanswered && client.KindOf(a.err) == client.KindUncertain
	outcome.Status, outcome.Error, outcome.PossiblyDuplicated = e.Status, e.Error, e.PossiblyDuplicated
	if s.flushing && e.Status == ledger.Queued {
		e.Status, outcome.Status = before, ""
	}
	return outcome, a.result(a.err)
}

// failed is the status and error of a record that was not recorded.
func (s *Sender) failed(a *attempt) (ledger.Status, *ledger.Failure) {
	status, failure := outcomeOf(a.err)
	kind := client.KindOf(a.err)
	stays := s.flushing || a.queued
	passes := kind == client.KindUnavailable || kind == client.KindInterrupted || (stays && kind == client.KindAuth)
	switch {
	case status == ledger.Uncertain:
	case a.unanswered:
		// The earlier attempt is as uncertain as before, also if this one was refused.
		status = ledger.Uncertain
	case passes && (stays || s.o.Policy == PolicyQueue):
		status = ledger.Queued
	}
	return status, failure
}

const (
	// maxUnanswered is how many records in a row may go unanswered before the server counts as
	// down.
	maxUnanswered = 8
	// maxUnavailable is the same for records that the server asked to retry later: one record that
	// it answers so, whatever the reason, must not stop the others.
	maxUnavailable = 2
)

// stopAfter stops the sending after an error that the rest would meet as well: credentials that
// were refused, or a server that is down.
func (s *Sender) stopAfter(err error) {
	kind := client.KindOf(err)
	switch kind {
	case client.KindUncertain:
		s.unansweredInRow++
	case client.KindUnavailable:
		s.unansweredInRow = 0
		s.unavailableInRow++
	default:
		s.unansweredInRow, s.unavailableInRow = 0, 0
	}
	if s.stopped != nil {
		return
	}
	switch {
	case kind == client.KindAuth:
		s.stop(&client.Error{Kind: kind, Message: "not sent: the server refused the credentials"})
	case kind == client.KindUnavailable && (s.unavailableInRow >= maxUnavailable || !askedToRetry(err)):
		s.stop(&client.Error{Kind: kind, Message: "not sent: the server is unavailable"})
	case s.unansweredInRow >= max(maxUnanswered, s.o.Parallel):
		s.stop(&client.Error{Kind: client.KindUnavailable, Message: "not sent: the server no longer answers"})
	}
}

// askedToRetry is true for the error of a server that answered, and asked to retry within the time
// that the attempts took.
func askedToRetry(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Transient && e.Status != 0 && e.RetryAfter < time.Minute
}
