package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"
)

// Env is the environment of a run: streams, variables, clock.
type Env struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Three separate facts: a pipe behind stdout says nothing about stderr.
	StdinTerminal, StdoutTerminal, StderrTerminal bool
	// ReadSecret reads a line from the terminal at standard input without showing it; nil if nobody
	// can be asked.
	ReadSecret func(context.Context) (string, error)
	// Width is the terminal's width in columns, 0 if it is unknown.
	Width func() int
	// Environ lists the environment as NAME=VALUE.
	Environ func() []string
	// Hostname is the name of this machine; nil for none.
	Hostname func() (string, error)
	// Now is the clock.
	Now func() time.Time
	// Sleep waits; nil is the real thing.
	Sleep func(context.Context, time.Duration) error
	// CompletionTimeout is the longest time that Tab waits for the server or the ledger; 0 means
	// half a second.
	CompletionTimeout time.Duration
	Build             Build
	// process says that the run is all that this process does.
	process bool
}

// Build says what binary this is.
type Build struct {
	Version string // without a leading v; "devel" if it is unknown
	Commit  string
	Date    string // RFC 3339
}

// System is the real world of this process, which is this program's alone: from here on it decides
// about signals.
func System(build Build) Env {
	claimSignals()
	return Env{
		process: true,
		Stdin:   os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StdinTerminal: isTerminal(os.Stdin), StdoutTerminal: isTerminal(os.Stdout), StderrTerminal: isTerminal(os.Stderr),
		ReadSecret: readSecret, Width: terminalWidth,
		Environ:  os.Environ,
		Hostname: os.Hostname,
		Now:      time.Now,
		Build:    build,
	}
}

// terminalWidth is that of the terminal behind stdout, or, where stdout is a pipe, of the one
// behind stderr.
func terminalWidth() int {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
}

// Columns is the width of what is written to a terminal; 0 if it is none, or of unknown width.
func (e Env) Columns(terminal bool) int {
	if !terminal || e.Width == nil {
		return 0
	}
	return e.Width()
}

func isTerminal(f *os.File) bool {
	return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd())
}

// Wait waits for d, or until the context ends.
func (e Env) Wait(ctx context.Context, d time.Duration) error {
	if e.Sleep != nil {
		return e.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Host is the name of this machine, "" if it has none.
func (e Env) Host() string {
	if e.Hostname == nil {
		return ""
	}
	name, _ := e.Hostname()
	return name
}

// Getenv returns the last value of a variable, as a shell would.
func (e Env) Getenv(name string) string {
	value := ""
	if e.Environ == nil {
		return value
	}
	for _, pair := range e.Environ() {
		if len(pair) > len(name) && pair[len(name)] == '=' && pair[:len(name)] == name {
			value = pair[len(name)+1:]
		}
	}
	return value
}

// BuildOf completes what the linker was given about this binary by what the Go toolchain wrote into
// it: the module's version for go install, the commit for a build in a checkout.
func BuildOf(version, commit, date string) Build {
	b := Build{strings.TrimPrefix(version, "v"), commit, date}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b.orDevel()
	}
	if v := info.Main.Version; b.Version == "" && v != "(devel)" {
		b.Version = strings.TrimPrefix(v, "v")
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && b.Commit == "":
			b.Commit = s.Value
		case s.Key == "vcs.time" && b.Date == "":
			b.Date = s.Value
		}
	}
	return b.orDevel()
}

func (b Build) orDevel() Build {
	if b.Version == "" {
		b.Version = "devel"
	}
	return b
}

// crashSignals are those for which the runtime would end the program with its own dump and the exit
// code 2, which here means that nothing was sent. Only another process's are meant: a fault of the
// program itself still ends it.
func crashSignals() []os.Signal {
	return []os.Signal{
		syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV,
	}
}

// claimSignals makes sure that no signal ends this process with the exit code 2, from its start to
// its end. Ignoring costs nothing at the start; a command that does more than print heeds them, see
// [App.heedSignals].
func claimSignals() {
	signal.Ignore(crashSignals()...)
	// A closed pipe would end the program before it can say what it did.
	signal.Ignore(syscall.SIGPIPE)
}
