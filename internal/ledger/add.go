package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/progetctl/progetctl/internal/records"
)

// Action is what is to be done about a draft.
type Action string

// The actions. A draft that is not in this ledger is always sent.
const (
	Send  Action = "send"  // it belongs to this session now
	Skip  Action = "skip"  // it is recorded or dropped
	Wait  Action = "wait"  // another process, or an earlier draft of this session, is about to send it: add it again later
	Leave Action = "leave" // it is uncertain, and sending it again was not asked for
)

// Added is the outcome for a draft.
type Added struct {
	Action Action
	// Entry is the new one, or the known one with its id, its time and its earlier status.
	Entry Entry
	Known bool // Entry is not new
	Begun bool // marked as in flight: send it now
}

// Add writes drafts down in one transaction, and marks the first begin of those to be sent as in
// flight. The others are queued or planned until [Session.Advance] begins them; either way no other
// process touches them while this one lives.
//
// A draft that is in this ledger is not added again: the known record is skipped, left, waited for
// or taken over. It is found by its id, or with SessionOptions.Once as the same deployment. Look-up
// and addition are one transaction, so if two processes have the same batch, only one sends each
// record. The results are in the order of the drafts. A batch of a million comes in portions of
// some hundred to thousand.
func (s *Session) Add(ctx context.Context, drafts []records.Item, begin int) ([]Added, error) {
	var added []Added
	err := s.change(ctx, func(t *txn, state *sessionState) error {
		added = make([]Added, 0, len(drafts))
		begin := begin // of each attempt at the transaction
		known, err := s.lookUpToTake(t, drafts)
		if err != nil {
			return err
		}
		if err := s.keep(t, state); err != nil {
			return err
		}
		rows, fresh := inserts{t: t, owner: s.owner}, false
		for _, draft := range drafts {
			one, err := s.add(&rows, known, draft, begin > 0)
			if err != nil {
				return err
			}
			added = append(added, one)
			if one.Action == Send && !one.Known && !fresh {
				fresh = true
				state.openFrom(one.Entry.ID)
			}
			if one.Action == Send {
				state.open++
			}
			if one.Begun {
				begin--
				state.inFlight[one.Entry.ID] = true
			}
		}
		return rows.finish()
	})
	return added, err
}

// Lookup finds the records of drafts in this ledger, as [Session.Add] would, and changes nothing.
// The Action of a draft without one is "".
func (s *Session) Lookup(ctx context.Context, drafts []records.Item) ([]Added, error) {
	found := make([]Added, len(drafts))
	err := s.l.read(ctx, func(t *txn) error {
		known, err := lookUp(t, s.o, drafts)
		if err != nil {
			return err
		}
		for i, draft := range drafts {
			if action, record := known.match(draft); record != nil {
				found[i] = Added{Action: action, Entry: record.Entry, Known: true}
			}
		}
		return nil
	})
	return found, err
}

// lookUpToTake reads the ledger's records of drafts, and prevents other transactions from taking
// them.
func (s *Session) lookUpToTake(t *txn, drafts []records.Item) (*known, error) {
	if s.o.Once == 0 && !slices.ContainsFunc(drafts, func(d records.Item) bool { return d.ID != "" }) {
		return nil, nil
	}
	if err := t.lock(); err != nil {
		return nil, err
	}
	return lookUp(t, s.o, drafts)
}

// add takes over a known record or inserts a new one.
func (s *Session) add(rows *inserts, k *known, draft records.Item, begin bool) (Added, error) {
	draft.MadeAt = s.madeAt(draft)
	if action, found := k.match(draft); found != nil {
		added := Added{Action: action, Entry: found.Entry, Known: true, Begun: begin && action == Send}
		if action != Send {
			return added, nil
		}
		found.owned = true
		return added, s.takeOver(rows.t, found.Entry)
	}
	entry := Entry{
		ID: s.l.ids.New(s.l.now()), Server: s.o.Server, MadeAt: draft.MadeAt, Record: draft.Record,
		Via: cmp.Or(s.o.Via, Post), Status: s.waiting(), Type: draft.Type, Asked: draft.Asked, Host: s.l.options.Host,
	}
	k.note(&knownRecord{Entry: entry, state: entry.Status, owned: true})
	return Added{Action: Send, Entry: entry, Begun: begin}, rows.add(entry)
}

// madeAt is when a draft was made; now if it has no time. In whole seconds, because ProGet and the
// ledger store no fractions.
func (s *Session) madeAt(draft records.Item) time.Time {
	if draft.MadeAt.IsZero() {
		draft.MadeAt = s.l.now()
	}
	return draft.MadeAt.UTC().Truncate(time.Second)
}

// waiting is the state of records that are not begun.
func (s *Session) waiting() Status {
	if s.o.Queue {
		return Queued
	}
	return Planned
}

// takeOver moves a known record to this session. An uncertain one stays uncertain, and a queued one
// stays queued, so that a flush sends it if this session doesn't.
func (s *Session) takeOver(t *txn, e Entry) error {
	state := e.Status
	if state == Planned || state == Failed {
		state = s.waiting()
	}
	return t.later("UPDATE deployment SET state = ?, owner = ? WHERE id = ?", state, s.owner, e.ID)
}

// rowsOfInsert is how many rows one statement inserts. A statement itself costs as much as a row or
// two.
const rowsOfInsert = 32

// inserts collects new rows of one transaction, to insert many with one statement.
type inserts struct {
	t      *txn
	owner  int64
	whole  bool // with the outcomes, for what was settled elsewhere
	args   []any
	rows   int
	digest []byte // entries of all rows, flushed or not
}

func (i *inserts) add(e Entry) error {
	i.args = append(i.args, e.ID, e.Server, e.MadeAt.Unix(), string(e.Via), string(e.Status), i.owner, identity(e.Server, e.Record), string(e.Type), e.Asked, e.Host)
	i.digest = appendPlace(i.digest, e.ID, e.Server, e.MadeAt.Unix(), e.Record)
	for _, p := range e.Record.Properties() {
		i.args = append(i.args, *p.Value)
	}
	if i.whole {
		var why Failure
		if e.Error != nil {
			why = *e.Error
		}
		i.args = append(i.args, e.Attempts, why.Kind, why.Status, why.Message, e.PossiblyDuplicated)
	}
	if i.rows++; i.rows < rowsOfInsert {
		return nil
	}
	return i.flush()
}

// flush inserts what was collected. Only two statements are prepared: for a full number of rows,
// and for one row.
func (i *inserts) flush() error {
	if i.rows == 0 {
		return nil
	}
	size, width := rowsOfInsert, len(i.args)/i.rows
	if i.rows < rowsOfInsert {
		size = 1
	}
	names := recordColumns()
	if i.whole {
		names += ", attempts, error_kind, error_status, error_message, possibly_duplicated"
	}
	statement := "INSERT INTO deployment (id, server, made_at, via, state, owner, identity, type, asked, host, " + names + ") VALUES " + tuples(size, width)
	for args := range slices.Chunk(i.args, size*width) {
		if err := i.t.later(statement, args...); err != nil {
			return err
		}
	}
	i.args, i.rows = i.args[:0], 0
	return nil
}

// finish inserts what was collected, and the digest of all that was: the last call in the
// transaction.
func (i *inserts) finish() error {
	if err := i.flush(); err != nil {
		return err
	}
	return addDigest(i.t, i.digest)
}
