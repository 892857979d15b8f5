package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

var errBroken = errors.New("it broke")

// brokenSource begins a record, and breaks at the second call, in one of two ways: with nothing of
// the call done, or with all of it done but the reading of more.
type brokenSource struct {
	late    bool
	calls   int
	settled []string
}

func (s *brokenSource) Next(_ context.Context, outcomes []ledger.Outcome, n int) (step, error) {
	s.calls++
	broken := s.calls == 2
	if !broken || s.late {
		for _, o := range outcomes {
			s.settled = append(s.settled, o.ID+" "+string(o.Status))
		}
	}
	var next step
	if n > 0 && (!broken || s.late) {
		next.begun = []*attempt{{index: s.calls, inLedger: true, entry: ledger.Entry{
			ID: fmt.Sprintf("ID%d", s.calls), Status: ledger.Planned, Record: sample(s.calls),
		}}}
	}
	if broken {
		return next, errBroken
	}
	return next, nil
}

func (s *brokenSource) Remaining(context.Context, []*attempt, *client.Error, func(Result)) error {
	return nil
}

// from makes a run send what a source begins.
func (r *run) from(s source) *run {
	r.source, r.hasLedger = s, true
	return r
}

// What the server answered is written down in the end, and what was marked as in flight is sent,
// even if the run ends because the ledger or the file failed: otherwise both would be uncertain
// without a reason.
func TestBrokenSourceLosesNothing(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprintf("late=%t", late), func(t *testing.T) {
			t.Parallel()
			server, broken := &fakeServer{}, &brokenSource{late: late}
			r := newRun(server, nil).from(broken)
			if err := r.run(t.Context()); !errors.Is(err, errBroken) {
				t.Errorf("the run ends with %v", err)
			}
			want := []string{"ID1 recorded"}
			if late {
				want = append(want, "ID2 recorded")
			}
			slices.Sort(broken.settled)
			if got := slices.Compact(broken.settled); !slices.Equal(got, want) || len(r.shown) != len(want) || len(server.stored) != len(want) {
				t.Errorf("settled %q, shown %d, %d on the server, want %q", got, len(r.shown), len(server.stored), want)
			}
		})
	}
}

// A crash while the input is read is an error like others: not recovered, it would end the program
// with the exit code that means that nothing was sent.
func TestCrashWhileReading(t *testing.T) {
	t.Parallel()
	var crashes []any
	r := newReader(func(yield func(records.Item, error) bool) {
		for range batchSize {
			if !yield(records.Item{}, nil) {
				return
			}
		}
		panic("a hole")
	}, func(cause any) { crashes = append(crashes, cause) })
	defer r.close()
	if drafts, err := r.next(); len(drafts) != batchSize || err != nil {
		t.Errorf("%d drafts before the crash, %v", len(drafts), err)
	}
	if _, err := r.next(); err == nil || !strings.Contains(err.Error(), "a bug") || strings.Contains(err.Error(), "a hole") || !r.ended {
		t.Errorf("the crash is reported as %v", err)
	}
	if len(crashes) != 1 || crashes[0] != "a hole" {
		t.Errorf("the causes are %v", crashes)
	}
}

// When a run ends early, nobody reads the input any more once it goes on to close the file,
// wherever the reading was.
func TestReadingEndsWithTheRun(t *testing.T) {
	t.Parallel()
	for batches := range 3 {
		reading := true
		r := newReader(func(yield func(records.Item, error) bool) {
			defer func() { reading = false }()
			for yield(records.Item{}, nil) {
			}
		}, nil)
		for range batches {
			if _, err := r.next(); err != nil {
				t.Error(err)
			}
		}
		if r.close(); reading {
			t.Errorf("the input is still read after %d batches and the end", batches)
		}
	}
}

// If one batch ends and the next begins, too, each record is begun once.
func TestEachRecordIsBegunOnce(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 16; n++ {
		b := newBatch(Options{Now: time.Now}, samples(batchSize+12))
		begunTimes := map[int]int{}
		for {
			next, err := b.Next(t.Context(), nil, n)
			if err != nil {
				t.Fatal(err)
			}
			if len(next.begun) == 0 {
				break
			}
			for _, a := range next.begun {
				begunTimes[a.index]++
			}
		}
		if err := b.close(t.Context(), nil); err != nil {
			t.Error(err)
		}
		for i := range batchSize + 12 {
			if begunTimes[i] != 1 {
				t.Errorf("%d at a time: record %d is begun %d times", n, i, begunTimes[i])
			}
		}
	}
}

