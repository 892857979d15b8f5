package help

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// flagGroups are the flags of a command alone, the required ones first. The root has those of every
// command.
func flagGroups(cmd *cobra.Command) []Group {
	return grouped(cmd.LocalFlags(), cmd.HasParent())
}

// grouped puts flags into the groups that their declarations name, in the order of these. Help
// itself has a row only among the flags of every command.
func grouped(flags *pflag.FlagSet, own bool) []Group {
	required := Group{Title: "REQUIRED FLAGS"}
	var others []Group
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || own && f.Name == "help" {
			return
		}
		v, _ := f.Value.(*cli.Value)
		row := output.Row{Term: flagTerm(f), Text: f.Usage}
		if v != nil {
			row.Text = v.Help()
		}
		if v != nil && v.AlwaysRequired() && v.Kind != cli.KindPackage && v.Kind != cli.KindVersion {
			required.Rows = append(required.Rows, row)
			if v.Unless != nil {
				required.Title = "REQUIRED FLAGS (without --" + v.Unless.Name + ")"
			}
			return
		}
		title := groupTitle(v)
		at := slices.IndexFunc(others, func(g Group) bool { return g.Title == title })
		if at < 0 {
			at = len(others)
			others = append(others, Group{Title: title})
		}
		others[at].Rows = append(others[at].Rows, row)
	})
	if at := slices.IndexFunc(others, func(g Group) bool { return g.Title == otherFlags }); at >= 0 {
		rest := others[at]
		others = append(slices.Delete(others, at, at+1), rest)
	}
	if len(required.Rows) > 0 {
		others = append([]Group{required}, others...)
	}
	if len(others) == 1 && others[0].Title == otherFlags {
		others[0].Title = "FLAGS"
	}
	for _, g := range others {
		alignNames(g.Rows)
	}
	return others
}

// alignNames puts the long names of flags below each other if some have a letter before them.
func alignNames(rows []output.Row) {
	short := func(r output.Row) bool { return !strings.HasPrefix(r.Term, "--") }
	if !slices.ContainsFunc(rows, short) {
		return
	}
	for i, r := range rows {
		if !short(r) {
			rows[i].Term = "    " + r.Term
		}
	}
}

// otherFlags is the title of those that no group has: the last one.
const otherFlags = "OTHER FLAGS"

// groupTitle is the title of the group of a value; a flag of Cobra's has none.
func groupTitle(v *cli.Value) string {
	if v == nil || v.Group == "" {
		return otherFlags
	}
	return strings.ToUpper(v.Group) + " FLAGS"
}

// flagTerm is a flag with the word for its value: -o, --output FORMAT.
func flagTerm(f *pflag.Flag) string {
	term := "--" + f.Name
	if f.Shorthand != "" {
		term = "-" + f.Shorthand + ", " + term
	}
	word := f.Value.Type()
	switch {
	case word == "bool":
		return term
	case f.NoOptDefVal != "":
		return term + "[=" + word + "]"
	}
	return term + " " + word
}
