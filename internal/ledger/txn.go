package ledger

import (
	"context"
	"database/sql"
)

// txn is one transaction, or one read, on the ledger's connection.
type txn struct {
	ctx context.Context
	l   *Ledger
}

// write runs f in one transaction that takes the write lock at once (a transaction that reads first and writes later
// fails with "database is locked" whatever the busy timeout). A cancelled context does not stop it: that a record went
// out must be written down after Ctrl-C too.
func (l *Ledger) write(ctx context.Context, f func(*txn) error) error {
	if l.readOnly {
		return unusable(l.locks, errReadOnly)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &txn{ctx: context.WithoutCancel(ctx), l: l}
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return l.wrap(err)
	}
	err := f(t)
	if err == nil {
		_, err = t.exec("COMMIT")
	}
	if err != nil {
		_, _ = t.exec("ROLLBACK") // SQLite has done it already after some errors, and says so
	}
	return l.wrap(err)
}

// read runs f, which sees each of its statements' own snapshot.
func (l *Ledger) read(ctx context.Context, f func(*txn) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wrap(f(&txn{ctx: ctx, l: l}))
}

// arguments are the ids of a list of [marks].
func arguments(ids []string) []any {
	args := make([]any, 0, len(ids)+1)
	for _, id := range ids {
		args = append(args, id)
	}
	return args
}

// number runs a query for a single number outside of a transaction.
func (l *Ledger) number(ctx context.Context, query string) (n int, err error) {
	err = l.read(ctx, func(t *txn) error {
		n, err = t.number(query)
		return err
	})
	return n, err
}

// stmt prepares a statement once for the life of the connection.
func (t *txn) stmt(query string) (*sql.Stmt, error) {
	if known, ok := t.l.stmts[query]; ok {
		return known, nil
	}
	made, err := t.l.conn.PrepareContext(t.ctx, query)
	if err == nil {
		t.l.stmts[query] = made
	}
	return made, err
}

// exec returns the number of rows that were changed.
func (t *txn) exec(query string, args ...any) (int, error) {
	stmt, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	changed, err := result.RowsAffected()
	return int(changed), err
}

// each calls f on every row; rows are closed before it returns.
func (t *txn) each(f func(*sql.Rows) error, query string, args ...any) error {
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(t.ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t *txn) number(query string, args ...any) (n int, err error) {
	err = t.each(func(rows *sql.Rows) error { return rows.Scan(&n) }, query, args...)
	return n, err
}
