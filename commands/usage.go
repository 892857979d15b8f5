package commands

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/client"
)

// missingCommand is the error of a command group that was called itself, with
// nothing or with a word that is none of its commands.
func missingCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		f := usage("%q needs a command: %s", cmd.CommandPath(), strings.Join(commandNames(cmd), ", "))
		f.hint = fmt.Sprintf("see %s --help", cmd.CommandPath())
		return f
	}
	f := usage("unknown command %q for %q", args[0], cmd.CommandPath())
	if cmd.SuggestionsMinimumDistance == 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	f.hint = didYouMean(cmd.SuggestionsFor(args[0]), "see "+cmd.CommandPath()+" --help")
	return f
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

// flagError makes a usage error of what pflag found; an unknown flag is named
// with the nearest known one.
func flagError(cmd *cobra.Command, err error) error {
	f := usage("%s", err)
	f.hint = fmt.Sprintf("see %s --help", cmd.CommandPath())
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		f.lines = []string{fmt.Sprintf("unknown flag %q for %q", dashed(unknown.GetSpecifiedName()), cmd.CommandPath())}
		f.hint = didYouMean(nearestFlags(cmd, unknown.GetSpecifiedName()), f.hint)
	}
	return f
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// nearestFlags measures with Cobra's own distance, which it keeps for commands.
func nearestFlags(cmd *cobra.Command, typed string) []string {
	probe := &cobra.Command{SuggestionsMinimumDistance: 2}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			probe.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
		}
	})
	names := probe.SuggestionsFor(typed)
	for i, name := range names {
		names[i] = "--" + name
	}
	return names
}

func didYouMean(names []string, otherwise string) string {
	if len(names) == 0 {
		return otherwise
	}
	return "did you mean " + strings.Join(names, " or ") + "?"
}

// problems collects everything that is wrong with a command line, so that all
// of it is named at once.
type problems struct{ lines []string }

func (p *problems) addf(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

// add takes an error of a lower room; nil is none.
func (p *problems) add(err error) {
	if err == nil {
		return
	}
	if e, ok := errors.AsType[*client.Error](err); ok && e.Kind == client.KindUsage {
		p.lines = append(p.lines, strings.Split(e.Message, "\n")...)
		return
	}
	p.lines = append(p.lines, err.Error())
}

// err is the usage error of all problems, or nil.
func (p *problems) err(cmd *cobra.Command) error {
	if len(p.lines) == 0 {
		return nil
	}
	return &failure{kind: client.KindUsage, lines: p.lines, hint: fmt.Sprintf("see %s --help", cmd.CommandPath())}
}
