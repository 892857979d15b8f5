package commands

import (
	"context"
	"io"
	"log"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// Env is the environment of a run: streams, variables, clock.
type Env = cli.Env

// Build says what binary this is.
type Build = cli.Build

// System is the real world of this process.
func System(build Build) Env { return cli.System(build) }

// BuildOf completes what the linker was given about this binary by what the Go toolchain wrote into
// it.
func BuildOf(version, commit, date string) Build { return cli.BuildOf(version, commit, date) }

// Main runs the program with args (without its name) and returns its exit code.
func Main(ctx context.Context, env Env, args []string) (code int) {
	a := &app{cli.New(env)}
	// The runtime's own exit code for a panic is 2, which here means that nothing was sent.
	defer func() {
		if cause := recover(); cause != nil {
			code = a.Crashed(cause)
		}
	}()
	// net/http logs what a server sends past the end of an answer, key and all.
	log.SetOutput(io.Discard)
	defer a.End()

	root := a.rootFor(args)
	root.SetArgs(append([]string{}, args...)) // not nil, for which Cobra takes the process's own
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		a.completeValues(root) // for a shell only: it would cost each start
	}
	a.ExpectJSON(args)
	return a.Finish(root.ExecuteContext(ctx))
}

// app is one run of the program with its command tree.
type app struct{ *cli.App }
