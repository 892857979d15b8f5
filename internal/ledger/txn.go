package ledger

import (
	"context"
	"database/sql"
	"errors"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// txn is one transaction, or one read.
type txn struct {
	ctx context.Context
	l   *Ledger
	db  engine.DB
}

// write runs f in one transaction. A cancelled context does not stop it, because an outcome must be
// saved after Ctrl-C too. f is run again if the connection broke before anything was committed.
func (l *Ledger) write(ctx context.Context, f func(*txn) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.db.ReadOnly() {
		return engine.Unusable(l.db.Name(), engine.ErrReadOnly)
	}
	t := &txn{ctx: context.WithoutCancel(ctx), l: l, db: l.db}
	const attempts = 10 // each of a session that ended; the engine itself waits for the database to be back
	var err error
	for range attempts {
		if err = t.once(f); !errors.Is(err, engine.ErrLost) {
			break
		}
	}
	return err
}

func (t *txn) once(f func(*txn) error) error {
	err := t.db.Begin(t.ctx)
	if err != nil {
		return err
	}
	if err = f(t); err == nil {
		err = t.db.Commit(t.ctx)
	}
	if err != nil {
		t.db.Rollback(t.ctx)
	}
	return err
}

// read runs f, in which each statement sees its own snapshot.
func (l *Ledger) read(ctx context.Context, f func(*txn) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return f(&txn{ctx: ctx, l: l, db: l.db})
}

// arguments are the ids of a list of [marks].
func arguments(ids []string) []any {
	args := make([]any, 0, len(ids)+1)
	for _, id := range ids {
		args = append(args, id)
	}
	return args
}

// columns are those of an entry, as the database spells them.
func (t *txn) columns() string { return columns(t.db.SQL()) }

// exec returns the number of rows that were changed.
func (t *txn) exec(statement string, args ...any) (int, error) {
	return t.db.Exec(t.ctx, statement, args...)
}

// later runs a statement whose result does not matter: it costs no round trip to a database.
func (t *txn) later(statement string, args ...any) error {
	return t.db.Later(t.ctx, statement, args...)
}

// lock prevents other transactions from taking records until this one ends. Call it before reading
// what may be taken.
func (t *txn) lock() error { return t.db.Lock(t.ctx) }

// each calls f on every row; rows are closed before it returns.
func (t *txn) each(f func(*sql.Rows) error, query string, args ...any) error {
	err := t.db.Query(t.ctx, f, query, args...)
	if errors.Is(err, ErrDamaged) && !errors.As(err, new(*Error)) {
		return &Error{Path: t.db.Name(), Kind: ErrDamaged, Err: err}
	}
	return err
}

func (t *txn) number(query string, args ...any) (n int, err error) {
	err = t.each(func(rows *sql.Rows) error { return rows.Scan(&n) }, query, args...)
	return n, err
}
