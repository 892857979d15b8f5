package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Pruned says what [Ledger.Prune] removed, or would remove.
type Pruned struct {
	Removed int
	// Kept are older than the limit, and stay because they are pending.
	Open int
	// Newest are older than the limit, and stay because no newer record says what their target
	// runs.
	Newest int
}

// prune is [Ledger.Prune].
func prune(ctx context.Context, l *Ledger, before time.Time, dry bool) (Pruned, error) {
	running, err := latestEntries(ctx, l, Filter{})
	if err != nil {
		return Pruned{}, err
	}
	newest := make(map[string]bool, len(running))
	for _, e := range running {
		newest[e.ID] = true
	}
	done, err := removeBefore(ctx, l, before.Unix(), newest, dry)
	if err != nil || dry || done.Removed == 0 {
		return done, err
	}
	if err := l.write(ctx, rebuildDigest); err != nil {
		return done, err
	}
	return done, compact(ctx, l)
}

// removeBefore goes through the old records in the order of time, a portion in each transaction.
func removeBefore(ctx context.Context, l *Ledger, before int64, newest map[string]bool, dry bool) (done Pruned, err error) {
	run := l.write
	if dry {
		run = l.read
	}
	const page = 1000
	for at, more := first(), true; more && err == nil; {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		err = run(ctx, func(t *txn) error {
			found, err := settledBefore(t, before, at, page)
			if err != nil {
				return err
			}
			more = len(found) == page
			for _, r := range found {
				at = r.cursor
				switch {
				case !r.settled:
					done.Open++
				case newest[r.id]:
					done.Newest++
				default:
					done.Removed++
					if dry {
						continue
					}
					if _, err := t.exec("DELETE FROM deployment WHERE id = ?", r.id); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	return done, err
}

// oldRow is a record that may be removed.
type oldRow struct {
	cursor
	settled bool
}

// settledBefore are records of before a time, behind a place in the order of time.
func settledBefore(t *txn, before int64, at cursor, n int) (found []oldRow, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var r oldRow
		err := rows.Scan(&r.id, &r.madeAt, &r.settled)
		found = append(found, r)
		return err
	}, `SELECT id, made_at, state IN ('recorded', 'failed', 'dropped', 'retired') AND owner NOT IN (SELECT id FROM owner)
			AND id NOT IN (`+t.inFlight()+`)
		FROM deployment WHERE made_at < ? AND (made_at, id) > (?, ?) ORDER BY made_at, id LIMIT ?`, before, at.madeAt, at.id, n)
	return found, err
}

// compact gives the space of removed records back to the disk.
func compact(ctx context.Context, l *Ledger) error {
	return l.read(ctx, func(t *txn) error { return t.db.Compact(ctx) })
}
