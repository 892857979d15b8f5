package engine

import (
	"errors"
	"fmt"

	"github.com/progetctl/progetctl/internal/safefile"
)

// The kinds of [Error], for errors.Is.
var (
	ErrNotExist = errors.New("does not exist")
	ErrDamaged  = errors.New("is damaged or no ledger, and was left as it is")
	ErrNewer    = errors.New("was written by a newer version of this program, and was left as it is")
	ErrBusy     = errors.New("was kept busy by another process for too long")
	ErrUnusable = errors.New("cannot be used") // no permission, read-only, disk full, no connection, …
)

var (
	// ErrReadOnly is the error of a write to a ledger that was opened to be read.
	ErrReadOnly = errors.New("it is read-only")
	// ErrLost is a transaction whose connection broke, and of which nothing was committed.
	ErrLost = errors.New("the connection was lost")
	// ErrUnclear is a transaction whose connection broke, and which may have been committed.
	ErrUnclear = errors.New("it is not known whether this was written")
)

// Error says which ledger cannot be used and why. It unwraps to its kind and to the cause.
type Error struct {
	Path string // the file, or the database without credentials
	Kind error
	Err  error
}

// Error is one line with the text of the kind and that of the operating system or the database.
func (e *Error) Error() string {
	switch {
	case e.Kind == ErrNotExist: // the cause says the same
		return fmt.Sprintf("ledger %s %v", safefile.Quote(e.Path), e.Kind)
	case errors.Is(e.Err, e.Kind): // its text begins with the kind's
		return fmt.Sprintf("ledger %s %v", safefile.Quote(e.Path), e.Err)
	}
	return fmt.Sprintf("ledger %s %v: %v", safefile.Quote(e.Path), e.Kind, e.Err)
}

// Unwrap gives kind and cause.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// Unusable is an error of the kind ErrUnusable.
func Unusable(path string, err error) error { return &Error{Path: path, Kind: ErrUnusable, Err: err} }

// KindOf is the kind that an error has in its chain, ErrUnusable if it has none.
func KindOf(err error) error {
	for _, kind := range []error{ErrNotExist, ErrDamaged, ErrNewer, ErrBusy} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return ErrUnusable
}

// Reason is an error with another text.
type Reason struct {
	Words string
	Err   error
}

// Error returns the other text.
func (r Reason) Error() string { return r.Words }

// Unwrap gives the error itself.
func (r Reason) Unwrap() error { return r.Err }
