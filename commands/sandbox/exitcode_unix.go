//go:build unix

package sandbox

import (
	"os/exec"
	"syscall"
)

// exitCode is the code that a shell would report: 128 plus the signal's number if a signal ended
// the command.
func exitCode(exit *exec.ExitError) int {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
