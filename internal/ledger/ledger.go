// Package ledger is the durable record of what was sent: a SQLite file or a PostgreSQL database into which every
// deployment record goes before it is sent, and in which its outcome is settled afterwards, so that a crash, a power cut
// or an outage of the server loses nothing and doubles nothing.
//
// # States
//
// A record is planned (written down, never begun) or queued (the same, but to be sent by a later flush), then sending,
// then recorded, failed, uncertain, or queued again. A person settles what is uncertain or was refused by a flush as
// recorded or dropped. A record is marked as sending, durably, before the first byte goes out; one whose process died
// in that state becomes uncertain, because nobody can tell whether the server stored it.
//
// # Sharing
//
// Several processes use one ledger. A sending process is an owner: a random number, a row with a lease, and a lock that is
// freed at the very moment the process, or its connection, ends. The lock tells a dead owner at once; the lease, which the
// living renew, is for one that hangs. Package engine has what differs between a file and a database.
//
// No credential ever comes here: the ledger is told the server's address without user and query, and the record.
package ledger

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// Options says which ledger is opened, and how. Only Path is required.
type Options struct {
	Path      string           // a file, or the URL of a PostgreSQL database: see [IsURL]
	Host      string           // name of this machine, for the records that it makes
	MustExist bool             // fail with ErrNotExist instead of creating it; for commands that only read
	Now       func() time.Time // time.Now if nil
	Busy      time.Duration    // longest wait for another process's transaction; 5 seconds if zero
	Secret    func(string)     // is told the secrets of a database's address before they are used; may be nil
	Lease     time.Duration    // silence after which an owner counts as hanging; 5 minutes if zero
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Busy == 0 {
		o.Busy = 5 * time.Second
	}
	if o.Lease == 0 {
		o.Lease = 5 * time.Minute
	}
	return o
}

// Ledger is an open ledger. Its methods may be called from several goroutines; each takes the one connection in turn.
type Ledger struct {
	options Options
	ids     IDs

	mu sync.Mutex // held while a statement or a transaction is under way on db
	db engine.DB

	fresh atomic.Bool // no session has begun since it was opened
}

// Open opens the ledger, making it if need be, brings its schema up to date, and turns what dead processes left in flight
// into uncertain.
//
// Errors are of type [*Error], with the kind ErrNotExist, ErrDamaged, ErrNewer, ErrBusy or ErrUnusable. What is damaged,
// newer or not a ledger at all is left as it is. A ledger that cannot be written can be read if it must exist.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	o = o.withDefaults()
	l := &Ledger{options: o}
	l.fresh.Store(true)
	db, err := openEngine(ctx, engine.Options{
		Place: o.Path, MustExist: o.MustExist, Now: o.Now, Busy: o.Busy, Secret: o.Secret,
		Fill: l.fill, Opened: l.opened,
	})
	if err != nil {
		return nil, err
	}
	l.db = db
	return l, nil
}

// fill makes what a migration computes from the records that there are.
func (l *Ledger) fill(ctx context.Context, db engine.DB) error {
	return rebuildDigest(&txn{ctx: ctx, l: l, db: db})
}

// opened recovers what dead processes left.
func (l *Ledger) opened(ctx context.Context, db engine.DB, owners []engine.Owner) error {
	l.db = db
	return l.recoverFrom(ctx, owners)
}

// Close closes the ledger. Sessions must be closed before.
func (l *Ledger) Close() error { return l.db.Close() }

// Name is what messages call the ledger: the file's absolute path with symbolic links resolved, or the database's URL
// without user, password and parameters.
func (l *Ledger) Name() string { return l.db.Name() }

// Warnings say what is unsafe about how the ledger is kept, or reached.
func (l *Ledger) Warnings() []string { return l.db.Warnings() }

func (l *Ledger) now() time.Time { return l.options.Now() }
