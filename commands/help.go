package commands

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// helpCommand is Cobra's own, except that a topic that is not there is a usage
// error instead of a page of help.
func helpCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|TOPIC]",
		Short: "Show help for a command or a topic",
		Long: `Show help for a command, or one of the topics exit-codes, environment and
formatting.

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

// helpTopics are the pages that belong to no command. A command that does
// nothing is one for Cobra.
func helpTopics(a *app) []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What each exit code means", Long: exitCodesTopic()},
		{Use: "environment", Short: "Environment variables", Long: environmentTopic(a.Variables())},
		{Use: "formatting", Short: "Output formats and --jq", Long: formattingTopic},
	}
}

// exitCodesTopic is made of the same table as the help of the commands.
func exitCodesTopic() string {
	var b strings.Builder
	b.WriteString("Each exit code has one kind, which -o json shows in its errors.\n\n")
	for _, c := range []struct {
		code  int
		kinds []client.Kind
	}{
		{cli.CodeDone, nil}, {cli.CodeInternal, []client.Kind{client.KindInternal}}, {cli.CodeUsage, []client.Kind{client.KindUsage}},
		{cli.CodeRejected, []client.Kind{client.KindRejected}}, {cli.CodeAuth, []client.Kind{client.KindAuth}},
		{cli.CodeNotFound, []client.Kind{client.KindNotFound}}, {cli.CodeUnavailable, []client.Kind{client.KindUnavailable}},
		{cli.CodePartial, []client.Kind{client.KindPartial, client.KindUncertain}}, {cli.CodeUnmet, []client.Kind{cli.KindUnmet}},
		{cli.CodeIntegrity, []client.Kind{client.KindIntegrity}}, {cli.CodeInterrupted, []client.Kind{client.KindInterrupted}},
	} {
		fmt.Fprintf(&b, "  %-4d %-20s %s\n", c.code, cli.Joined(c.kinds, ", "), cli.CodeMeaning(c.code))
	}
	b.WriteString(`
After 2 nothing was sent, and after 6 nothing was stored: both are safe to run again.
After 7 look at the server, or at progetctl deploy pending, before you do.

A gate in a script:

  if progetctl promotions check pkg:npm/left-pad@1.3.0 --to-feed prod; then deploy; else echo "no: $?"; fi`)
	return b.String()
}

const formattingTopic = `-o table     for people; fits the terminal; in a pipe every column and nothing cut
-o wide      the terminal's table with every column and nothing cut
-o json      one array of objects; an empty result is []
-o ndjson    one object a line, as soon as it is known; an empty result is nothing
-o csv       quoted as in RFC 4180, with a header line; nothing is altered in a pipe, not
             even a cell that a spreadsheet would take for a formula
-o markdown  a table for a page or a comment

Standard output is the result and nothing else. Errors and warnings go to standard
error; with -o json, -o ndjson and --jq as one JSON object a line:

  {"error": {"kind": "auth", "status": 403, "message": "…", "hint": "…"}}
  {"warning": "…"}

Progress and notes are for terminals only; --quiet turns them off. Colour follows the
terminal, NO_COLOR and FORCE_COLOR.

--jq EXPR filters the JSON with a jq expression, without jq. It sees the whole array,
with -o ndjson each object. Each result is a line: strings without quotes, numbers as
the server wrote them, objects with their keys in order of name.

  progetctl promotions list --to-feed prod --jq '.[] | .packageName + " " + .version'
  progetctl deploy history -o ndjson --jq 'select(.status == "uncertain") | .id'
  progetctl doctor --jq '[.[] | select(.status != "ok")] | length'

Text that came from a server is shown to people with control characters escaped: in
tables, markdown and messages, and in anything on a terminal. In a pipe JSON, CSV and
strings from --jq carry it as it is.`
