package commands

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/deploy"
	"github.com/progetctl/progetctl/commands/doctor"
	"github.com/progetctl/progetctl/commands/feed"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/promotions"
	"github.com/progetctl/progetctl/commands/sandbox"
	"github.com/progetctl/progetctl/commands/sources"
)

// NewRoot returns the command tree, for documentation and completion.
func NewRoot(env Env) *cobra.Command { return (&app{cli.New(env)}).root() }

// rootFor makes the tree that a run with args needs: where the first of them is
// the name of a command, that branch alone, because making all of them would
// take a quarter of the time of a short run. Whatever looks at the tree itself
// (help, completion, a word that is no command) gets the whole of it.
func (a *app) rootFor(args []string) *cobra.Command {
	if len(args) > 0 {
		for _, b := range a.branches() {
			if b.name == args[0] {
				root := a.trunk()
				root.CompletionOptions.DisableDefaultCmd = true
				root.AddCommand(b.grow())
				return root
			}
		}
	}
	return a.root()
}

// branch is a command directly below the root.
type branch struct {
	name string
	grow func() *cobra.Command
}

func (a *app) branches() []branch {
	return []branch{
		{"deploy", func() *cobra.Command { return deploy.New(a.App) }},
		{"promotions", func() *cobra.Command { return promotions.New(a.App) }}, {"feed", func() *cobra.Command { return feed.New(a.App) }},
		{"sources", func() *cobra.Command { return sources.New(a.App, doctor.NewTest(a.App)) }}, {"doctor", func() *cobra.Command { return doctor.New(a.App) }},
		{"sandbox", func() *cobra.Command { return sandbox.New(a.App) }}, {"version", func() *cobra.Command { return newVersion(a.App, version) }},
	}
}

// root makes the whole tree.
func (a *app) root() *cobra.Command {
	root := a.trunk()
	for _, b := range a.branches() {
		root.AddCommand(b.grow())
	}
	root.AddCommand(helpTopics(a)...)
	root.SetHelpCommand(helpCommand(a))
	a.strictCompletion(root)
	return root
}

// trunk makes the root without anything below it.
func (a *app) trunk() *cobra.Command {
	root := &cobra.Command{
		Use:   "progetctl",
		Short: "Record deployments, query promotions and download packages in Inedo ProGet",
		Long: `progetctl records package deployments in Inedo ProGet, queries promotions, and
downloads packages from any feed, optionally recording the download as a
deployment.`,
		Example: `  # see the three jobs at work, on a server inside the program
  progetctl sandbox demo

  # record that web01 now runs Newtonsoft.Json 12.0.3
  progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet \
    --application HDARS --description "Deployed by HDARS" --target web01`,
		Version:       a.IO.Build.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return a.MissingCommand(cmd, args)
		},
	}
	root.SetOut(a.IO.Stdout)
	root.SetErr(a.IO.Stderr)
	root.SetIn(a.IO.Stdin)
	root.SetFlagErrorFunc(cli.FlagError)
	root.SetUsageFunc(func(cmd *cobra.Command) error { return showUsage(a.IO, cmd) })
	a.RegisterGlobals(root)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	return root
}

// strictCompletion makes Cobra's completion command a group like ours: called
// by itself, it is a usage error. Its help gets what all help has.
func (a *app) strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, a.MissingCommand
			for _, shell := range cmd.Commands() {
				shell.Args = cli.NoArguments
				shell.Long = strings.TrimSpace(shell.Long) + "\n\n" + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage)
				shell.Example = "  " + shell.CommandPath()
				shell.RunE = runCompletion
			}
		}
	}
}
