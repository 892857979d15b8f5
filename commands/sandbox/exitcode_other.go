//go:build !unix

package sandbox

import "os/exec"

// exitCode is the command's own exit code.
func exitCode(exit *exec.ExitError) int { return exit.ExitCode() }
