package ledger

import (
	"context"
	"database/sql"
	"sort"
)

// Imported counts what [Ledger.Import] did with entries.
type Imported struct {
	Added   int // new here
	Settled int // uncertain here, and settled in their own ledger
	Known   int // here already
	LeftOut int // queued, skipped or planned: not settled in their own ledger, or never stored
}

// importEntries is [Ledger.Import].
func importEntries(ctx context.Context, l *Ledger, entries []Entry, dry bool) (done Imported, err error) {
	run := l.write
	if dry {
		run = l.read
	}
	err = run(ctx, func(t *txn) error {
		done = Imported{}
		if !dry {
			if err := t.lock(); err != nil {
				return err
			}
		}
		open, err := openOf(t, entries)
		if err != nil {
			return err
		}
		var added []Entry
		for _, e := range entries {
			uncertain, known := open[e.ID]
			switch {
			case e.Status == Queued || e.Status == Skipped || e.Status == Planned:
				done.LeftOut++
			case !known:
				done.Added++
				open[e.ID] = false // a second line of this id changes nothing
				added = append(added, e)
			case uncertain && e.Status != Uncertain:
				done.Settled++
				open[e.ID] = false
				err = settleAs(t, dry, e)
			default:
				done.Known++
			}
			if err != nil {
				return err
			}
		}
		if dry {
			return nil
		}
		return insertAll(t, added)
	})
	return done, err
}

// insertAll inserts settled entries in the order of their identities. In the order of the input,
// each entry would write another page of the index on identities, and often read that page again
// because the cache is too small. In the order of the index, each page is written once in a
// transaction, and the other pages fit into the cache.
func insertAll(t *txn, entries []Entry) error {
	type numbered struct {
		identity int64
		entry    *Entry
	}
	all := make([]numbered, len(entries))
	for i := range entries {
		all[i] = numbered{identity(entries[i].Server, entries[i].Record), &entries[i]}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].identity < all[j].identity })
	rows := inserts{t: t, whole: true}
	for _, one := range all {
		if err := rows.add(*one.entry); err != nil {
			return err
		}
	}
	return rows.finish()
}

// openOf returns which of the entries are here, and whether they are uncertain and no process is
// about to settle them.
func openOf(t *txn, entries []Entry) (map[string]bool, error) {
	open := make(map[string]bool, len(entries))
	for len(entries) > 0 {
		some := entries[:min(len(entries), portion)]
		entries = entries[len(some):]
		ids := make([]any, 0, portion)
		for _, e := range some {
			ids = append(ids, e.ID)
		}
		for len(ids) < portion { // one statement for every number
			ids = append(ids, ids[0])
		}
		err := t.each(func(rows *sql.Rows) error {
			var id string
			var uncertain bool
			err := rows.Scan(&id, &uncertain)
			open[id] = uncertain
			return err
		}, "SELECT id, state = 'uncertain' AND owner NOT IN (SELECT id FROM owner) FROM deployment WHERE id IN ("+marks(portion)+")", ids...)
		if err != nil {
			return nil, err
		}
	}
	return open, nil
}

// settleAs gives a record the outcome that it has in the other ledger.
func settleAs(t *txn, dry bool, e Entry) error {
	if dry {
		return nil
	}
	var why Failure
	if e.Error != nil {
		why = *e.Error
	}
	_, err := t.exec(`UPDATE deployment SET state = ?, owner = 0, attempts = ?, error_kind = ?, error_status = ?, error_message = ?,
		possibly_duplicated = ? WHERE id = ?`,
		e.Status, e.Attempts, why.Kind, why.Status, why.Message, e.PossiblyDuplicated, e.ID)
	return err
}
