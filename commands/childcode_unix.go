//go:build unix

package commands

import (
	"os/exec"
	"syscall"
)

// exitCodeOf is the code that a shell would report: 128 and the number of the
// signal where one ended the command.
func exitCodeOf(exit *exec.ExitError) int {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
