package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// SessionOptions configure a session.
type SessionOptions struct {
	Server   string // in the form of [Server]
	Via      Via    // how its records come about; Post if empty
	Parallel int    // most records in flight at any moment, at least 1; a call that would mark more fails
	// Queue saves what was not begun as queued, for a later flush; without it such a record stays
	// planned.
	Queue bool
	// Once is how far back [Session.Add] looks for the same deployment; 0 is not at all.
	Once time.Duration
	// Resend takes up uncertain records again, and in [Session.Claim] refused ones too.
	Resend bool
}

// Session is one process's right to send records, from saving them to their outcome. The loop that
// sends looks like this:
//
//	added, err := s.Add(ctx, drafts, parallel) // all durable, the first few marked as in flight, in one transaction
//	for … {
//		outcomes := …              // wait for one response, and take all others that have arrived
//		begun, err := s.Advance(ctx, outcomes, next) // one transaction settles them and marks as many new ones
//		…                          // send those in begun
//	}
//
// and for a flush the same with [Session.Claim] instead of Add and Advance. So there is one sync
// for all responses that arrived while the previous ones were being written, not one for each
// record, and never more than Parallel records are marked.
//
// Outcomes are written even if the context is done. After an error, nothing of the call was
// written, and it may be repeated; after [ErrUnclear], only with outcomes alone. The methods may be
// called from several goroutines.
type Session struct {
	l     *Ledger
	o     SessionOptions
	owner int64              // the number that shows this process alive
	stop  context.CancelFunc // of the heartbeat

	mu sync.Mutex // guards what follows, and is held through every transaction of the session
	sessionState
}

// sessionState has what a session needs of its rows. It is replaced as a whole after a transaction.
type sessionState struct {
	registered bool
	until      int64 // of the lease, as it is in the file
	open       int   // rows that are this session's
	// inFlight are the ones of these that are being sent, at most Parallel; false if another
	// process considered this one dead and marked the record as uncertain.
	inFlight map[string]bool
	// suspended wait for their next attempt. firstOpen is the lowest id of those that were not
	// begun at the last Add.
	suspended map[string]bool
	firstOpen string
	taken     bool // this has happened: other processes may have taken other rows
	claims    bool
	after     cursor // the last row that Claim took
}

// openFrom notes that records from an id on may not be begun, except those that are in flight or
// wait for an attempt.
func (state *sessionState) openFrom(id string) {
	state.firstOpen = id
	for _, ids := range []map[string]bool{state.inFlight, state.suspended} {
		for one := range ids {
			state.firstOpen = min(state.firstOpen, one)
		}
	}
}

// isInFlight reports whether a record is being sent.
func (state *sessionState) isInFlight(id string) bool {
	_, is := state.inFlight[id]
	return is
}

// Suspend notes that a record in flight was certainly not stored and waits for its next attempt. If
// the process ends now, the record is planned or queued, not uncertain.
func (s *Session) Suspend(ctx context.Context, id string) error {
	return s.change(ctx, func(_ *txn, state *sessionState) error {
		delete(state.inFlight, id)
		state.suspended[id] = true
		return nil
	})
}

// Resume marks a record as in flight again. It is false if another process has taken the record
// meanwhile.
func (s *Session) Resume(ctx context.Context, id string) (bool, error) {
	begun, err := s.Advance(ctx, nil, []string{id})
	return len(begun) == 1, err
}

// Recover marks as uncertain what dead owners had in flight, see [Ledger.Recover].
func (s *Session) Recover(ctx context.Context) error { return s.l.Recover(ctx) }

// Entries returns records by their ids, in the order of the ids.
func (s *Session) Entries(ctx context.Context, ids []string) (entries []Entry, err error) {
	err = s.l.read(ctx, func(t *txn) error {
		return t.each(func(rows *sql.Rows) error {
			e, err := scan(rows)
			entries = append(entries, e)
			return err
		}, "SELECT "+t.columns()+" FROM deployment WHERE id IN ("+marks(len(ids))+") ORDER BY id", arguments(ids)...)
	})
	return entries, err
}

