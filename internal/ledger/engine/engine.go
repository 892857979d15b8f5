// Package engine is what a ledger needs of the database that it is in. A ledger's states,
// transitions and queries are written once, in package ledger; an engine has what differs:
// connections, claims, liveness and the schema.
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
	// Warnings say what is unsafe about how the database is kept, or reached.
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
	// Lock lets no other transaction take records until this one ends.
	Lock(context.Context) error

	// LockTable lets no other transaction write to a table until this one ends.
	LockTable(ctx context.Context, table string) error
	// Compact gives the space of removed rows back, as far as that is this program's to do.
	Compact(context.Context) error

	// NewOwner gives the sender of records a number that no other has, and shows it alive until
	// Release or the end of the process.
	NewOwner(context.Context) (int64, error)
	Release(ctx context.Context, owner int64)
	// Owners are those that have a row in the table owner.
	Owners(context.Context) ([]Owner, error)
	// Sweep clears away what owners left that died before they wrote anything.
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

// Dialect is how the database spells what is not the same everywhere.
type Dialect struct {
	// InFlight selects as value the ids in the lists of the table owner; a condition may follow.
	InFlight string
	// Abandoned are the tables and the condition, to follow FROM, of the records d that the table
	// abandoned names, such that the database goes from these few to the records; another condition
	// may follow.
	Abandoned string
	// SkipLocked ends a query for rows that are to be taken.
	SkipLocked string
}

// Options say how a database is opened.
type Options struct {
	Place     string           // a file's path, or a URL
	MustExist bool             // fail with ErrNotExist instead of creating it
	Now       func() time.Time // the clock
	Busy      time.Duration    // longest wait for another process's transaction
	Secret    func(string)     // is called with the secrets of the place before they are used; may be nil
	// Fill completes a migration, in its transaction, from the records that there are.
	Fill func(context.Context, DB) error
	// Opened is called with the database, and the owners in it, as soon as its schema is up to
	// date.
	Opened func(context.Context, DB, []Owner) error
}
