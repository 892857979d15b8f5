// Package ledger is the durable log of what was sent: a SQLite file or a PostgreSQL database. Every
// deployment record is written to it before it is sent, and its outcome afterwards, so that a
// crash, a power cut or an outage of the server neither loses nor duplicates a record.
//
// # States
//
// A record is planned (written down, never begun) or queued (the same, but to be sent by a later
// flush), then sending, then recorded, failed, uncertain, or queued again. A person settles what is
// uncertain or was refused by a flush as recorded or dropped. A record is marked as sending,
// durably, before the first byte goes out; one whose process died in that state becomes uncertain,
// because the server may or may not have stored it.
//
// # Sharing
//
// Several processes use one ledger. A sending process is an owner: a random number, a row with a
// lease, and a lock that is freed as soon as the process, or its connection, ends. The lock shows a
// dead owner immediately; the lease, which living owners renew, is for one that hangs. Package
// engine has what differs between a file and a database.
//
// The ledger never has credentials: it gets the server's address without user and query, and the
// record.
package ledger

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// Options says which ledger is opened, and how. Only Path is required.
type Options struct {
	Path      string           // a file, or the URL of a PostgreSQL database: see [IsURL]
	Host      string           // name of this machine, for the records that it makes
	MustExist bool             // fail with ErrNotExist instead of creating it; for commands that only read
	Now       func() time.Time // time.Now if nil
	Busy      time.Duration    // longest wait for another process's transaction; 5 seconds if zero
	Secret    func(string)     // is called with the secrets of a database's address before they are used; may be nil
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

// Ledger is an open ledger. Its methods may be called from several goroutines; each takes the one
// connection in turn.
type Ledger struct {
	options Options
	ids     IDs

	mu sync.Mutex // held while a statement or a transaction is under way on db
	db engine.DB

	fresh atomic.Bool // no session has begun since it was opened
}

// Open opens the ledger, creating it if necessary, updates its schema, and makes uncertain what
// dead processes left in flight.
//
// Errors are of type [*Error], with the kind ErrNotExist, ErrDamaged, ErrNewer, ErrBusy or
// ErrUnusable. What is damaged, newer or not a ledger at all is left as it is. A ledger that cannot
// be written can be read if it must exist.
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
	return recoverFrom(ctx, l, owners)
}

// Close closes the ledger. Sessions must be closed before.
func (l *Ledger) Close() error { return l.db.Close() }

// Name is what messages call the ledger: the file's absolute path with symbolic links resolved, or
// the database's URL without user, password and parameters.
func (l *Ledger) Name() string { return l.db.Name() }

// Warnings say what is unsafe about how the ledger is kept, or reached.
func (l *Ledger) Warnings() []string { return l.db.Warnings() }

func (l *Ledger) now() time.Time { return l.options.Now() }

// clock is the time now by the clock that the ledger's users share.
func (l *Ledger) clock() time.Time { return l.db.Clock(l.now()) }

// History yields entries of all kinds, newest first, in constant memory (of one package: 32 bytes
// for each record of it; with Latest: in proportion to the packages and targets). Other methods may
// be called while it runs.
func (l *Ledger) History(ctx context.Context, f Filter) iter.Seq2[Entry, error] {
	return historyEntries(ctx, l, f)
}

// Running yields what targets run: the newest of each package and target, as [Filter.Latest] has
// it, without what was retired. Application, feed, type, version and status narrow the list
// afterwards; until is as of when. The entries are the caller's.
func (l *Ledger) Running(ctx context.Context, f Filter) iter.Seq2[*Entry, error] {
	return running(ctx, l, f)
}

// Pending yields what a flush or a person has still to settle, of all servers, oldest first:
// queued, uncertain, and what a flush saw refused (failed). Other methods may be called while it
// runs.
func (l *Ledger) Pending(ctx context.Context) iter.Seq2[Entry, error] {
	return pendingEntries(ctx, l)
}

// Backlogs counts what is pending, by server, in the order of their addresses.
func (l *Ledger) Backlogs(ctx context.Context) (all []Backlog, err error) {
	return backlogs(ctx, l)
}

// SettleByHand marks records as recorded or dropped, as a person says, and returns them. Uncertain
// and refused records can be settled, and queued ones dropped: no flush will ever send those of a
// server that is gone. All or none: ids that are not here are an [*UnknownError], records in other
// states a [*SettledError].
func (l *Ledger) SettleByHand(ctx context.Context, ids []string, as Status) (settled []Entry, err error) {
	return settleByHand(ctx, l, ids, as)
}

// Retire notes that targets no longer run the packages of some entries, which [Ledger.Running]
// gave: one entry for each, with the same package and version, made at a time. It returns these.
func (l *Ledger) Retire(ctx context.Context, running []Entry, description string, madeAt time.Time) (retired []Entry, err error) {
	return retire(ctx, l, running, description, madeAt)
}

// Import copies entries of another ledger into this one, by their ids. New ones are added, what is
// uncertain here and was settled there is settled, and other known ones are unchanged. What the
// other ledger is about to send is skipped. With dry, nothing is changed. All entries of a call are
// imported, or none. Pass a long list in portions of a hundred to a thousand; repeating a portion
// changes nothing.
func (l *Ledger) Import(ctx context.Context, entries []Entry, dry bool) (done Imported, err error) {
	return importEntries(ctx, l, entries, dry)
}

// Prune removes records that were made before a time and are settled, but never the newest of a
// package and target. With dry, it only counts. Afterwards the file is made smaller; other
// processes may continue meanwhile.
func (l *Ledger) Prune(ctx context.Context, before time.Time, dry bool) (Pruned, error) {
	return prune(ctx, l, before, dry)
}

// Learn remembers the type of a feed, for entries that have no type of their own.
func (l *Ledger) Learn(ctx context.Context, f Feed, t ecosystem.Type) error {
	return learn(ctx, l, f, t)
}

// Recover marks as uncertain what dead or hanging owners had in flight, and frees what they had not
// begun. [Open] and [Ledger.Session] call it; it writes nothing if there is nothing to recover.
func (l *Ledger) Recover(ctx context.Context) error {
	return recoverRecords(ctx, l)
}

// Session begins a session, after recovering what dead ones left.
func (l *Ledger) Session(ctx context.Context, o SessionOptions) (*Session, error) {
	return newSession(ctx, l, o)
}
