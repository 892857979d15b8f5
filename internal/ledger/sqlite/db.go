// Package sqlite stores a ledger in a SQLite file.
//
// Several processes use one file. A locked file shows that a sending process is alive; the
// operating system frees the lock as soon as the process ends.
//
// One process opens a given file once at a time: where file locks are POSIX record locks, closing
// any descriptor of a file drops the locks that the process holds on it (SQLite, "How To Corrupt An
// SQLite Database File", section 2.2).
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite" // and the "sqlite" driver
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// DB is an open file.
type DB struct {
	owners
	path    string // that of the file, or of its copy; with links resolved
	options engine.Options
	// readOnly is true if nothing is recovered because nothing can be written. copied is the folder
	// of a copy.
	readOnly bool
	copied   string
	db       *sql.DB
	conn     *sql.Conn
	stmts    map[string]*sql.Stmt // prepared on conn: a batch runs the same two statements many thousand times
}

// Open opens the file, creating it (mode 0600) and its folder (0700) if necessary, and updates
// its schema.
//
// A file that is damaged, newer or not a ledger is not changed. One that can't be written can be
// read if it must exist.
func Open(ctx context.Context, o engine.Options) (*DB, error) {
	path, readOnly, err := prepareFile(o)
	if err != nil {
		return nil, err
	}
	o.Place = path
	if readOnly {
		return OpenReadOnly(ctx, o)
	}
	d := newDB(o)
	if err = d.connectWhenFree(ctx); err == nil {
		return d, nil
	}
	if o.MustExist && notWritable(err) && isReadOnlyFolder(filepath.Dir(path)) {
		return OpenReadOnly(ctx, o)
	}
	return nil, err
}

func newDB(o engine.Options) *DB {
	return &DB{owners: owners{ledger: o.Place, held: map[int64]*owner{}}, path: o.Place, options: o, stmts: map[string]*sql.Stmt{}}
}

// OpenReadOnly opens a file that can't be written. Its path has no links.
func OpenReadOnly(ctx context.Context, o engine.Options) (*DB, error) {
	d := newDB(o)
	if err := d.connectToRead(ctx); err != nil {
		_ = d.Close() // the reason why it can't be read matters more
		return nil, err
	}
	return d, nil
}

// connectWhenFree tries again while the file is busy: of two processes that switch a new file to
// WAL mode at the same moment, SQLite refuses one immediately, whatever the busy timeout, because
// the two would wait for each other.
func (d *DB) connectWhenFree(ctx context.Context) error {
	wait := time.NewTimer(d.options.Busy)
	defer wait.Stop()
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := d.connect(ctx)
		if err == nil {
			return nil
		}
		_ = d.Close() // the reason why it can't be used matters more
		if !errors.Is(err, engine.ErrBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wait.C:
			return err
		case <-time.After(pause):
		}
	}
}

func (d *DB) connect(ctx context.Context) (err error) {
	if d.db, err = sql.Open("sqlite", dataSource(d.path, d.options.Busy)); err != nil {
		return d.wrap(err)
	}
	if err := d.take(ctx); err != nil {
		return d.wrap(err)
	}
	if err := checkTables(ctx, d); err != nil {
		return d.wrap(err)
	}
	if err := migrate(ctx, d, migrations()); err != nil {
		return d.wrap(err)
	}
	all, err := d.Owners(ctx)
	if err != nil {
		return err
	}
	return d.options.Opened(ctx, d, all)
}

// largest is the limit on a row in bytes. A record has at most 1 MiB, and a row of the digest the
// entries of one transaction.
const largest = 16 << 20

// take takes the one connection.
func (d *DB) take(ctx context.Context) (err error) {
	d.db.SetMaxOpenConns(1)
	if d.conn, err = d.db.Conn(ctx); err == nil {
		_, err = sqlite.Limit(d.conn, sqlite3.SQLITE_LIMIT_LENGTH, largest)
	}
	return err
}

// Close closes the file. It fails if the file is no longer at its place: what was written since is
// lost, though no write failed.
func (d *DB) Close() error {
	for _, stmt := range d.stmts {
		_ = stmt.Close() // goes with the connection anyway
	}
	clear(d.stmts)
	if d.conn != nil {
		_ = d.conn.Close() // returns it to db, which closes it
	}
	if d.db == nil {
		return nil
	}
	if err := d.db.Close(); err != nil {
		return d.wrap(err)
	}
	if d.copied != "" {
		return os.RemoveAll(d.copied)
	}
	if _, err := os.Stat(d.path); errors.Is(err, os.ErrNotExist) {
		return engine.Unusable(d.path, errors.New("it was removed while it was in use"))
	}
	return nil
}

// Name is the file's absolute path with symbolic links resolved.
func (d *DB) Name() string { return d.ledger }

// ReadOnly is true if the file cannot be written.
func (d *DB) ReadOnly() bool { return d.readOnly }

// Warnings say that other users can change the ledger.
func (d *DB) Warnings() []string {
	if why := exposed(d.ledger); why != "" {
		return []string{why}
	}
	return nil
}

func (d *DB) wrap(err error) error { return wrap(d.Name(), d.path, err) }

// Owners are those that have a row in the table owner.
func (d *DB) Owners(ctx context.Context) (all []engine.Owner, err error) {
	err = d.Query(ctx, func(rows *sql.Rows) error {
		var o engine.Owner
		err := rows.Scan(&o.ID, &o.Until)
		all = append(all, o)
		return err
	}, "SELECT id, lease_until FROM owner")
	for i := range all {
		all[i].Alive = d.alive(all[i].ID)
	}
	return all, err
}

// SQL is SQLite's dialect.
func (*DB) SQL() engine.Dialect {
	return engine.Dialect{
		InFlight: "SELECT value FROM owner, json_each(owner.in_flight)",
		// SQLite reads the left side of a CROSS JOIN first: it doesn't know how large tables are,
		// and would otherwise look in abandoned for every record of the ledger.
		Abandoned: "abandoned AS a CROSS JOIN deployment AS d WHERE d.id = a.id",
		Bytes:     func(query string) string { return query },
	}
}
