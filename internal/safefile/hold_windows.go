package safefile

import (
	"os"

	"golang.org/x/sys/windows"
)

// hold marks a file as in use until it is closed, also by the end of the process. A file system
// without locks marks nothing.
func hold(file *os.File) { _ = lockEnd(file, windows.LOCKFILE_EXCLUSIVE_LOCK) }

// isAbandoned is true if no living process holds the file.
func isAbandoned(file *os.File) bool {
	return lockEnd(file, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY) == nil
}

// lockEnd locks a byte where no file has any: locked bytes can't be written, not even by their own
// process.
func lockEnd(file *os.File, flags uint32) error {
	const high = 0x7fffffff // of the 64 bits of the place
	return windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: high})
}
