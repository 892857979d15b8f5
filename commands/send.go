package commands

import (
	"fmt"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// job is one record on its way, with its place in the input.
type job struct {
	index int
	entry ledger.Entry
	// doubtful tells that it was sent before and not answered.
	doubtful bool
	// queued tells that it was queued before this run, and is until it is stored
	// or refused.
	queued bool
	// kept tells that it stands in the ledger.
	kept bool
}

// result is what became of one record.
type result struct {
	index int
	entry ledger.Entry
	cause error // why it was not recorded; nil where it was, or was skipped
	// elsewhere tells that it was skipped because another process sends it.
	elsewhere bool
	// kept tells that it stands in the ledger.
	kept bool
}

// result is what became of a job, with the reason where it was not recorded.
func (j job) result(cause error) result {
	return result{index: j.index, entry: j.entry, cause: cause, kept: j.kept}
}

// reply is what the server said to one job.
type reply struct {
	job
	receipt client.Receipt
	err     error
}

// feeder hands out records that are written down and marked as in flight, and
// takes their outcomes.
type feeder interface {
	// next settles the outcomes of kept records and begins at most n more;
	// finished ones need no sending. Nothing of either means that there is no more. What comes
	// with an error is good all the same; the outcomes may not be settled then.
	next(outcomes []ledger.Outcome, n int) (begun []job, finished []result, err error)
	// rest hands out what was never begun, once the sending has stopped; returned
	// was begun, and comes back.
	rest(returned []job, why *client.Error, emit func(result)) error
}

// sender sends what a feeder hands out, a number of records at once. It works
// in one goroutine, with one more for each record that may be in flight.
type sender struct {
	c        *call
	server   *server
	feed     feeder
	parallel int
	options  client.RecordOptions
	check    *versionCheck // nil without --check
	policy   failurePolicy
	emit     func(result)
	idle     func() // pass on what was emitted
	started  time.Time
	passedOn time.Time // when idle was called last
	// keep puts what certainly was not stored back to what it was, which is
	// what a flush does.
	keep bool
	// keeps tells that there is a ledger to write to.
	keeps bool

	jobs     chan job
	answers  chan reply
	judged   chan struct{} // what a worker whose record failed waits for
	workers  int           // no fewer than were ever in flight, so that a job finds one
	inFlight int
	returned []job         // begun, and not sent, for the sending has stopped
	doubts   int           // records in a row that were not answered
	stopped  *client.Error // why no further record is begun
}

// run sends everything. Its error is none of a record's: those are in the
// results.
func (s *sender) run() error {
	room := min(s.parallel, portion)
	s.jobs, s.answers, s.judged = make(chan job, room+s.ahead()), make(chan reply, room), make(chan struct{})
	defer close(s.jobs)
	s.started = s.c.env.Now().Truncate(time.Second)
	var outcomes []ledger.Outcome
	for {
		s.watchInterrupt()
		begun, finished, err := s.feed.next(outcomes, s.free())
		for _, j := range begun {
			s.begin(j)
		}
		for _, r := range finished {
			s.emit(r)
		}
		if err != nil {
			return s.abandon(err, outcomes)
		}
		if outcomes = nil; s.inFlight == 0 {
			if len(finished) == 0 || s.stopped != nil {
				break
			}
			continue
		}
		outcomes = s.collect()
	}
	if s.stopped == nil {
		return nil
	}
	return s.feed.rest(s.returned, s.stopped, s.emit)
}

func (s *sender) watchInterrupt() {
	if s.c.ctx.Err() != nil && s.stopped == nil {
		s.stop(&client.Error{Kind: client.KindInterrupted, Message: "interrupted before it was sent", Err: s.c.ctx.Err()})
	}
}

// stop begins no further record, and takes back what no worker has begun to send.
// With a ledger there is nothing to take: what is begun there is marked as sent.
func (s *sender) stop(why *client.Error) {
	if s.stopped = why; s.keeps {
		return
	}
	for {
		select {
		case j := <-s.jobs:
			s.inFlight--
			s.returned = append(s.returned, j)
		default:
			return
		}
	}
}

// mostAhead bounds the records that lie ready.
const mostAhead = 64

// ahead is how many records lie ready for the workers besides those that they
// send, so that none waits for the next. Marks in a ledger are for the latter
// alone.
func (s *sender) ahead() int {
	if s.keeps {
		return 0
	}
	return min(s.parallel, mostAhead)
}

// free is how many records may be begun.
func (s *sender) free() int {
	if s.stopped != nil {
		return 0
	}
	return s.parallel + s.ahead() - s.inFlight
}

func (s *sender) begin(j job) {
	if s.inFlight++; s.workers < min(s.inFlight, s.parallel) {
		s.workers++
		go s.work()
	}
	s.jobs <- j
}

// work sends one record after the other. After one that failed it waits until
// it is known whether the rest is sent.
func (s *sender) work() {
	for j := range s.jobs {
		a := s.send(j)
		s.answers <- a
		if a.err != nil {
			<-s.judged
		}
	}
}

func (s *sender) send(j job) (a reply) {
	a.job = j
	// Unrecovered, a panic would end the program with the exit code that means
	// that nothing was sent.
	defer func() {
		if cause := recover(); cause != nil {
			a.err = &client.Error{Kind: client.KindUncertain, Message: fmt.Sprintf("progetctl crashed while sending, which is a bug: %v", cause)}
		}
	}()
	if a.err = sendable(j.entry.Record); a.err != nil {
		return a
	}
	if a.err = s.check.allows(s.c.ctx, j.entry.Record); a.err == nil {
		a.receipt, a.err = s.server.Deployments.Record(s.c.ctx, deployment(j.entry.Record, s.sentDate(j)), s.options)
	}
	return a
}

// sendable refuses a record that the server could only refuse: a fetch by its
// path may have left one that names no package.
func sendable(r records.Record) error {
	if r.FeedName != "" && r.PackageName != "" && r.Version != "" {
		return nil
	}
	return &client.Error{
		Kind:    client.KindInternal,
		Message: "the record names no feed, package or version, so it cannot be sent: look at ProGet, and settle it",
	}
}

// sentDate is the date of a record that is sent later than it was made; zero
// leaves it to the server's clock.
func (s *sender) sentDate(j job) time.Time {
	if s.keep || j.entry.MadeAt.Before(s.started) {
		return j.entry.MadeAt
	}
	return time.Time{}
}

// linger is how long a group of replies waits for more, so that a fast server's
// replies share one write to the ledger: nothing against the time that a slow
// server takes.
const linger = time.Millisecond

// collect waits for a reply and takes along what else comes, so that one write
// to the ledger settles all of them.
func (s *sender) collect() (outcomes []ledger.Outcome) {
	a := s.reply()
	var full <-chan time.Time
	if s.keeps {
		full = time.After(linger)
	}
	for open := true; open; {
		s.inFlight--
		outcomes = s.conclude(a, outcomes)
		if s.inFlight == 0 {
			break
		}
		a, open = s.another(full)
	}
	return outcomes
}

// conclude emits what became of a record, and adds it to the outcomes of those
// that are kept.
func (s *sender) conclude(a reply, outcomes []ledger.Outcome) []ledger.Outcome {
	outcome, r := s.settle(a)
	s.emit(r)
	if a.kept {
		outcomes = append(outcomes, outcome)
	}
	return outcomes
}

// hold is how long results are held back for more to come.
const hold = 100 * time.Millisecond

// reply waits for a reply. What was emitted is passed on when that takes time.
func (s *sender) reply() reply {
	if left := hold - time.Since(s.passedOn); left > 0 {
		select {
		case a := <-s.answers:
			return a
		case <-time.After(left):
		}
	}
	s.idle()
	s.passedOn = time.Now()
	return <-s.answers
}

// another is one more reply of a group, if it comes before the group is full;
// nil full waits for none.
func (s *sender) another(full <-chan time.Time) (reply, bool) {
	select {
	case a := <-s.answers:
		return a, true
	default:
	}
	if full == nil {
		return reply{}, false
	}
	select {
	case a := <-s.answers:
		return a, true
	case <-full:
		return reply{}, false
	}
}

// abandon waits for what is in flight and settles it, with the outcomes that may
// not be settled: what the server answered must not be lost over what went wrong
// here.
func (s *sender) abandon(err error, outcomes []ledger.Outcome) error {
	for ; s.inFlight > 0; s.inFlight-- {
		outcomes = s.conclude(<-s.answers, outcomes)
	}
	if len(outcomes) > 0 {
		_, _, _ = s.feed.next(outcomes, 0)
	}
	return err
}