// Only what is in the ledger has an outcome to write: a batch without one may be endless.
func TestOnlyRecordsInTheLedgerHaveOutcomes(t *testing.T) {
	t.Parallel()
	r := newRun(&fakeServer{}, nil)
	outcomes := r.conclude(&attempt{entry: ledger.Entry{ID: "A"}}, nil)
	outcomes = r.conclude(&attempt{entry: ledger.Entry{ID: "B"}, inLedger: true}, outcomes)
	if len(outcomes) != 1 || outcomes[0].ID != "B" || len(r.shown) != 2 {
		t.Errorf("%d shown, outcomes %+v", len(r.shown), outcomes)
	}
}

// Results are passed on when there is time, and now and then if there never is: whoever reads them
// shall see that something goes on.
func TestResultsArePassedOnNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRun(&fakeServer{}, nil)
		r.answers = make(chan *attempt, 9)
		for range 9 {
			r.answers <- &attempt{}
		}
		r.nextAnswer() // the first may pass on what does not exist yet
		before := r.flushed
		for range 4 {
			r.nextAnswer()
		}
		if r.flushed != before {
			t.Errorf("passed on %d times while others came", r.flushed-before)
		}
		for range 4 {
			time.Sleep(time.Second)
			r.nextAnswer()
		}
		if r.flushed != before+4 {
			t.Errorf("passed on %d times in four seconds", r.flushed-before)
		}
	})
}

// Room for many requests costs nothing if there are not as many records.
func TestWorkersAreMadeAsNeeded(t *testing.T) {
	t.Parallel()
	r := newRun(&fakeServer{}, func(o *Options) { o.Parallel = 1_000_000_000 }).from(&brokenSource{late: true})
	if err := r.run(t.Context()); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if r.workers == 0 || r.workers > len(r.shown) || cap(r.attempts)+cap(r.answers) > 2*batchSize {
		t.Errorf("%d workers, and room for %d records, for %d", r.workers, cap(r.attempts), len(r.shown))
	}
}

// answers are errors of a server, by their kind.
func failing(kind client.Kind) func(client.Deployment) error {
	return func(client.Deployment) error { return &client.Error{Kind: kind, Message: "no"} }
}

// Every record of a batch has one result, and the ledger says the same, whatever the server answers
// and whatever the policy is.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	const count = 40
	for _, c := range []struct {
		kind        client.Kind // "" stores everything
		policy      Policy
		want        ledger.Status // of each record
		mostSent    int
		inTheLedger ledger.Status
	}{
		{"", PolicyFail, ledger.Recorded, count, ledger.Recorded},
		{client.KindRejected, PolicyFail, ledger.Failed, count, ledger.Failed},
		{client.KindRejected, PolicyQueue, ledger.Failed, count, ledger.Failed},
		{client.KindNotFound, PolicyFail, ledger.Failed, count, ledger.Failed},
		{client.KindAuth, PolicyFail, ledger.Failed, 2, ledger.Failed},
		{client.KindAuth, PolicyQueue, ledger.Failed, 2, ledger.Failed},
		{client.KindUnavailable, PolicyFail, ledger.Failed, 2, ledger.Failed},
		{client.KindUnavailable, PolicyQueue, ledger.Queued, 2, ledger.Queued},
	} {
		t.Run(fmt.Sprintf("%s under %s", c.kind, c.policy), func(t *testing.T) {
			t.Parallel()
			server := &fakeServer{}
			if c.kind != "" {
				server.answer = failing(c.kind)
			}
			l, session := openLedger(t, ledger.SessionOptions{Parallel: 2, Queue: c.policy == PolicyQueue})
			r := newRun(server, func(o *Options) { o.Session, o.Policy = session, c.policy })
			if err := r.Send(t.Context(), samples(count)); err != nil {
				t.Fatal(err)
			}
			if r.statuses()[c.want] != count || len(server.asked) > c.mostSent {
				t.Errorf("%v after %d requests", r.statuses(), len(server.asked))
			}
			for target, status := range history(t, l) {
				if status != c.inTheLedger {
					t.Fatalf("%s is %s in the ledger", target, status)
				}
			}
		})
	}
}

// A server that answers nothing counts as down after some records, not after all.
func TestUnansweredRecordsStopTheSending(t *testing.T) {
	t.Parallel()
	server := &fakeServer{answer: failing(client.KindUncertain)}
	r := newRun(server, nil)
	if err := r.Send(t.Context(), samples(100)); err != nil {
		t.Fatal(err)
	}
	sent := len(server.asked)
	if counts := r.statuses(); counts[ledger.Uncertain] != sent || counts[ledger.Failed] != 100-sent || sent > maxUnanswered+2 {
		t.Errorf("%v after %d requests", counts, sent)
	}
}

