package delivery

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// A batch waits for records that another process is about to send. What that one records is
// skipped; what it had not begun when it ended is sent here.
func TestOthersAreWaitedFor(t *testing.T) {
	t.Parallel()
	const count = 200
	l, other := openLedger(t, ledger.SessionOptions{Parallel: 2, Once: time.Hour})
	var drafts []records.Item
	for i := range count {
		drafts = append(drafts, records.Item{Record: sample(i)})
	}
	added, err := other.Add(t.Context(), drafts, 1)
	if err != nil {
		t.Fatal(err)
	}
	session := newSession(t, l, ledger.SessionOptions{Parallel: 2, Once: time.Hour})
	server, sleeps := &fakeServer{}, 0
	r := newRun(server, func(o *Options) {
		o.Session = session
		o.Sleep = func(context.Context, time.Duration) error {
			switch sleeps++; sleeps {
			case 1: // the other process records one, and ends
				_, err := other.Advance(t.Context(), []ledger.Outcome{{ID: added[0].Entry.ID, Status: ledger.Recorded, Attempts: 1}}, nil)
				return errors.Join(err, other.Close())
			case 2:
				t.Error("the end of the other process was not noticed")
			}
			return nil
		}
	})
	if err := r.Send(t.Context(), samples(count)); err != nil {
		t.Fatal(err)
	}
	if counts := r.statuses(); counts[ledger.Skipped] != 1 || counts[ledger.Recorded] != count-1 || len(server.stored) != count-1 || r.waited != 1 {
		t.Errorf("%v, %d sent, asked %d times to wait", counts, len(server.stored), r.waited)
	}
}

// An interrupted wait ends, and says so of each record.
func TestInterruptedWaitForOthers(t *testing.T) {
	t.Parallel()
	l, other := openLedger(t, ledger.SessionOptions{Parallel: 2, Once: time.Hour})
	if _, err := other.Add(t.Context(), []records.Item{{Record: sample(0)}}, 0); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	r := newRun(&fakeServer{}, func(o *Options) {
		o.Session = newSession(t, l, ledger.SessionOptions{Parallel: 2, Once: time.Hour})
		o.Sleep = func(context.Context, time.Duration) error { interrupt(); return nil }
	})
	if err := r.Send(ctx, samples(1)); err != nil {
		t.Fatal(err)
	}
	if len(r.shown) != 1 || r.shown[0].Entry.Status != ledger.Failed || client.KindOf(r.shown[0].Cause) != client.KindInterrupted {
		t.Errorf("got %+v", r.shown)
	}
}

// The same record twice in a batch is sent once, and the second is skipped; if the first was
// refused, the second is sent as well.
func TestEqualRecordsOfABatch(t *testing.T) {
	t.Parallel()
	for _, refused := range []bool{false, true} {
		_, session := openLedger(t, ledger.SessionOptions{Parallel: 2, Once: time.Hour})
		server := &fakeServer{}
		if refused {
			server.answer = failing(client.KindRejected)
		}
		r := newRun(server, func(o *Options) { o.Session = session })
		err := r.Send(t.Context(), func(yield func(records.Item, error) bool) {
			if yield(records.Item{Record: sample(1)}, nil) {
				yield(records.Item{Record: sample(1)}, nil)
			}
		})
		want, sent := map[ledger.Status]int{ledger.Recorded: 1, ledger.Skipped: 1}, 1
		if refused {
			want, sent = map[ledger.Status]int{ledger.Failed: 2}, 2
		}
		if err != nil || fmt.Sprint(r.statuses()) != fmt.Sprint(want) || len(server.asked) != sent {
			t.Errorf("refused %t: %v, %d requests, %v", refused, r.statuses(), len(server.asked), err)
		}
	}
}

