package delivery

import (
	"context"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
)

// source hands out records that are written down and marked as in flight, and takes their outcomes.
type source interface {
	// Next writes the outcomes of records that are in the ledger and begins at most n more. What
	// comes with an error is valid anyway; the outcomes may not be written then.
	Next(ctx context.Context, outcomes []ledger.Outcome, n int) (step, error)
	// Remaining emits the results of what was never begun, after the sending stopped; returned was
	// begun and not sent.
	Remaining(ctx context.Context, returned []*attempt, why *client.Error, emit func(Result)) error
}

// step is what a source does at a time.
type step struct {
	begun    []*attempt
	finished []Result // need no sending
	more     more     // if nothing was begun
}

// more is what a source has left when nothing is in flight.
type more int

const (
	moreNone   more = iota
	moreReady       // the next step has more
	moreOthers      // only records that another process is about to send
)

// Sender sends what a source hands out, several records at the same time. It works in one
// goroutine, with one more for each record that may be in flight. It is used for one run.
type Sender struct {
	o        Options
	source   source
	flushing bool // whatever is not sent stays in the ledger as it was
	// hasLedger is true if the run began with one.
	hasLedger bool
	flushedAt time.Time // when Options.Flush was called last

	attempts chan *attempt
	answers  chan *attempt
	decided  chan struct{} // what a worker whose record failed waits for
	worker   *worker
	workers  int // no fewer than were ever in flight, so that each attempt finds one
	inFlight int
	returned []*attempt

	othersWait time.Duration // the last one

	unansweredInRow  int
	unavailableInRow int
	stopped          *client.Error // why no further record is begun
}

// New returns a sender for one run.
func New(o Options) *Sender { return &Sender{o: o, hasLedger: o.Session != nil} }

// Send sends a batch of drafts, which are read while earlier ones are sent. What happens to each
// record is in its result; the error is that of the run.
func (s *Sender) Send(ctx context.Context, drafts Drafts) error {
	batch := newBatch(s.o, drafts)
	s.source = batch
	return batch.close(ctx, s.run(ctx))
}

// Flush sends what the ledger has queued for the server. It needs a session. Stopped is why it
// ended before the last record, nil if it did not.
func (s *Sender) Flush(ctx context.Context) (stopped *client.Error, err error) {
	s.flushing, s.source = true, &queue{session: s.o.Session}
	err = s.run(ctx)
	return s.stopped, err
}

func (s *Sender) run(ctx context.Context) error {
	room := min(s.o.Parallel, batchSize)
	s.attempts, s.answers, s.decided = make(chan *attempt, room+s.ahead()), make(chan *attempt, room), make(chan struct{})
	defer close(s.attempts)
	s.worker = &worker{
		o: s.o, attempts: s.attempts, answers: s.answers, decided: s.decided,
		late: s.flushing, started: s.o.Now().Truncate(time.Second),
	}
	var outcomes []ledger.Outcome
	for {
		s.stopIfInterrupted(ctx)
		step, err := s.source.Next(ctx, outcomes, s.free())
		for _, a := range step.begun {
			s.begin(ctx, a)
		}
		for _, r := range step.finished {
			s.o.Emit(r)
		}
		if err != nil {
			return s.abandon(ctx, err, outcomes)
		}
		outcomes = nil
		switch {
		case s.inFlight > 0:
			outcomes = s.collect()
		case s.stopped != nil:
			return s.source.Remaining(ctx, s.returned, s.stopped, s.o.Emit)
		case len(step.finished) > 0 || step.more == moreReady:
		case step.more == moreOthers:
			s.waitForOthers(ctx)
		default:
			return nil
		}
	}
}

// waitForOthers waits a little for another process, longer each time. Nothing is in flight here.
func (s *Sender) waitForOthers(ctx context.Context) {
	if s.othersWait == 0 {
		s.o.Waiting()
	}
	s.o.Flush()
	s.othersWait = min(max(2*s.othersWait, 50*time.Millisecond), time.Second)
	_ = s.o.Sleep(ctx, s.othersWait) // the loop sees that the run was interrupted
}

func (s *Sender) stopIfInterrupted(ctx context.Context) {
	if ctx.Err() != nil && s.stopped == nil {
		s.stop(&client.Error{Kind: client.KindInterrupted, Message: "interrupted before it was sent", Err: ctx.Err()})
	}
}

// stop begins no further record, and returns what no worker has begun to send. With a ledger
// nothing is returned: what is begun there is marked as in flight.
func (s *Sender) stop(why *client.Error) {
	if s.stopped = why; s.hasLedger {
		return
	}
	for {
		select {
		case a := <-s.attempts:
			s.inFlight--
			s.returned = append(s.returned, a)
		default:
			return
		}
	}
}

// maxAhead bounds the records that are ready for the workers.
const maxAhead = 64

// ahead is how many records are ready for the workers besides those that they send, so that none
// waits for the next. The ledger has marks only for the latter.
func (s *Sender) ahead() int {
	if s.hasLedger {
		return 0
	}
	return min(s.o.Parallel, maxAhead)
}

// free is how many records may be begun.
func (s *Sender) free() int {
	if s.stopped != nil {
		return 0
	}
	return s.o.Parallel + s.ahead() - s.inFlight
}

func (s *Sender) begin(ctx context.Context, a *attempt) {
	if s.inFlight++; s.workers < min(s.inFlight, s.o.Parallel) {
		s.workers++
		go s.worker.work(ctx)
	}
	s.attempts <- a
}

// abandon waits for what is in flight and writes its outcomes, with those that may not be written:
// what the server answered must not be lost because of what went wrong here.
func (s *Sender) abandon(ctx context.Context, err error, outcomes []ledger.Outcome) error {
	for ; s.inFlight > 0; s.inFlight-- {
		outcomes = s.conclude(<-s.answers, outcomes)
	}
	if len(outcomes) > 0 {
		_, _ = s.source.Next(ctx, outcomes, 0)
	}
	return err
}
