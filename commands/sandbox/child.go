package sandbox

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// child is a command to run.
type child struct {
	path    string
	args    []string // the first is the name under which it is called
	environ []string
	dir     string // "" for the current one
}

// gracePeriod is how long a command may take to end after Ctrl-C.
const gracePeriod = 5 * time.Second

// run runs the command on the program's own streams and returns its exit code.
func (c child) run(ctx context.Context, io *cli.IO) (int, error) {
	cmd := exec.CommandContext(ctx, c.path, c.args[1:]...)
	cmd.Args[0] = c.args[0]
	cmd.Env, cmd.Dir = c.environ, c.dir
	// The real file, so that the command sees a terminal if there is one.
	cmd.Stdin, cmd.Stdout, cmd.Stderr = io.Stdin, io.ProcessStdout(), io.Stderr
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = gracePeriod
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exitCode(exit), nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, exec.ErrWaitDelay) {
		return cli.CodeInterrupted, nil
	}
	return 0, err
}

// interrupt asks a command to end. On Windows no program can; there the console has asked the
// command, too.
func interrupt(p *os.Process) error {
	if err := p.Signal(os.Interrupt); errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// isShell reports whether a command is an interactive shell, not one that runs a script.
func isShell(command []string) bool {
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(command[0])), ".exe")
	switch name {
	case "sh", "bash", "zsh", "fish", "dash", "ksh", "pwsh", "powershell", "cmd":
		return !slices.ContainsFunc(command[1:], func(arg string) bool { return arg == "-c" || !strings.HasPrefix(arg, "-") })
	}
	return false
}

// leaveInterrupts leaves Ctrl-C to the shell, which gets it from the terminal and ends what runs in
// it, not itself.
func leaveInterrupts() {
	signal.Reset(os.Interrupt)
	// Instead of ignoring it, which child processes would inherit.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
}

// exitWith ends the run with the code of a command that it ran.
func exitWith(code int) error {
	if code == 0 {
		return nil
	}
	return cli.ChildExit(code)
}