// A run that stops early reports for the remaining records what the ledger has of them.
func TestStoppedRunKnowsTheLedger(t *testing.T) {
	t.Parallel()
	const known, count = 3000, 3010
	l, before := openLedger(t, ledger.SessionOptions{Parallel: 2, Once: time.Hour})
	first := newRun(&fakeServer{}, func(o *Options) { o.Session = before })
	err := first.Send(t.Context(), func(yield func(records.Item, error) bool) {
		for i := count - known; i < count; i++ {
			if !yield(records.Item{Record: sample(i)}, nil) {
				return
			}
		}
	})
	if err := errors.Join(err, before.Close()); err != nil {
		t.Fatal(err)
	}
	r := newRun(&fakeServer{answer: failing(client.KindAuth)}, func(o *Options) {
		o.Session = newSession(t, l, ledger.SessionOptions{Parallel: 2, Once: time.Hour})
	})
	if err := r.Send(t.Context(), samples(count)); err != nil {
		t.Fatal(err)
	}
	if counts := r.statuses(); counts[ledger.Skipped] != known || counts[ledger.Failed] != count-known {
		t.Errorf("%v", counts)
	}
	for _, one := range r.shown {
		if i := one.Index; (one.Entry.Status == ledger.Skipped) != (i >= count-known) {
			t.Fatalf("record %d is %s", i, one.Entry.Status)
		}
	}
}

// With PolicyQueue the whole batch is in the ledger before the first is sent, also one that does
// not fit into memory; and each is sent once, in its place.
func TestQueueWritesTheWholeBatchFirst(t *testing.T) {
	t.Parallel()
	const count = maxWaiting + 2*batchSize + 7
	l, session := openLedger(t, ledger.SessionOptions{Parallel: 8, Queue: true})
	queuedAtFirst := 0
	server := &fakeServer{}
	server.answer = func(client.Deployment) error {
		if queuedAtFirst == 0 { // guarded by the server's lock
			backlogs, err := l.Backlogs(t.Context())
			if err != nil || len(backlogs) != 1 {
				return err
			}
			queuedAtFirst = backlogs[0].Queued
		}
		return nil
	}
	r := newRun(server, func(o *Options) { o.Session, o.Policy, o.Parallel = session, PolicyQueue, 8 })
	if err := r.Send(t.Context(), samples(count)); err != nil {
		t.Fatal(err)
	}
	if queuedAtFirst < count-8 || r.statuses()[ledger.Recorded] != count || len(server.stored) != count {
		t.Errorf("%d were in the ledger at first; %v; %d sent", queuedAtFirst, r.statuses(), len(server.stored))
	}
	for _, one := range r.shown {
		if want := fmt.Sprintf("t%d", one.Index); one.Entry.Record.Target != want {
			t.Fatalf("record %d is %s", one.Index, one.Entry.Record.Target)
		}
	}
}

// One record that the server asks to retry later, again and again, does not stop the others; a
// server that asks so of all is not asked for each.
func TestOneRecordsRetriesDoNotStopTheBatch(t *testing.T) {
	t.Parallel()
	later := func(d client.Deployment) error {
		return &client.Error{Kind: client.KindUnavailable, Status: 503, Transient: true, Message: "503"}
	}
	for _, parallel := range []int{1, 8} {
		server := &fakeServer{answer: func(d client.Deployment) error {
			if d.Target == "t5" {
				return later(d)
			}
			return nil
		}}
		r := newRun(server, func(o *Options) { o.Parallel = parallel })
		if err := r.Send(t.Context(), samples(40)); err != nil || r.statuses()[ledger.Recorded] != 39 {
			t.Errorf("%d at a time: %v, %v", parallel, r.statuses(), err)
		}
		server = &fakeServer{answer: later}
		r = newRun(server, func(o *Options) { o.Parallel = parallel })
		if err := r.Send(t.Context(), samples(40)); err != nil || r.statuses()[ledger.Failed] != 40 || len(server.asked) > parallel+maxUnavailable {
			t.Errorf("%d at a time: %v after %d requests, %v", parallel, r.statuses(), len(server.asked), err)
		}
	}
}
