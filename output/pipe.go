package output

import (
	"errors"
	"io"
	"runtime"
	"syscall"
)

// IsClosedPipe reports whether err says that the reader of the stream has gone (progetctl ... | head). That ends the
// run, but is nothing to tell anyone. On Unix a program gets this error only for a stdout whose SIGPIPE it ignores.
func IsClosedPipe(err error) bool {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return true
	}
	if runtime.GOOS != "windows" {
		return false
	}
	const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232) // ERROR_BROKEN_PIPE, ERROR_NO_DATA
	return errors.Is(err, brokenPipe) || errors.Is(err, noData)
}
