package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// The kinds of [Error], for errors.Is.
var (
	ErrNotExist = engine.ErrNotExist
	ErrDamaged  = engine.ErrDamaged
	ErrNewer    = engine.ErrNewer
	ErrBusy     = engine.ErrBusy
	ErrUnusable = engine.ErrUnusable // no permission, read-only, disk full, no connection, …
)

// ErrUnclear is, for errors.Is, a call of which it is not known whether it wrote everything or
// nothing.
var ErrUnclear = engine.ErrUnclear

// Error says which ledger cannot be used and why. It unwraps to its kind and to the cause.
type Error = engine.Error

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

// SettledError names records that can't be settled (any more, or yet): recorded, being sent, ….
type SettledError struct {
	Entries []Entry
	As      Status // what they were to be settled as
}

// Error lists the ids with their states.
func (e *SettledError) Error() string {
	states := make([]string, len(e.Entries))
	for i, entry := range e.Entries {
		states[i] = fmt.Sprintf("%q is %s", entry.ID, entry.Status)
		switch {
		case entry.Status == Uncertain:
			states[i] = fmt.Sprintf("%q is being sent by another process", entry.ID)
		case entry.Status == Queued && e.As == Dropped:
			states[i] = fmt.Sprintf("%q is about to be sent by another process", entry.ID)
		}
	}
	return map[bool]string{true: "not pending: ", false: "neither uncertain nor refused: "}[e.As == Dropped] + strings.Join(states, ", ")
}
