package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// Begin begins a transaction. It is sent to the server with the first statement.
//
// A transaction's number is stored in this process's row of the table writer, so that a commit
// whose answer was lost can be looked up. The same statement takes the locks, and fails unless the
// session is still the one that this process began.
func (d *DB) Begin(ctx context.Context) error {
	if err := d.ensure(ctx); err != nil {
		return d.wrap(err)
	}
	d.written++
	d.open, d.begun = true, false
	d.locks, d.pending = nil, nil
	return nil
}

// opening are the first statements of a transaction. The locks are taken there because a SELECT
// would have a result, and a block of PL/pgSQL takes a new session milliseconds.
func (d *DB) opening() []string {
	locks := d.locks
	for owner, shown := range d.owners {
		if !shown {
			locks = append(locks, fmt.Sprintf("pg_advisory_lock(%d)", owner))
		}
	}
	from := ""
	for i, lock := range locks {
		from += fmt.Sprintf("%s %s AS lock%d", []string{" FROM", ","}[min(i, 1)], lock, i)
	}
	statements := []string{"BEGIN", fmt.Sprintf(
		"INSERT INTO writer (id, seq) SELECT %d, %d / (current_setting(%s, true) = %s)::int%s ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, at = now()",
		d.id, d.written, literal(marking), literal(d.marker), from)}
	if d.written == 1 { // removes the rows of ended processes: removing its own would cost each process a commit
		statements = append(statements, "DELETE FROM writer WHERE id IN (SELECT id FROM writer WHERE at < now() - interval '1 day' FOR UPDATE SKIP LOCKED)")
	}
	return statements
}

// Later keeps a statement for the next message.
func (d *DB) Later(_ context.Context, statement string, args ...any) error {
	d.pending = append(d.pending, filled(statement, args))
	return nil
}

// message is what is pending, and a last statement.
func (d *DB) message(last string) string {
	statements := append(d.pending, last)
	if !d.begun {
		statements = append(d.opening(), statements...)
	}
	d.pending = nil
	return strings.Join(statements, ";\n")
}

// Exec returns the number of rows that were changed.
func (d *DB) Exec(ctx context.Context, statement string, args ...any) (int, error) {
	n, err := d.exec(ctx, d.message(filled(statement, args)))
	return n, d.failed(err)
}

// Query calls f on every row. A connection that broke is made again for a query outside of a
// transaction.
func (d *DB) Query(ctx context.Context, f func(*sql.Rows) error, query string, args ...any) error {
	read := 0
	counting := func(rows *sql.Rows) error {
		read++
		return f(rows)
	}
	if d.open {
		return d.failed(d.query(ctx, counting, d.message(filled(query, args))))
	}
	const attempts = 10
	var err error
	for range attempts {
		if err = d.ensure(ctx); err != nil {
			break
		}
		err = d.query(ctx, counting, filled(query, args))
		if err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		if !lost(err) || read > 0 {
			break
		}
		d.drop()
	}
	return d.wrap(err)
}

// failed converts an error in a transaction: to engine.ErrLost if the transaction may be run again,
// otherwise to an error of the ledger.
func (d *DB) failed(err error) error {
	if undone(err) {
		return d.wrap(fmt.Errorf("%w: %w", engine.ErrLost, err))
	}
	if !lost(err) {
		return d.wrap(err)
	}
	d.end()
	d.drop()
	return d.wrap(fmt.Errorf("%w: %w", engine.ErrLost, err))
}

// undone is true if two transactions waited for each other, and the server chose this one to fail.
func undone(err error) bool { return code(err) == "40P01" || code(err) == "40001" }

// end resets the state of the transaction.
func (d *DB) end() { d.open, d.begun, d.pending = false, false, nil }

// Commit ends the transaction. If there is no answer, it asks the server whether it was committed,
// which is unclear if the server does not come back.
func (d *DB) Commit(ctx context.Context) error {
	_, err := d.exec(ctx, d.message("COMMIT"))
	switch {
	case err == nil:
		d.end()
		return nil
	case !lost(err):
		return d.failed(err)
	}
	d.end()
	d.drop()
	// Waits until the former session's transaction is over, if it had written the row and not yet
	// ended.
	var written int64
	fault := d.Query(ctx, func(rows *sql.Rows) error { return rows.Scan(&written) }, fmt.Sprintf(
		"INSERT INTO writer (id, seq) VALUES (%d, 0) ON CONFLICT (id) DO UPDATE SET seq = writer.seq RETURNING seq", d.id))
	switch {
	case fault != nil:
		return engine.Reason{Words: fault.Error(), Err: errors.Join(engine.ErrUnclear, fault)}
	case written == d.written:
		return nil
	}
	return d.wrap(fmt.Errorf("%w: %w", engine.ErrLost, err))
}

// Rollback undoes the transaction.
func (d *DB) Rollback(ctx context.Context) {
	begun := d.open && d.begun
	d.end()
	if begun && d.conn != nil {
		if _, err := d.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
			d.drop()
		}
	}
}

// Lock takes the lock under which records change hands, before the statements that look at them.
func (d *DB) Lock(ctx context.Context) error {
	lock := fmt.Sprintf("pg_advisory_xact_lock(%d)", d.key("takers"))
	if d.begun {
		return d.Later(ctx, "DO $$BEGIN PERFORM "+lock+"; END$$")
	}
	d.locks = append(d.locks, lock)
	return nil
}

// LockTable takes a table's lock before the statements that rely on it.
func (d *DB) LockTable(ctx context.Context, table string) error {
	return d.Later(ctx, "LOCK TABLE "+table+" IN SHARE ROW EXCLUSIVE MODE")
}

// Compact leaves that to the server's autovacuum.
func (*DB) Compact(context.Context) error { return nil }

var errNoConnection = errors.New("the connection was lost")

func (d *DB) exec(ctx context.Context, message string) (n int, err error) {
	if d.conn == nil {
		return 0, errNoConnection
	}
	defer d.survive(&err, new(bool))
	defer d.heed(ctx, &err)()
	d.begun = d.open
	result, err := d.conn.ExecContext(ctx, message)
	if err != nil {
		return 0, err
	}
	d.noteShown()
	changed, err := result.RowsAffected()
	return int(changed), err
}

// query sends a message whose first result is given to f, row by row; nil for none.
func (d *DB) query(ctx context.Context, f func(*sql.Rows) error, message string) (err error) {
	if d.conn == nil {
		return errNoConnection
	}
	ours := false
	defer d.survive(&err, &ours)
	defer d.heed(ctx, &err)()
	d.begun = d.open
	rows, err := d.conn.QueryContext(ctx, message)
	if err != nil {
		return err
	}
	defer rows.Close()
	d.noteShown()
	for rows.Next() {
		if f == nil {
			continue
		}
		ours = true
		if err := f(rows); err != nil {
			return err
		}
		ours = false
	}
	return rows.Err()
}

// noteShown notes that a transaction has taken the locks of the owners.
func (d *DB) noteShown() {
	if d.begun {
		for owner := range d.owners {
			d.owners[owner] = true
		}
	}
}
