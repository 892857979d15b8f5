package ledger

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The kinds of [Error], for errors.Is.
var (
	ErrNotExist = errors.New("does not exist")
	ErrDamaged  = errors.New("is damaged or no ledger, and was left as it is")
	ErrNewer    = errors.New("was written by a newer version of this program, and was left as it is")
	ErrBusy     = errors.New("was kept busy by another process for too long")
	ErrUnusable = errors.New("cannot be used") // no permission, read-only, disk full, not a file, …
)

// Error says which ledger cannot be used and why. It unwraps to its kind and to the cause.
type Error struct {
	Path string
	Kind error
	Err  error
}

// Error is one line in the words of the kind and of the operating system or SQLite.
func (e *Error) Error() string {
	switch {
	case e.Kind == ErrNotExist: // the cause says the same
		return fmt.Sprintf("ledger %q %v", e.Path, e.Kind)
	case errors.Is(e.Err, e.Kind): // its text begins with the kind's
		return fmt.Sprintf("ledger %q %v", e.Path, e.Err)
	}
	return fmt.Sprintf("ledger %q %v: %v", e.Path, e.Kind, e.Err)
}

// Unwrap gives kind and cause.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// errReadOnly is why a ledger that was opened to be read is not written.
var errReadOnly = errors.New("it is read-only")

func unusable(path string, err error) error { return &Error{Path: path, Kind: ErrUnusable, Err: err} }

// wrap makes an Error of what SQLite said or what its file turned out to be; any other error passes as it is.
func (l *Ledger) wrap(err error) error {
	if errors.As(err, new(*Error)) {
		return err
	}
	if errors.As(err, new(*sqlite.Error)) || errors.Is(err, ErrDamaged) || errors.Is(err, ErrNewer) || errors.Is(err, ErrBusy) {
		return &Error{Path: l.locks, Kind: kindOf(err), Err: l.plain(err)}
	}
	return err
}

// plain says in plain words what SQLite has only a code for.
func (l *Ledger) plain(err error) error {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return err
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return reason{"the disk is full", err}
	case sqlite3.SQLITE_READONLY:
		return reason{errReadOnly.Error(), err}
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM:
		if tooManyFiles(l.path) {
			return reason{"too many files are open: raise the limit (ulimit -n)", err}
		}
	}
	return err
}

// tooManyFiles tries what SQLite keeps the system's error of to itself: to have the database and the files beside it open.
func tooManyFiles(path string) bool {
	const handles = 4
	for range handles {
		file, err := os.Open(path)
		if err != nil {
			return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
		}
		defer file.Close()
	}
	return false
}

// reason is an error in other words.
type reason struct {
	words string
	err   error
}

func (r reason) Error() string { return r.words }
func (r reason) Unwrap() error { return r.err }

// kindOf sorts SQLite's result codes (sqlite.org/rescode.html); the low byte is the primary code.
func kindOf(err error) error {
	for _, kind := range []error{ErrDamaged, ErrNewer, ErrBusy} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return ErrUnusable
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrBusy
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrDamaged
	}
	return ErrUnusable
}

// UnknownError names ids that are not in this ledger.
type UnknownError struct{ IDs []string }

// Error lists the ids.
func (e *UnknownError) Error() string {
	ids := make([]string, len(e.IDs))
	for i, id := range e.IDs {
		ids[i] = strconv.Quote(id)
	}
	return "not in this ledger: " + strings.Join(ids, ", ")
}

// SettledError names records on which there is nothing left to decide, or not yet: recorded, queued, being sent, ….
type SettledError struct{ Entries []Entry }

// Error lists the ids with their states.
func (e *SettledError) Error() string {
	states := make([]string, len(e.Entries))
	for i, entry := range e.Entries {
		states[i] = fmt.Sprintf("%q is %s", entry.ID, entry.Status)
		if entry.Status == Uncertain {
			states[i] = fmt.Sprintf("%q is being sent by another process", entry.ID)
		}
	}
	return "neither uncertain nor refused: " + strings.Join(states, ", ")
}
