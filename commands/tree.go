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
	root, topics := (&app{cli.New(env)}).whole()
	for _, topic := range topics {
		topic.Write()
	}
	return root
}

// rootFor makes the tree that a run with args needs: where the first of them is the name of a
// command, that branch alone, because making all of them would take a quarter of the time of a
// short run. Whatever looks at the tree itself (help, completion, a word that is not a command)
// gets the whole of it.
func (a *app) rootFor(args []string) *cobra.Command {
	if len(args) > 0 {
		for _, b := range a.branches() {
			if b.name == args[0] {
				root := a.trunk()
				root.CompletionOptions.DisableDefaultCmd = true
				root.AddCommand(b.command())
				return root
			}
		}
	}
	root, _ := a.whole()
	return root
}

// branch is a command directly below the root.
type branch struct {
	name, group string
	grow        func() *cobra.Command
}

// command makes the command, in its group of the root's help.
func (b branch) command() *cobra.Command {
	cmd := b.grow()
	cmd.GroupID = b.group
	return cmd
}

// The groups of the root's help, in their order.
const (
	groupJobs   = "jobs"
	groupSetup  = "setup"
	groupTry    = "try"
	groupTopics = "topics"
)

func (a *app) branches() []branch {
	return []branch{
		{"deploy", groupJobs, func() *cobra.Command { return deploy.New(a.App) }},
		{"promotions", groupJobs, func() *cobra.Command { return promotions.New(a.App) }},
		{"feed", groupJobs, func() *cobra.Command { return feed.New(a.App) }},
		{"sources", groupSetup, func() *cobra.Command { return sources.New(a.App, doctor.NewTest(a.App)) }},
		{"doctor", groupSetup, func() *cobra.Command { return doctor.New(a.App) }},
		{"version", groupSetup, func() *cobra.Command { return newVersion(a.App, version) }},
		{"sandbox", groupTry, func() *cobra.Command { return sandbox.New(a.App) }},
	}
}

// whole makes the whole tree.
func (a *app) whole() (root *cobra.Command, topics []help.Topic) {
	root = a.trunk()
	for _, b := range a.branches() {
		root.AddCommand(b.command())
	}
	topics = help.Topics(a.App, root)
	for _, topic := range topics {
		topic.GroupID = groupTopics
		root.AddCommand(topic.Command)
	}
	root.SetHelpCommand(helpCommand(a))
	a.strictCompletion(root)
	return root, topics
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
	root.AddGroup(&cobra.Group{ID: groupJobs, Title: "DEPLOYMENTS, PROMOTIONS, PACKAGES"}, &cobra.Group{ID: groupSetup, Title: "SET UP"},
		&cobra.Group{ID: groupTry, Title: "TRY IT"}, &cobra.Group{ID: groupTopics, Title: "HELP TOPICS (progetctl help TOPIC)"})
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
