package output

import (
	"errors"
	"io"
	"runtime"
	"syscall"
)

// IsClosedPipe reports whether err, of a write to stdout, says that the reader has gone (progetctl
// ... | head). That ends the run, but needs no message. On Unix a program gets this error only
// where it ignores SIGPIPE, or for a network connection.
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
