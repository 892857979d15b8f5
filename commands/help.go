package commands

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/help"
)

// helpCommand is Cobra's own, except that a topic that does not exist is a usage error instead of a
// page of help.
func helpCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|TOPIC]",
		Short: "Show help for a command or a topic",
		Long: `With no argument, show the help of progetctl itself, which lists the commands
and topics.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl help deploy record
  progetctl help exit-codes`,
		ValidArgsFunction: completeHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return a.MissingCommand(target, rest)
			}
			return target.Help()
		},
	}
}

func completeHelp(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	target, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var all []cobra.Completion
	for _, child := range target.Commands() {
		if child.IsAvailableCommand() || child.IsAdditionalHelpTopicCommand() {
			all = append(all, cobra.CompletionWithDesc(child.Name(), child.Short))
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// HelpPage is the help of a command, for the reference and the man pages.
type HelpPage = help.Page

// NewHelpPage makes the page of a command or topic.
func NewHelpPage(cmd *cobra.Command) HelpPage { return help.NewPage(cmd) }
