package ledger

import (
	"context"
	"database/sql"
	"math"
)

// cursor is a position in the order of time.
type cursor struct {
	madeAt int64
	id     string
}

func first() cursor { return cursor{madeAt: math.MinInt64} }

// last is behind every id, whose letters all sort before "~".
func last() cursor { return cursor{madeAt: math.MaxInt64, id: "~"} }

// eachPage yields rows in the order of time, a page at a time: the ledger has one connection, and a
// caller must be able to settle records while it reads the list.
func eachPage(ctx context.Context, l *Ledger, where string, args []any, down bool, yield func(Entry, error) bool) {
	const page = 500 // rows; some 300 KB
	at, order := first(), "AND (made_at, id) > (?, ?) ORDER BY made_at, id LIMIT ?"
	if down {
		at, order = last(), "AND (made_at, id) < (?, ?) ORDER BY made_at DESC, id DESC LIMIT ?"
	}
	query := "SELECT " + columns(l.db.SQL()) + " FROM deployment WHERE " + where + " " + order
	for {
		entries, err := readPage(ctx, l, page, query, append(args[:len(args):len(args)], at.madeAt, at.id, page))
		if err != nil {
			yield(Entry{}, err)
			return
		}
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
			at = cursor{e.MadeAt.Unix(), e.ID}
		}
		if len(entries) < page {
			return
		}
	}
}

// readPage reads at most n entries.
func readPage(ctx context.Context, l *Ledger, n int, query string, args []any) (entries []Entry, err error) {
	entries = make([]Entry, 0, n)
	s := newScanner()
	err = l.read(ctx, func(t *txn) error {
		return t.each(func(rows *sql.Rows) error {
			e, err := s.scan(rows)
			entries = append(entries, e)
			return err
		}, query, args...)
	})
	return entries, err
}
