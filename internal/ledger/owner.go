package ledger

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// recoverRecords is [Ledger.Recover].
func recoverRecords(ctx context.Context, l *Ledger) error {
	var owners []engine.Owner
	err := l.read(ctx, func(t *txn) (err error) {
		owners, err = t.db.Owners(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return recoverFrom(ctx, l, owners)
}

// recoverFrom is Recover, for owners that were looked up.
func recoverFrom(ctx context.Context, l *Ledger, owners []engine.Owner) error {
	now := l.clock().UnixMilli()
	dead := slices.DeleteFunc(owners, func(o engine.Owner) bool { return o.Alive && o.Until >= now })
	if len(dead) == 0 || l.db.ReadOnly() {
		return nil
	}
	return l.write(ctx, func(t *txn) error {
		if err := t.lock(); err != nil {
			return err
		}
		for _, one := range dead {
			if err := ctx.Err(); err != nil { // a damaged ledger may have a million
				return err
			}
			if err := t.releaseDead(one); err != nil {
				return err
			}
		}
		return nil
	})
}

// releaseDead removes an owner, unless it has renewed its lease in the meantime. What it had in
// flight becomes uncertain, and any process may take its other records.
func (t *txn) releaseDead(dead engine.Owner) error {
	// First, because it keeps the owner from renewing its lease until this is done.
	n, err := t.exec("UPDATE owner SET lease_until = lease_until WHERE id = ? AND lease_until = ?", dead.ID, dead.Until)
	if n == 0 || err != nil {
		return err
	}
	if err := t.later(`UPDATE deployment
		SET state = 'uncertain', owner = 0, attempts = attempts + 1,
			error_kind = 'uncertain', error_status = 0, error_message = 'the process that sent it ended before the answer came'
		WHERE id IN (`+t.inFlight()+` WHERE owner.id = ?)`, dead.ID); err != nil {
		return err
	}
	if err := t.abandon(dead); err != nil {
		return err
	}
	return t.deregister(dead.ID)
}

// inFlight selects the ids of what is being sent.
func (t *txn) inFlight() string { return t.db.SQL().InFlight }

// abandon notes what a dead owner had planned and not begun, and removes from the notes on earlier
// owners what has been taken up since.
func (t *txn) abandon(dead engine.Owner) error {
	err := t.later(`INSERT INTO abandoned
		SELECT d.id FROM owner AS o JOIN deployment AS d ON d.id >= o.first_open
		WHERE o.id = ? AND o.first_open <> '' AND d.owner = o.id AND d.state = 'planned' ON CONFLICT DO NOTHING`, dead.ID)
	if err != nil {
		return err
	}
	return t.later("DELETE FROM abandoned WHERE id IN (SELECT d.id FROM " + t.db.SQL().Abandoned + " AND d.state <> 'planned')")
}

// register writes the owner's row.
func (t *txn) register(id, until int64) error {
	return t.later("INSERT INTO owner (id, lease_until) VALUES (?, ?)", id, until)
}

// renew renews the owner's lease; there is false if another process considered it dead.
func (t *txn) renew(id, until int64) (there bool, err error) {
	n, err := t.exec("UPDATE owner SET lease_until = ? WHERE id = ?", until, id)
	return n == 1, err
}

// writeInFlight saves what the owner has in flight, and the lowest id that it may not have begun.
func (t *txn) writeInFlight(id int64, inFlight map[string]bool, firstOpen string) error {
	ids := make([]string, 0, len(inFlight))
	for one, ours := range inFlight {
		if ours {
			ids = append(ids, one)
		}
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return t.later("UPDATE owner SET in_flight = ?, first_open = ? WHERE id = ?", string(list), firstOpen, id)
}

func (t *txn) deregister(id int64) error {
	return t.later("DELETE FROM owner WHERE id = ?", id)
}
