package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// settleByHand is [Ledger.SettleByHand].
func settleByHand(ctx context.Context, l *Ledger, ids []string, as Status) (settled []Entry, err error) {
	if as != Recorded && as != Dropped {
		return nil, fmt.Errorf("a record can be settled as %q or %q, not as %q", Recorded, Dropped, as)
	}
	err = l.write(ctx, func(t *txn) error {
		if err := t.lock(); err != nil {
			return err
		}
		if err := settleable(t, ids, as); err != nil {
			return err
		}
		settled = make([]Entry, 0, len(ids))
		for _, id := range ids {
			err := t.later(`UPDATE deployment SET state = ?, error_kind = '', error_status = 0, error_message = ''
				WHERE id = ?`, as, id)
			if err != nil {
				return err
			}
			found, err := find(t, id)
			if err != nil {
				return err
			}
			settled = append(settled, found[0].Entry)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return settled, nil
}

// held is an entry, and whether it is pending and no process is changing it.
type held struct {
	Entry
	open bool
}

func settleable(t *txn, ids []string, as Status) error {
	var unknown []string
	var settled []Entry
	for _, id := range ids {
		found, err := find(t, id)
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			unknown = append(unknown, id)
		case !found[0].open, found[0].Status == Queued && as == Recorded: // it was never sent
			settled = append(settled, found[0].Entry)
		}
	}
	switch {
	case unknown != nil:
		return &UnknownError{IDs: unknown}
	case settled != nil:
		return &SettledError{Entries: settled, As: as}
	}
	return nil
}

// find returns the entry with an id, or nothing.
func find(t *txn, id string) (found []held, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var h held
		var err error
		h.Entry, err = scan(rows, &h.open)
		found = append(found, h)
		return err
	}, "SELECT "+t.columns()+", "+openStates+" AND owner NOT IN (SELECT id FROM owner) FROM deployment WHERE id = ?", id)
	return found, err
}
