//go:build !unix

package commands

import "os/exec"

// exitCodeOf is the command's own exit code.
func exitCodeOf(exit *exec.ExitError) int { return exit.ExitCode() }
