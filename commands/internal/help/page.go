// Package help makes the help of commands from their declarations, and the topics.
package help

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// Page is the help of a command, made from its declarations. Its parts are in the order in which
// they are shown.
type Page struct {
	Sentence string
	Usage    []string  // command lines with the required flags, none of a topic
	Examples string    // lines, each indented by two spaces
	Commands []Group   // of a command that has some below it
	Flags    []Group   // the required ones first, without those of every command
	Sections []Section // what there is to explain, and at the end the exit status
}

// Group is a list with a title.
type Group struct {
	Title string // "REQUIRED FLAGS"
	Rows  []output.Row
}

// Section is text with a title. Its paragraphs are to be wrapped; lines that begin with spaces keep
// their shape.
type Section struct{ Title, Text string }

// NewPage makes the page of a command.
func NewPage(cmd *cobra.Command) Page {
	return Page{
		Sentence: cmd.Short + ".",
		Usage:    usageLines(cmd),
		Examples: cmd.Example,
		Commands: commandGroups(cmd),
		Flags:    flagGroups(cmd),
		Sections: sections(details(cmd)),
	}
}

// aboutPURL is what each command that takes a package URL says of it.
const aboutPURL = "PURL is a package URL, such as pkg:npm/@angular/animation@12.3.1: see \"progetctl help package-urls\"."

// details is the text about a command, in front of its sections what PURL means.
func details(cmd *cobra.Command) string {
	if !cli.TakesPURL(cmd) {
		return cmd.Long
	}
	prose, rest, _ := strings.Cut(cmd.Long, "EXIT STATUS\n")
	return prose + aboutPURL + "\n\nEXIT STATUS\n" + rest
}

// usageLines are the command line with the required flags spelled out and, if a flag can be used
// instead of them, the one with that.
func usageLines(cmd *cobra.Command) []string {
	if cmd.IsAdditionalHelpTopicCommand() {
		return nil
	}
	if cmd.HasAvailableSubCommands() {
		return []string{cmd.CommandPath() + " COMMAND"}
	}
	use, open := strings.CutSuffix(cmd.Use, " [flags]")
	words := []string{cmd.Parent().CommandPath() + " " + use}
	var instead []string
	visitOwn(cmd, func(v *cli.Value) {
		switch spelled := "--" + v.Name + " " + v.Word; {
		case !v.AlwaysRequired() || strings.Contains(use, "--"+v.Name+" "):
		case v.Kind == cli.KindPackage:
			words[0] = strings.Replace(words[0], "[PURL]", "(PURL | --package NAME --version VERSION)", 1)
		case v.Kind != cli.KindVersion:
			words = append(words, spelled)
		}
		if u := v.Unless; v.AlwaysRequired() && u != nil {
			instead = append(instead, cmd.CommandPath()+" --"+u.Name+" "+u.Word+" [flags]")
		}
	})
	if (open || cmd.HasAvailableLocalFlags()) && !strings.Contains(use, "[flags]") {
		words = append(words, "[flags]")
	}
	return slices.Compact(append([]string{strings.Join(words, " ")}, instead...))
}

// visitOwn calls do for the values that the command declares itself.
func visitOwn(cmd *cobra.Command, do func(*cli.Value)) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if v, ours := f.Value.(*cli.Value); ours && !f.Hidden {
			do(v)
		}
	})
}

// otherCommands is the title of the commands that no group of their parent has.
const otherCommands = "COMMANDS"

// commandGroups are the commands below one, by their groups.
func commandGroups(cmd *cobra.Command) []Group {
	all := []Group{}
	for _, g := range cmd.Groups() {
		all = append(all, Group{Title: g.Title, Rows: commandRows(cmd, g.ID)})
	}
	all = append(all, Group{Title: otherCommands, Rows: commandRows(cmd, "")})
	return slices.DeleteFunc(all, func(g Group) bool { return len(g.Rows) == 0 })
}

func commandRows(cmd *cobra.Command, group string) []output.Row {
	var rows []output.Row
	for _, child := range cmd.Commands() {
		if child.GroupID == group && (child.IsAvailableCommand() || child.IsAdditionalHelpTopicCommand()) {
			rows = append(rows, output.Row{Term: child.Name(), Text: child.Short})
		}
	}
	return rows
}

// sections takes the text of a command apart. What comes before the first heading has the title
// "DETAILS".
func sections(long string) []Section {
	var all []Section
	title, text := "DETAILS", ""
	add := func() {
		if strings.TrimSpace(text) != "" {
			all = append(all, Section{title, strings.Trim(text, "\n")})
		}
	}
	for line := range strings.Lines(long) {
		if name := strings.TrimRight(line, "\n"); isHeading(name) {
			add()
			title, text = name, ""
			continue
		}
		text += line
	}
	add()
	return all
}

// isHeading recognizes a line that begins a section: "EXIT STATUS".
func isHeading(line string) bool {
	return len(line) > 1 && line[0] != ' ' && strings.Trim(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") == ""
}
