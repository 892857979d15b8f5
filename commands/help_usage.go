package commands

import (
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// showUsage is Cobra's own, except that the flags' texts are wrapped to the
// terminal: many are longer than its line.
func showUsage(io *cli.IO, cmd *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:")
	if cmd.Runnable() && !cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n  %s", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n  %s [command]", cmd.CommandPath())
	}
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\n\nExamples:\n%s", cmd.Example)
	}
	writeCommands(&b, cmd)
	writeFlags(io, &b, "Flags", cmd.LocalFlags())
	writeFlags(io, &b, "Global Flags", cmd.InheritedFlags())
	writeTopics(&b, cmd)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n\nUse \"%s [command] --help\" for more information about a command.", cmd.CommandPath())
	}
	b.WriteByte('\n')
	_, err := fmt.Fprint(cmd.OutOrStdout(), b.String())
	return err
}

func writeCommands(b *strings.Builder, cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	b.WriteString("\n\nAvailable Commands:")
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() || child.Name() == "help" {
			fmt.Fprintf(b, "\n  %-*s %s", child.NamePadding(), child.Name(), child.Short)
		}
	}
}

func writeFlags(io *cli.IO, b *strings.Builder, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, "\n\n%s:\n%s", title, strings.TrimRight(flags.FlagUsagesWrapped(io.Columns(io.StdoutTerminal)), " \n"))
}

func writeTopics(b *strings.Builder, cmd *cobra.Command) {
	if !cmd.HasHelpSubCommands() {
		return
	}
	b.WriteString("\n\nAdditional help topics:")
	for _, child := range cmd.Commands() {
		if child.IsAdditionalHelpTopicCommand() {
			fmt.Fprintf(b, "\n  %-*s %s", child.CommandPathPadding(), child.CommandPath(), child.Short)
		}
	}
}
