package sqlite

import (
	"context"
	"database/sql"
)

// Begin takes the write lock immediately: a transaction that reads first and writes later fails
// with "database is locked" whatever the busy timeout.
func (d *DB) Begin(ctx context.Context) error { return d.Later(ctx, "BEGIN IMMEDIATE") }

// Commit ends the transaction. SQLite loses no connection.
func (d *DB) Commit(ctx context.Context) error { return d.Later(ctx, "COMMIT") }

// Rollback undoes the transaction. SQLite has done it already after some errors, and says so.
func (d *DB) Rollback(ctx context.Context) { _ = d.Later(ctx, "ROLLBACK") }

// Lock has nothing to do: there is one writing transaction at a time.
func (*DB) Lock(context.Context) error { return nil }

// LockTable has nothing to do either.
func (*DB) LockTable(context.Context, string) error { return nil }

// Compact shrinks the file.
func (d *DB) Compact(ctx context.Context) error {
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := d.conn.ExecContext(ctx, statement); err != nil {
			return d.wrap(err)
		}
	}
	return nil
}

// stmt prepares a statement once for the life of the connection.
func (d *DB) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if known, ok := d.stmts[query]; ok {
		return known, nil
	}
	made, err := d.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, d.wrap(err)
	}
	d.stmts[query] = made
	return made, nil
}

// Exec returns the number of rows that were changed.
func (d *DB) Exec(ctx context.Context, statement string, args ...any) (int, error) {
	stmt, err := d.stmt(ctx, statement)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, d.wrap(err)
	}
	changed, err := result.RowsAffected()
	return int(changed), err
}

// Later runs the statement now: nothing is saved by waiting.
func (d *DB) Later(ctx context.Context, statement string, args ...any) error {
	_, err := d.Exec(ctx, statement, args...)
	return err
}

// Query calls f on every row; rows are closed before it returns.
func (d *DB) Query(ctx context.Context, f func(*sql.Rows) error, query string, args ...any) error {
	stmt, err := d.stmt(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return d.wrap(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return d.wrap(rows.Err())
}

func (d *DB) number(ctx context.Context, query string) (n int, err error) {
	err = d.Query(ctx, func(rows *sql.Rows) error { return rows.Scan(&n) }, query)
	return n, err
}
