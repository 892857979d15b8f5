package ledger

import (
	"context"
	"database/sql"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// Feed is a feed of a server, in the form of [Server].
type Feed struct{ Server, Name string }

// fold is the one form in which all spellings of the feed are stored.
func (f Feed) fold() Feed { return Feed{f.Server, strings.ToLower(f.Name)} }

// learn is [Ledger.Learn].
func learn(ctx context.Context, l *Ledger, f Feed, t ecosystem.Type) error {
	f = f.fold()
	return l.write(ctx, func(x *txn) error {
		_, err := x.exec("INSERT INTO feed_type (server, feed, type) VALUES (?, ?, ?) ON CONFLICT (server, feed) DO UPDATE SET type = excluded.type",
			f.Server, f.Name, t)
		return err
	})
}

// feedTypes are the types that [Ledger.Learn] stored.
func feedTypes(ctx context.Context, l *Ledger) (types map[Feed]ecosystem.Type, err error) {
	types = map[Feed]ecosystem.Type{}
	err = l.read(ctx, func(t *txn) error {
		return t.each(func(rows *sql.Rows) error {
			var f Feed
			var kind ecosystem.Type
			err := rows.Scan(&f.Server, &f.Name, &kind)
			types[f] = kind
			return err
		}, "SELECT server, feed, type FROM feed_type")
	})
	return types, err
}

// Feed is the feed of the entry's package.
func (e Entry) Feed() Feed { return Feed{e.Server, e.Record.FeedName} }
