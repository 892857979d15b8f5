//go:build !windows

package commands

import (
	"os"
	"syscall"
)

// deadlySignals are those that a process may be sent, and those for which Go's runtime exits with 2
// by itself.
func deadlySignals() []os.Signal {
	return []os.Signal{
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT,
		syscall.SIGILL, syscall.SIGTRAP, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV,
	}
}

// send sends a process a signal.
func send(p *os.Process, s os.Signal) error { return p.Signal(s) }
