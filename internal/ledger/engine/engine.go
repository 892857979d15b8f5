// Package engine is the interface between a ledger and its database. A ledger's states, transitions
// and queries are written once, in package ledger; an engine has what differs: connections, claims,
// liveness and the schema.
package engine

import (
	"context"
	"database/sql"
	"time"
)

// DB is an open database. Its methods are called by one goroutine at a time, statements with "?"
// for each value.
//
// The statements between Begin and Commit are one transaction, which is durable once Commit has
// returned nil. A statement outside of a transaction only reads.
type DB interface {
	// Name is what messages call the ledger, without any credential.
	Name() string
	// ReadOnly is true if nothing can be written.
	ReadOnly() bool
	// Warnings say what is unsafe about the database's permissions or connection.
	Warnings() []string
	SQL() Dialect

	// Begin begins a transaction.
	Begin(context.Context) error
	// Commit fails with ErrLost if the connection broke and nothing was committed: the transaction
	// may be run again.
	Commit(context.Context) error
	// Rollback undoes a transaction that is under way.
	Rollback(context.Context)
	// Exec returns the number of rows that were changed.
	Exec(ctx context.Context, statement string, args ...any) (int, error)
	// Later runs a statement whose result is not needed, at the next statement or at the end of the
	// transaction.
	Later(ctx context.Context, statement string, args ...any) error
	// Query calls f on every row.
	Query(ctx context.Context, f func(*sql.Rows) error, query string, args ...any) error
	// Lock prevents other transactions from taking records until this one ends.
	Lock(context.Context) error

	// LockTable prevents other transactions from writing to a table until this one ends.
	LockTable(ctx context.Context, table string) error
	// Compact frees the space of removed rows, if this program has to do that.
	Compact(context.Context) error

	// NewOwner returns a unique number for a sender of records, which shows as alive until Release
	// or the end of the process.
	NewOwner(context.Context) (int64, error)
	Release(ctx context.Context, owner int64)
	// Owners are those that have a row in the table owner.
	Owners(context.Context) ([]Owner, error)
	// Clock converts a time of this machine's clock to the one that all who use the database share.
	// Leases are by that clock: those of machines may differ.
	Clock(time.Time) time.Time
	// Sweep removes what is left of owners that died before they wrote anything.
	Sweep(context.Context)

	// Close ends the connection.
	Close() error
}

// Owner is a sender of records.
type Owner struct {
	ID    int64
	Until int64 // of its lease, in milliseconds since 1970
	Alive bool  // may be alive
}

// Dialect is the SQL that differs between databases.
type Dialect struct {
	// InFlight selects as value the ids in the lists of the table owner; a condition may follow.
	InFlight string
	// Abandoned is what follows FROM in a query for the records d that the table abandoned names:
	// tables and a condition, written so that the database starts from these few. Another condition
	// may follow.
	Abandoned string
	// SkipLocked ends a query for rows that are to be taken.
	SkipLocked string
	// Bytes is the fastest form of a query that has only columns of bytes.
	Bytes func(query string) string
}

// Options say how a database is opened.
type Options struct {
	Place     string           // a file's path, or a URL
	MustExist bool             // fail with ErrNotExist instead of creating it
	Now       func() time.Time // the clock
	Busy      time.Duration    // longest wait for another process's transaction
	Secret    func(string)     // is called with the secrets of the place before they are used; may be nil
	// Fill completes a migration, in its transaction, from the existing records.
	Fill func(context.Context, DB) error
	// Opened is called with the database, and the owners in it, as soon as its schema is up to
	// date.
	Opened func(context.Context, DB, []Owner) error
}
