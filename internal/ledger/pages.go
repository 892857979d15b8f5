package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
)

// cursor is a position in the order of time.
type cursor struct {
	madeAt int64
	id     string
}

// errOrder is a list that might never end: its columns have other types than ours.
var errOrder = errors.New("its records are in another order than their times")

func (c cursor) compare(d cursor) int {
	return cmp.Or(cmp.Compare(c.madeAt, d.madeAt), strings.Compare(c.id, d.id))
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
			next := cursor{e.MadeAt.Unix(), e.ID}
			if order := next.compare(at); order == 0 || down != (order < 0) {
				yield(Entry{}, &Error{Path: l.Name(), Kind: ErrDamaged, Err: errOrder})
				return
			}
			if at = next; !yield(e, nil) {
				return
			}
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
