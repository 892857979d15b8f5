package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/suggest"
	"github.com/progetctl/progetctl/output"
)

// Branch is a command below another.
type Branch struct {
	Name string
	// Group is the title in the help of the command above under which it is listed, "" for none.
	Group string
	// Grow makes the command, for what follows its name on the command line.
	Grow func(rest []string) *cobra.Command
}

// Grow adds to a command the branch that a command line begins with, alone: to make all commands
// would take a quarter of the time of a short run. If it begins with none, something looks at the
// tree itself (help, completion, a word that is not a command), so all branches are added.
func Grow(cmd *cobra.Command, line []string, branches []Branch) (one bool) {
	for _, b := range branches {
		if one = len(line) > 0 && line[0] == b.Name; one {
			branches, line = []Branch{b}, line[1:]
			break
		}
	}
	if !one {
		line = nil
	}
	for _, b := range branches {
		if b.Group != "" && !cmd.ContainsGroup(b.Group) {
			cmd.AddGroup(&cobra.Group{ID: b.Group, Title: b.Group})
		}
		child := b.Grow(line)
		child.GroupID = b.Group
		cmd.AddCommand(child)
	}
	return one
}

// Group makes a command that only holds others.
func (a *App) Group(use, short string, line []string, branches ...Branch) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: a.MissingCommand}
	Grow(cmd, line, branches)
	return cmd
}

// Leaf is a branch without others: its constructor, and the function that it runs.
func Leaf[Run any](app *App, name string, grow func(*App, Run) *cobra.Command, run Run) Branch {
	return Branch{Name: name, Grow: func([]string) *cobra.Command { return grow(app, run) }}
}

// In is the branch under a title in help.
func (b Branch) In(group string) Branch {
	b.Group = group
	return b
}

// MissingCommand is the run of a command group that was called itself. Alone it lists its commands
// on stderr; a word that is none of them is an error with the nearest command, by spelling or by
// meaning.
func (a *App) MissingCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		if a.IO.json {
			f := Usage("%q needs a command: %s", cmd.CommandPath(), strings.Join(commandNames(cmd), ", "))
			f.Hint = seeHelp(cmd)
			return f
		}
		a.IO.listCommands(cmd)
		return Reported{Kind: client.KindUsage}
	}
	f := Usage("unknown command %q for %q", args[0], cmd.CommandPath())
	f.Hint = seeHelp(cmd)
	if there := suggest.Elsewhere(args[0]); there != "" {
		f.Hint = "progetctl doesn't do that; use `" + there + "`"
	}
	var near []string
	for _, path := range suggest.Commands(cmd, args) {
		near = append(near, "`"+path+"`")
	}
	f.Hint = DidYouMean(near, f.Hint)
	return f
}

// listCommands writes the commands of a group to stderr, in the order of help: one line each, in a
// pipe however long it is.
func (o *IO) listCommands(cmd *cobra.Command) {
	const unbounded = 1 << 10
	var rows []output.Row
	for _, group := range append(cmd.Groups(), &cobra.Group{}) {
		for _, child := range cmd.Commands() {
			if child.GroupID == group.ID && child.IsAvailableCommand() {
				rows = append(rows, output.Row{Term: child.Name(), Text: child.Short})
			}
		}
	}
	fmt.Fprintf(o.Stderr, "%s.\n\nUSAGE\n  %s COMMAND\n\nCOMMANDS\n%s\nSee \"%s COMMAND --help\" for a command.\n", cmd.Short, cmd.CommandPath(),
		output.Rows(rows, 2, cmp.Or(o.Columns(o.StderrTerminal), unbounded)), cmd.CommandPath())
}

func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			names = append(names, child.Name())
		}
	}
	return names
}
