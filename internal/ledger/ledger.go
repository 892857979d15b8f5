// Package ledger is the durable record of what was sent: a SQLite file into which every deployment record goes before
// it is sent, and in which its outcome is settled afterwards, so that a crash, a power cut or an outage of the server
// loses nothing and doubles nothing.
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
// Several processes use one file. A sending process is an owner: a random number, a row with a lease, and a lock file
// that the operating system frees at the very moment the process ends. The lock tells a dead owner at once; the lease,
// which the living renew, is for one that hangs.
//
// One process opens a given ledger once at a time: where file locks are POSIX record locks, closing any descriptor of a
// file drops the locks that the process holds on it (SQLite, "How To Corrupt An SQLite Database File", section 2.2).
//
// No credential ever comes here: the ledger is told the server's address without user and query, and the record.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the "sqlite" driver
)

// Options says which file is opened, and how. Only Path is required.
type Options struct {
	Path      string
	Host      string           // name of this machine, for the records that it makes
	MustExist bool             // fail with ErrNotExist instead of creating it; for commands that only read
	Now       func() time.Time // time.Now if nil
	Busy      time.Duration    // longest wait for another process's transaction; 5 seconds if zero
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
	path    string // with links resolved, so that every process looks for lock files in the same place
	locks   string // the path beside which lock files are; another than path for a copy
	options Options
	// readOnly is true if nothing is recovered because nothing can be written. copied is the folder of a copy.
	readOnly bool
	copied   string
	ids      IDs
	db       *sql.DB
	conn     *sql.Conn

	mu    sync.Mutex           // held while a statement or a transaction is under way on conn
	stmts map[string]*sql.Stmt // prepared on conn: a batch runs the same two statements many thousand times
}

// Open opens the ledger, creating file (mode 0600) and folder (0700) if need be, brings its schema up to date, and turns
// what dead processes left in flight into uncertain.
//
// Errors are of type [*Error], with the kind ErrNotExist, ErrDamaged, ErrNewer, ErrBusy or ErrUnusable. A file that is
// damaged, newer or not a ledger at all is left as it is. One that cannot be written can be read if it must exist.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	o = o.withDefaults()
	path, readOnly, err := prepareFile(o)
	if err != nil {
		return nil, err
	}
	l := &Ledger{path: path, locks: path, options: o, stmts: map[string]*sql.Stmt{}}
	if !readOnly {
		err = l.connectPatiently(ctx)
	}
	if readOnly || o.MustExist && notWritable(err) && isReadOnlyFolder(filepath.Dir(path)) {
		err = l.connectToRead(ctx)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// connectPatiently tries again while the file is busy: of two processes that switch a new file to WAL mode at the same
// moment, SQLite refuses one at once, whatever the busy timeout, because the two would wait for each other.
func (l *Ledger) connectPatiently(ctx context.Context) error {
	patience := time.NewTimer(l.options.Busy)
	defer patience.Stop()
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := l.connect(ctx)
		if err == nil {
			return nil
		}
		_ = l.Close() // the reason why it cannot be used is what counts
		if !errors.Is(err, ErrBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.C:
			return err
		case <-time.After(pause):
		}
	}
}

func (l *Ledger) connect(ctx context.Context) (err error) {
	if l.db, err = sql.Open("sqlite", dataSource(l.path, l.options.Busy)); err != nil {
		return l.wrap(err)
	}
	l.db.SetMaxOpenConns(1)
	if l.conn, err = l.db.Conn(ctx); err != nil {
		return l.wrap(err)
	}
	if err := l.migrate(ctx, migrations()); err != nil {
		return err
	}
	return l.Recover(ctx)
}

// Close closes the file. Sessions must be closed before. It fails if the file is no longer at its place: what was written
// since is lost, though no write failed.
func (l *Ledger) Close() error {
	for _, stmt := range l.stmts {
		_ = stmt.Close() // goes with the connection anyway
	}
	clear(l.stmts)
	if l.conn != nil {
		_ = l.conn.Close() // hands it back to db, which closes it
	}
	if l.db == nil {
		return nil
	}
	if err := l.db.Close(); err != nil {
		return l.wrap(err)
	}
	if l.copied != "" {
		return os.RemoveAll(l.copied)
	}
	if _, err := os.Stat(l.path); errors.Is(err, os.ErrNotExist) {
		return &Error{Path: l.path, Kind: ErrUnusable, Err: errors.New("it was removed while it was in use")}
	}
	return nil
}

// Path is the file's absolute path with symbolic links resolved.
func (l *Ledger) Path() string { return l.path }

func (l *Ledger) now() time.Time { return l.options.Now() }