// Close ends the session: what is in flight without an outcome becomes uncertain, what was not
// begun stays queued or planned and is free for others.
func (s *Session) Close() error {
	s.stop()
	ctx := context.Background()
	defer func() {
		_ = s.l.read(ctx, func(t *txn) error {
			t.db.Release(ctx, s.owner)
			return nil
		})
	}()
	return s.ifRegistered(ctx, func(t *txn, state *sessionState) error {
		state.registered = false
		if err := t.lock(); err != nil {
			return err
		}
		return t.releaseDead(engine.Owner{ID: s.owner, Until: state.until})
	})
}

// heartbeat renews the lease of a process that is alive but has nothing to write, because its
// server takes its time.
func (s *Session) heartbeat(ctx context.Context) {
	// A panic here only ends the renewing. Otherwise it would end the program with an exit code
	// that means something else, while records are in flight.
	defer func() { _ = recover() }()
	tick := time.NewTicker(s.l.options.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// A failure is reported with the next outcome. If the lease expires, records at most
			// become uncertain.
			_ = s.renew(ctx)
		}
	}
}

func (s *Session) renew(ctx context.Context) error {
	return s.ifRegistered(ctx, s.keep)
}

// ifRegistered runs f in a transaction, and does nothing if the session has no row: a single record
// that succeeded costs no sync when its session closes.
func (s *Session) ifRegistered(ctx context.Context, f func(*txn, *sessionState) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.registered {
		return nil
	}
	return s.changeLocked(ctx, f)
}

// change runs one transaction, and sets the state that it returns if it was committed.
func (s *Session) change(ctx context.Context, f func(*txn, *sessionState) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changeLocked(ctx, f)
}

func (s *Session) changeLocked(ctx context.Context, f func(*txn, *sessionState) error) error {
	var state sessionState
	err := s.l.write(ctx, func(t *txn) error {
		state = s.sessionState
		state.inFlight, state.suspended = maps.Clone(s.inFlight), maps.Clone(s.suspended)
		if err := f(t, &state); err != nil || !state.registered {
			return err
		}
		return s.conclude(t, &state)
	})
	if err == nil {
		s.sessionState = state
	}
	return err
}

// conclude saves what is in flight at the end of a transaction. When the session has no records
// left, its row is removed, so that a successful run leaves nothing for the next one to clean up.
func (s *Session) conclude(t *txn, state *sessionState) error {
	if n := len(state.inFlight); n > s.o.Parallel {
		return fmt.Errorf("%d records in flight where %d are allowed", n, s.o.Parallel)
	}
	if state.open == 0 {
		state.registered = false
		return t.deregister(s.owner)
	}
	if maps.Equal(state.inFlight, s.inFlight) && state.firstOpen == s.firstOpen {
		return nil
	}
	return t.writeInFlight(s.owner, state.inFlight, state.firstOpen)
}

// keep makes sure, within a transaction, that the session has a row and a valid lease.
func (s *Session) keep(t *txn, state *sessionState) error {
	state.until = s.l.clock().Add(s.l.options.Lease).UnixMilli()
	if state.registered {
		there, err := t.renew(s.owner, state.until)
		if there || err != nil {
			return err
		}
		state.taken = true
		for id := range state.inFlight {
			// Even if this transaction fails, because the row that marked them is gone.
			state.inFlight[id], s.inFlight[id] = false, false
		}
		// Another process may be about to take records that it saw without an owner: either this
		// one sees them taken, or the other one sees them owned.
		if err := t.lock(); err != nil {
			return err
		}
	}
	state.registered = true
	return t.register(s.owner, state.until)
}

// newSession is [Ledger.Session].
func newSession(ctx context.Context, l *Ledger, o SessionOptions) (*Session, error) {
	if err := ctx.Err(); err != nil { // a file's lock is taken without asking the context
		return nil, err
	}
	if !l.fresh.Swap(false) { // otherwise Open has just done it
		if err := l.Recover(ctx); err != nil {
			return nil, err
		}
	}
	var owner int64
	err := l.read(ctx, func(t *txn) (err error) {
		t.db.Sweep(ctx)
		owner, err = t.db.NewOwner(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	beat, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Session{l: l, o: o, owner: owner, stop: stop}
	s.inFlight, s.suspended, s.after = map[string]bool{}, map[string]bool{}, first()
	go s.heartbeat(beat)
	return s, nil
}
