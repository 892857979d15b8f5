package delivery

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

const address = "https://proget.example"

// fakeServer answers each record as answer says, and remembers what it stored.
type fakeServer struct {
	answer func(client.Deployment) error // nil stores everything
	check  func(records.Record) (ecosystem.Type, error)

	mu     sync.Mutex
	asked  []client.Deployment
	stored []client.Deployment
}

func (f *fakeServer) Record(_ context.Context, d client.Deployment, _ client.RecordOptions) (client.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, d)
	if f.answer != nil {
		if err := f.answer(d); err != nil {
			return client.Receipt{Attempts: 1}, err
		}
	}
	f.stored = append(f.stored, d)
	return client.Receipt{Attempts: 1}, nil
}

func (f *fakeServer) Check(_ context.Context, r records.Record) (ecosystem.Type, error) {
	if f.check == nil {
		return "", nil
	}
	return f.check(r)
}

// run is a sender with its results.
type run struct {
	*Sender
	shown   []Result
	flushed int
	waited  int
	warned  []error
	crashes []any
}

// newRun is a run of a sender to a server.
func newRun(server Server, change func(*Options)) *run {
	r := &run{}
	o := Options{
		Server: server, Address: address, Parallel: 2, Policy: PolicyFail, Now: time.Now,
		LedgerFailed: func(err error) { r.warned = append(r.warned, err) },
		NotWritten:   func(err error) { r.warned = append(r.warned, err) },
		Waiting:      func() { r.waited++ },
		Crashed:      func(cause any) { r.crashes = append(r.crashes, cause) },
		Sleep:        func(context.Context, time.Duration) error { return nil },
		Emit:         func(one Result) { r.shown = append(r.shown, one) },
		Flush:        func() { r.flushed++ },
	}
	if change != nil {
		change(&o)
	}
	r.Sender = New(o)
	return r
}

// statuses counts the results by their status.
func (r *run) statuses() map[ledger.Status]int {
	counts := map[ledger.Status]int{}
	for _, one := range r.shown {
		counts[one.Entry.Status]++
	}
	return counts
}

// sample is a record that can be sent.
func sample(i int) records.Record {
	return records.Record{
		Application: "HDARS", Description: "d", Target: fmt.Sprintf("t%d", i), FeedName: "DefaultNuGet", PackageName: "Newtonsoft.Json", Version: "12.0.3",
	}
}

// samples yields n records that can be sent.
func samples(n int) Drafts {
	return func(yield func(records.Item, error) bool) {
		for i := range n {
			if !yield(records.Item{Record: sample(i)}, nil) {
				return
			}
		}
	}
}

// openLedger is a ledger in a folder of the test, and a session with it.
func openLedger(t *testing.T, o ledger.SessionOptions) (*ledger.Ledger, *ledger.Session) {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Options{Path: t.TempDir() + "/ledger.db"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l, newSession(t, l, o)
}

func newSession(t *testing.T, l *ledger.Ledger, o ledger.SessionOptions) *ledger.Session {
	t.Helper()
	o.Server = address
	session, err := l.Session(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

// history is the status of each target in the ledger.
func history(t *testing.T, l *ledger.Ledger) map[string]ledger.Status {
	t.Helper()
	all := map[string]ledger.Status{}
	for e, err := range l.History(t.Context(), ledger.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		all[e.Record.Target] = e.Status
	}
	return all
}
