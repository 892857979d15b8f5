package commands

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/output"
)

// Main runs the program with args (without its name) and returns its exit code.
func Main(ctx context.Context, env Env, args []string) (code int) {
	a := newApp(env)
	// The runtime's own exit code for a panic is 2, which here means that
	// nothing was sent.
	defer func() {
		if cause := recover(); cause != nil {
			code = a.crashed(cause)
		}
	}()
	// net/http logs what a server sends past the end of an answer, key and all.
	log.SetOutput(io.Discard)
	// A closed pipe would end the program before it can say what it did.
	signal.Ignore(syscall.SIGPIPE)

	root := a.rootFor(args)
	root.SetArgs(append([]string{}, args...)) // not nil, for which Cobra takes the process's own
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		a.completeValues(root) // for a shell only: it would cost each start
	}
	a.json = asksForJSON(args)
	return a.finish(root.ExecuteContext(ctx))
}

// app is one run of the program.
type app struct {
	env    Env
	stdout *resultStream
	stderr io.Writer
	global globalFlags
	json   bool // errors and warnings are JSON
	// redactor knows the secrets of this run. It stands in front of all that is
	// said in words.
	redactor *client.Redactor
	// interrupted says that a signal, or the caller, ended the run.
	interrupted bool
}

func newApp(env Env) *app {
	out := &resultStream{w: env.Stdout}
	env.Stdout = out
	return &app{env: env, stdout: out, stderr: env.Stderr, redactor: &client.Redactor{}}
}

// heedSignals lets the first Ctrl-C end the run in order and the second the hard
// way, until the function that it returns is called. It costs a thread, which is
// noticeable at the start of a short run.
func (a *app) heedSignals(ctx context.Context) (context.Context, func()) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	// Instead of ignoring it, which child processes would inherit.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return ctx, func() {
		a.interrupted = ctx.Err() != nil
		stop()
	}
}

func (a *app) crashed(cause any) int {
	fmt.Fprintf(a.stderr, "error: progetctl crashed, which is a bug: %s\n", output.Clean(a.redactor.Text(fmt.Sprint(cause))))
	if a.env.getenv("PROGETCTL_DEBUG") != "" {
		_, _ = a.stderr.Write(debug.Stack())
	}
	return codeInternal
}

// resultStream remembers that a write of the result failed, whoever made it.
type resultStream struct {
	w   io.Writer
	err error
}

// Write writes until the first failure.
func (s *resultStream) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}
