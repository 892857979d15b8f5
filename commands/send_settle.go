package commands

import (
	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// settle decides what a reply means for its record, and for the rest.
func (s *sender) settle(a reply) (ledger.Outcome, result) {
	e := &a.entry
	e.Attempts += a.receipt.Attempts
	before := e.Status
	outcome := ledger.Outcome{ID: e.ID, Attempts: a.receipt.Attempts}
	if a.err == nil {
		s.doubts = 0
		e.Status, e.Error = ledger.Recorded, nil
		e.PossiblyDuplicated = e.PossiblyDuplicated || a.receipt.PossiblyDuplicated || a.doubtful
		outcome.Status, outcome.PossiblyDuplicated = e.Status, e.PossiblyDuplicated
		return outcome, a.result(nil)
	}
	err := s.server.explain(a.err)
	s.judge(err)
	s.judged <- struct{}{}
	e.Status, e.Error = s.failed(a, err)
	e.PossiblyDuplicated = e.PossiblyDuplicated || a.receipt.PossiblyDuplicated
	outcome.Status, outcome.Error, outcome.PossiblyDuplicated = e.Status, e.Error, e.PossiblyDuplicated
	if s.keep && e.Status == ledger.Queued {
		e.Status, outcome.Status = before, ""
	}
	return outcome, a.result(err)
}

// failed is the status of a record that was not recorded.
func (s *sender) failed(a reply, err error) (ledger.Status, *ledger.Failure) {
	status, failure := ledgerOutcome(err)
	kind := client.KindOf(err)
	stays := s.keep || a.queued
	passes := kind == client.KindUnavailable || kind == client.KindInterrupted || (stays && kind == client.KindAuth)
	switch {
	case status == ledger.Uncertain:
	case a.doubtful && kind != client.KindRejected:
		// The earlier attempt is as doubtful as before.
		status = ledger.Uncertain
	case passes && (stays || s.policy == onFailureQueue):
		status = ledger.Queued
	}
	return status, failure
}

// mostDoubts is how many records in a row may go unanswered before the server
// counts as down.
const mostDoubts = 8

// judge decides whether the rest is sent: not after the credentials were
// refused, and a server that is down is not asked once for each record.
func (s *sender) judge(err error) {
	kind := client.KindOf(err)
	if kind == client.KindUncertain {
		s.doubts++
	} else {
		s.doubts = 0
	}
	if s.stopped != nil {
		return
	}
	switch {
	case kind == client.KindAuth:
		s.stop(&client.Error{Kind: kind, Message: "not sent: the server refused the credentials"})
	case kind == client.KindUnavailable:
		s.stop(&client.Error{Kind: kind, Message: "not sent: the server is unavailable"})
	case s.doubts >= max(mostDoubts, s.parallel):
		s.stop(&client.Error{Kind: client.KindUnavailable, Message: "not sent: the server no longer answers"})
	}
}