// A record that must not be sent is not sent.
func TestCheckHoldsBackARecord(t *testing.T) {
	t.Parallel()
	server := &fakeServer{check: func(r records.Record) (ecosystem.Type, error) {
		if r.Target == "t3" {
			return "", &client.Error{Kind: client.KindNotFound, Message: "no such version"}
		}
		return ecosystem.NuGet, nil
	}}
	r := newRun(server, nil)
	if err := r.Send(t.Context(), samples(9)); err != nil {
		t.Fatal(err)
	}
	for _, one := range r.shown {
		if learnt := one.Entry.Status == ledger.Recorded; learnt != (one.Entry.Type == ecosystem.NuGet) {
			t.Errorf("%s is %s, of type %q", one.Entry.Record.Target, one.Entry.Status, one.Entry.Type)
		}
	}
	if len(server.stored) != 8 || r.statuses()[ledger.Failed] != 1 {
		t.Errorf("%d stored, %v", len(server.stored), r.statuses())
	}
}

// A crash while a record is sent leaves it uncertain, and the others unharmed.
func TestCrashWhileSending(t *testing.T) {
	t.Parallel()
	r := newRun(&fakeServer{answer: func(d client.Deployment) error {
		if d.Target == "t3" {
			panic("a hole")
		}
		return nil
	}}, nil)
	if err := r.Send(t.Context(), samples(9)); err != nil {
		t.Fatal(err)
	}
	if counts := r.statuses(); counts[ledger.Uncertain] != 1 || counts[ledger.Recorded] != 8 {
		t.Errorf("%v", counts)
	}
	if len(r.crashes) != 1 || r.crashes[0] != "a hole" {
		t.Errorf("the causes are %v", r.crashes)
	}
	for _, one := range r.shown {
		if one.Entry.Error != nil && strings.Contains(one.Entry.Error.Message, "a hole") {
			t.Errorf("the ledger has what the panic said: %q", one.Entry.Error.Message)
		}
	}
}

// An interrupted run says the outcome of each record: queued if that was asked for.
func TestInterruptedRun(t *testing.T) {
	t.Parallel()
	for policy, want := range map[Policy]ledger.Status{PolicyFail: ledger.Failed, PolicyQueue: ledger.Queued} {
		ctx, interrupt := context.WithCancel(t.Context())
		server := &fakeServer{answer: func(d client.Deployment) error {
			if d.Target == "t5" {
				interrupt()
			}
			return nil
		}}
		l, session := openLedger(t, ledger.SessionOptions{Parallel: 2, Queue: policy == PolicyQueue})
		r := newRun(server, func(o *Options) { o.Session, o.Policy = session, policy })
		if err := r.Send(ctx, samples(50)); err != nil {
			t.Fatal(err)
		}
		stored := len(server.stored)
		if counts := r.statuses(); counts[ledger.Recorded] != stored || counts[want] != 50-stored || stored == 50 {
			t.Errorf("%s: %v of %d stored", policy, counts, stored)
		}
		if policy == PolicyFail {
			continue
		}
		if err := session.Close(); err != nil {
			t.Fatal(err)
		}
		flushing := newSession(t, l, ledger.SessionOptions{Parallel: 2, Queue: true})
		if stopped, err := newRun(&fakeServer{}, func(o *Options) { o.Session = flushing }).Flush(t.Context()); err != nil || stopped != nil {
			t.Fatal(stopped, err)
		}
		for target, status := range history(t, l) {
			if status != ledger.Recorded {
				t.Errorf("%s is %s after the flush", target, status)
			}
		}
	}
}

// A flush leaves what it could not send queued, with its attempts.
func TestFlushLeavesTheRestQueued(t *testing.T) {
	t.Parallel()
	l, session := openLedger(t, ledger.SessionOptions{Parallel: 2, Queue: true})
	queueing := newRun(&fakeServer{answer: failing(client.KindUnavailable)}, func(o *Options) { o.Session, o.Policy = session, PolicyQueue })
	if err := errors.Join(queueing.Send(t.Context(), samples(9)), session.Close()); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []client.Kind{client.KindUnavailable, client.KindAuth} {
		again := newSession(t, l, ledger.SessionOptions{Parallel: 2, Queue: true})
		r := newRun(&fakeServer{answer: failing(kind)}, func(o *Options) { o.Session = again })
		stopped, err := r.Flush(t.Context())
		if err != nil || stopped == nil || stopped.Kind != kind {
			t.Errorf("%s: stopped by %v, %v", kind, stopped, err)
		}
		for target, status := range history(t, l) {
			if status != ledger.Queued {
				t.Errorf("%s: %s is %s", kind, target, status)
			}
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
}
