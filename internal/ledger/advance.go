package ledger

import (
	"context"
	"database/sql"
	"slices"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// Outcome is the result for a record of this session.
type Outcome struct {
	ID string
	// Status is Recorded, Failed, Uncertain or Queued (to be sent by a later flush). The zero value
	// returns a record that was not stored to its earlier state.
	Status             Status
	Attempts           int      // in this session; they are added to those of earlier sessions
	Error              *Failure // nil for none
	PossiblyDuplicated bool
	Type               ecosystem.Type // of the package, if the response said it; "" changes nothing
}

// Advance settles outcomes and marks the records next, which [Session.Add] returned, as in flight,
// all in one transaction. It returns those that it marked. The caller must send only these, because
// other processes may have taken records of a process that hung for longer than its lease.
//
// In a session that claims (see [Session.Claim]), a record that is settled as Failed stays pending
// until a person decides, see [Ledger.Pending]. Repeating an outcome changes nothing.
func (s *Session) Advance(ctx context.Context, outcomes []Outcome, next []string) (begun []string, err error) {
	err = s.change(ctx, func(t *txn, state *sessionState) (err error) {
		if len(next) > 0 {
			if err := s.keep(t, state); err != nil {
				return err
			}
		}
		if err := s.settle(t, state, outcomes); err != nil {
			return err
		}
		if begun, err = s.stillOwned(t, state, next); err != nil {
			return err
		}
		state.open -= len(next) - len(begun) // taken by another process
		for _, id := range begun {
			state.inFlight[id] = true
			delete(state.suspended, id)
		}
		return nil
	})
	return begun, err
}

// stillOwned returns the records that still belong to this session: all of them, unless another
// process considered it dead.
func (s *Session) stillOwned(t *txn, state *sessionState, ids []string) ([]string, error) {
	if !state.taken || len(ids) == 0 {
		return ids, nil
	}
	ours := map[string]bool{}
	err := t.each(func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ours[id] = true
		return err
	}, "SELECT id FROM deployment WHERE id IN ("+marks(len(ids))+") AND owner = ?", append(arguments(ids), s.owner)...)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !ours[id] }), err
}

// Claim settles outcomes and takes up to n of the server's queued records, oldest first, marking
// them as in flight, all in one transaction; with SessionOptions.Resend the uncertain and the
// refused too. An entry has its earlier status. Each record is returned once in a session, whatever
// its outcome; records of other living processes are not returned.
func (s *Session) Claim(ctx context.Context, outcomes []Outcome, n int) (claimed []Entry, err error) {
	err = s.change(ctx, func(t *txn, state *sessionState) (err error) {
		state.claims = true
		if n > 0 {
			if err := t.lock(); err != nil {
				return err
			}
			if err := s.keep(t, state); err != nil {
				return err
			}
		}
		if err = s.settle(t, state, outcomes); err != nil {
			return err
		}
		if claimed, err = s.queue(t, state, n); err != nil {
			return err
		}
		for _, e := range claimed {
			state.after = cursor{e.MadeAt.Unix(), e.ID}
			state.inFlight[e.ID] = true
		}
		state.open += len(claimed)
		return s.take(t, claimed)
	})
	return claimed, err
}

// take moves records to this session.
func (s *Session) take(t *txn, claimed []Entry) error {
	if len(claimed) == 0 {
		return nil
	}
	args := []any{s.owner}
	for _, e := range claimed {
		args = append(args, e.ID)
	}
	return t.later("UPDATE deployment SET owner = ? WHERE id IN ("+marks(len(claimed))+")", args...)
}

// queue finds what Claim may take.
func (s *Session) queue(t *txn, state *sessionState, n int) (found []Entry, err error) {
	if n <= 0 {
		return nil, nil
	}
	wanted := "state = 'queued'"
	if s.o.Resend {
		wanted = "state IN ('queued', 'uncertain', 'refused')"
	}
	err = t.each(func(rows *sql.Rows) error {
		e, err := scan(rows)
		found = append(found, e)
		return err
	}, "SELECT "+t.columns()+" FROM deployment WHERE "+openStates+" AND "+wanted+` AND server = ?
		AND (made_at, id) > (?, ?) AND owner NOT IN (SELECT id FROM owner)
		ORDER BY made_at, id LIMIT ?`+t.db.SQL().SkipLocked, s.o.Server, state.after.madeAt, state.after.id, n)
	return found, err
}

// settle writes outcomes. Each statement checks in the row that the record is this session's, so no
// separate check is needed.
func (s *Session) settle(t *txn, state *sessionState, outcomes []Outcome) error {
	plain, others := split(outcomes, state.inFlight)
	if len(plain) > 0 {
		if err := t.later(`UPDATE deployment SET state = 'recorded', owner = 0, attempts = attempts + 1,
			error_kind = '', error_status = 0, error_message = ''
			WHERE id IN (`+marks(len(plain))+`) AND (owner = ? OR owner = 0 AND state = 'uncertain')`,
			append(arguments(plain), s.owner)...); err != nil {
			return err
		}
	}
	for _, id := range plain {
		state.done(id, true)
	}
	for _, o := range others {
		n, err := s.settleOne(t, state, o)
		if err != nil {
			return err
		}
		state.done(o.ID, n == 1)
	}
	return nil
}

// split separates the records in flight that succeeded in one attempt, which one statement settles,
// from the others.
func split(outcomes []Outcome, inFlight map[string]bool) (plain []string, others []Outcome) {
	for _, o := range outcomes {
		if inFlight[o.ID] && o.Status == Recorded && o.Attempts == 1 && o.Error == nil && !o.PossiblyDuplicated && o.Type == "" {
			plain = append(plain, o.ID)
		} else {
			others = append(others, o)
		}
	}
	return plain, others
}

// done notes that a record is no longer in flight; settled is false if another process had taken
// it.
func (state *sessionState) done(id string, settled bool) {
	if settled || state.isInFlight(id) {
		state.open--
	}
	delete(state.inFlight, id)
	delete(state.suspended, id)
}

// settleOne writes the outcome of a record that still belongs to this session. It may also have
// been marked as uncertain by another process that considered this one dead; then the response came
// after all. Records that are not in flight in this session are left unchanged.
func (s *Session) settleOne(t *txn, state *sessionState, o Outcome) (int, error) {
	if o.Status == "" {
		return t.exec("UPDATE deployment SET owner = 0, attempts = attempts + ? WHERE id = ? AND owner = ?", o.Attempts, o.ID, s.owner)
	}
	status := o.Status
	if status == Failed && state.claims {
		status = refused
	}
	var why Failure
	if o.Error != nil {
		why = *o.Error
	}
	return t.exec(`UPDATE deployment SET state = ?, owner = 0, attempts = attempts + ?, error_kind = ?, error_status = ?,
			error_message = ?, possibly_duplicated = possibly_duplicated OR ?, type = CASE WHEN type = '' THEN ? ELSE type END
		WHERE id = ? AND (owner = ? OR ? AND owner = 0 AND state = 'uncertain')`,
		status, o.Attempts, why.Kind, why.Status, why.Message, o.PossiblyDuplicated, o.Type, o.ID, s.owner, state.isInFlight(o.ID))
}
