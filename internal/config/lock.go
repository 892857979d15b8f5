package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/progetctl/progetctl/internal/safefile"
)

const (
	// lockTime is how long another process may keep us from changing the sources: a change takes
	// milliseconds.
	lockTime = 10 * time.Second
	// lockPause is the time between two attempts to take the lock.
	lockPause = 10 * time.Millisecond
)

// BusyError says that another process held the sources for too long; nothing was changed.
type BusyError struct{ Lock string }

// Error names the lock; programs such as lsof show the process that holds it.
func (e *BusyError) Error() string {
	return fmt.Sprintf("cannot change the sources: another process has held the lock for %s: %s", lockTime, safefile.Quote(e.Lock))
}

// lock lets one process at a time change the file at path, until the function that it returns is
// called. What is locked is a file beside it, because the file itself is replaced with each change.
// The lock file stays: one that is removed could be held by one process and created again by
// another. The operating system frees the lock of a process that died.
//
// A file system without locks, such as some network drives, is written without one: saving a source
// there at all is worth more than protecting two that are added at the same moment.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	held := flock.New(path+".lock", flock.SetPermissions(0o600))
	waiting, cancel := context.WithTimeoutCause(ctx, lockTime, &BusyError{held.Path()})
	defer cancel()
	_, err = held.TryLockContext(waiting, lockPause)
	switch {
	case waiting.Err() != nil && err != nil:
		return nil, context.Cause(waiting)
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK):
		_ = held.Close()
		_ = os.Remove(held.Path()) // it locks nothing
		return func() {}, nil
	case err != nil:
		return nil, fmt.Errorf("cannot lock the sources with %s: %w", safefile.Quote(held.Path()), err)
	}
	return func() { _ = held.Close() }, nil
}
