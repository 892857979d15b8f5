package commands

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/deploy"
	"github.com/progetctl/progetctl/commands/doctor"
	"github.com/progetctl/progetctl/commands/feed"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/help"
	"github.com/progetctl/progetctl/commands/promotions"
	"github.com/progetctl/progetctl/commands/sandbox"
	"github.com/progetctl/progetctl/commands/sources"
)

// NewRoot returns the command tree, for documentation and completion.
func NewRoot(env Env) *cobra.Command {
	a := &app{cli.New(env)}
	root := a.trunk()
	cli.Grow(root, nil, a.branches())
	for _, topic := range a.addHelp(root) {
		topic.Write()
	}
	return root
}

// rootFor makes the tree that a run with args needs: see [cli.Grow].
func (a *app) rootFor(args []string) *cobra.Command {
	root := a.trunk()
	if cli.Grow(root, args, a.branches()) {
		root.CompletionOptions.DisableDefaultCmd = true
		return root
	}
	a.addHelp(root)
	return root
}

// The groups of the root's help.
const (
	groupJobs   = "DEPLOYMENTS, PROMOTIONS, PACKAGES"
	groupSetup  = "SET UP"
	groupTry    = "TRY IT"
	groupTopics = "HELP TOPICS (progetctl help TOPIC)"
)

// branches are the commands directly below the root.
func (a *app) branches() []cli.Branch {
	test := cli.Branch{Name: "test", Grow: func([]string) *cobra.Command { return doctor.NewTest(a.App) }}
	return []cli.Branch{
		{Name: "deploy", Group: groupJobs, Grow: func(rest []string) *cobra.Command { return deploy.New(a.App, rest) }},
		{Name: "promotions", Group: groupJobs, Grow: func(rest []string) *cobra.Command { return promotions.New(a.App, rest) }},
		{Name: "feed", Group: groupJobs, Grow: func(rest []string) *cobra.Command { return feed.New(a.App, rest) }},
		{Name: "sources", Group: groupSetup, Grow: func(rest []string) *cobra.Command { return sources.New(a.App, rest, test) }},
		{Name: "doctor", Group: groupSetup, Grow: func([]string) *cobra.Command { return doctor.New(a.App) }},
		cli.Leaf(a.App, "version", newVersion, version).In(groupSetup),
		{Name: "sandbox", Group: groupTry, Grow: func(rest []string) *cobra.Command { return sandbox.New(a.App, rest) }},
	}
}

// addHelp adds to a root with all branches what helps to use them: topics, help and completion.
func (a *app) addHelp(root *cobra.Command) []help.Topic {
	topics := help.Topics(a.App, root)
	root.AddGroup(&cobra.Group{ID: groupTopics, Title: groupTopics})
	for _, topic := range topics {
		topic.GroupID = groupTopics
		root.AddCommand(topic.Command)
	}
	root.SetHelpCommand(helpCommand(a))
	a.strictCompletion(root)
	return topics
}

// trunk makes the root without anything below it.
func (a *app) trunk() *cobra.Command {
	root := &cobra.Command{
		Use:   "progetctl",
		Short: "Record deployments, query promotions and download packages in Inedo ProGet",
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
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { _ = help.Show(a.IO, cmd) }) // the result stream remembers a failure
	a.RegisterGlobals(root)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	return root
}

// strictCompletion makes Cobra's completion command a group like ours: called by itself, it is a
// usage error. Its help gets what all help has.
func (a *app) strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.GroupID, cmd.Short, cmd.Long = groupSetup, "Print a completion script for your shell", ""
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, a.MissingCommand
			for _, shell := range cmd.Commands() {
				shell.Args = cli.NoArguments
				name, setup := completionHelp(shell.Name())
				shell.Short = "Print the completion script for " + name
				shell.Long = "Load the script in each session, and start a new shell.\n\n" + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage)
				shell.Example = setup
				shell.RunE = runCompletion
			}
		}
	}
}

// completionHelp is the name of a shell, and how its script is loaded.
func completionHelp(shell string) (name, example string) {
	switch shell {
	case "bash":
		return "bash", `  # now
  source <(progetctl completion bash)

  # in every session; needs the package bash-completion
  progetctl completion bash > ~/.local/share/bash-completion/completions/progetctl`
	case "zsh":
		return "zsh", `  # in every session; "autoload -U compinit; compinit" must be in ~/.zshrc
  progetctl completion zsh > "${fpath[1]}/_progetctl"`
	case "fish":
		return "fish", `  # now
  progetctl completion fish | source

  # in every session
  progetctl completion fish > ~/.config/fish/completions/progetctl.fish`
	}
	return "PowerShell", `  # now; to load it in every session, add this line to $PROFILE
  progetctl completion powershell | Out-String | Invoke-Expression`
}
