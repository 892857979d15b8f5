//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package safefile

import (
	"os"
	"syscall"
)

// hold marks a file as in use until it is closed, also by the end of the process. It waits for
// another process that looks at this moment whether the file is abandoned. A file system without
// locks marks nothing.
func hold(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_EX) }

// isAbandoned is true if no living process holds the file.
func isAbandoned(file *os.File) bool {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
