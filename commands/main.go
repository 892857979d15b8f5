package commands

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

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
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program the hard way.
	context.AfterFunc(ctx, stop)
	// Without this, a closed pipe would end the program before it can say what
	// it did. Notify, because an ignored signal is inherited by child processes.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)

	root := a.root()
	root.SetArgs(args)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		a.completeFlags(root) // for a shell only: it would cost each start
	}
	a.json = asksForJSON(args)
	return a.finish(ctx, root.ExecuteContext(ctx))
}

// NewRoot returns the command tree, for documentation and completion.
func NewRoot(env Env) *cobra.Command { return newApp(env).root() }

// app is one run of the program.
type app struct {
	env    Env
	stdout *resultStream
	stderr io.Writer
	global globalFlags
	json   bool // errors and warnings are JSON
}

func newApp(env Env) *app {
	out := &resultStream{w: env.Stdout}
	env.Stdout = out
	return &app{env: env, stdout: out, stderr: env.Stderr}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "progetctl",
		Short: "Record deployments, query promotions and fetch packages from Inedo ProGet",
		Long: `progetctl records package deployments in Inedo ProGet, queries promotions, and
fetches packages from any feed while leaving a deployment record by doing so.`,
		Example: `  # see the three jobs at work, on a server inside the program
  progetctl sandbox demo

  # record that web01 now runs Newtonsoft.Json 12.0.3
  progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet \
    --application HDARS --description "Deployed by HDARS" --target web01`,
		Version:       a.env.Build.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		// A group without a command is a usage error, the root included.
		Args: cobra.ArbitraryArgs,
		RunE: missingCommand,
	}
	root.SetOut(a.env.Stdout)
	root.SetErr(a.env.Stderr)
	root.SetIn(a.env.Stdin)
	root.SetFlagErrorFunc(flagError)
	a.global.register(root.PersistentFlags())
	root.AddCommand(a.deploy(), a.promotions(), a.feed(), a.sourcesGroup(), a.doctor(), a.sandbox(), a.version())
	root.AddCommand(helpTopics()...)
	root.SetHelpCommand(helpCommand())
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	strictCompletion(root)
	return root
}

// strictCompletion makes Cobra's completion command a group like ours: called
// by itself, it is a usage error. Its help gets what all help has.
func strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, missingCommand
			for _, shell := range cmd.Commands() {
				shell.Args = noArguments
				shell.Long = strings.TrimSpace(shell.Long) + "\n\n" + exitStatus(codeDone, codeInternal, codeUsage)
				shell.Example = "  " + shell.CommandPath()
			}
		}
	}
}

// group makes a command that only holds others.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: missingCommand}
	cmd.AddCommand(children...)
	return cmd
}

func (a *app) crashed(cause any) int {
	fmt.Fprintf(a.stderr, "error: progetctl crashed, which is a bug: %s\n", output.Clean(fmt.Sprint(cause)))
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
