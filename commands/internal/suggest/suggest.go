// Package suggest finds the word that a wrong one on a command line stands for: by meaning, as
// users of other tools would write it, else by spelling.
package suggest

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Flags are the flags of a command that a wrong one stands for, as they are typed: "--target", "-o
// json". Known are their names without dashes, formats those of --output.
func Flags(typed string, known, formats []string) []string {
	if near := meant(typed, known, formats); len(near) > 0 {
		return near
	}
	var near []string
	for _, name := range known { // as deployment-target does with target
		if strings.HasSuffix(name, "-"+typed) || len(typed) > 3 && strings.HasSuffix(typed, "-"+name) {
			near = append(near, name)
		}
	}
	if len(near) == 0 {
		near = Nearest(typed, known)
	}
	for i, name := range near {
		near[i] = "--" + name
	}
	return near
}

// meant are the flags that a word stands for by its meaning. Of the flags that the word may mean,
// those count that the command has.
func meant(typed string, known, formats []string) []string {
	if slices.Contains(formats, typed) {
		return []string{"-o " + typed}
	}
	for _, likely := range strings.Fields(flagMeanings()[typed]) {
		var near []string
		for flag := range strings.SplitSeq(likely, ",") {
			if name, _, _ := strings.Cut(flag, "="); slices.Contains(known, name) {
				near = append(near, "--"+strings.Replace(flag, "=", " ", 1))
			}
		}
		if len(near) > 0 {
			return near
		}
	}
	return nil
}

// Property is the property of a deployment record that a wrong name in a file stands for, "" for
// none; known are all of them.
func Property(typed string, known []string) string {
	plain := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(typed))
	if meant := propertyMeanings()[plain]; meant != "" {
		return meant
	}
	if near := Nearest(plain, known); len(near) > 0 {
		return near[0]
	}
	return ""
}

// Nearest gives the known words that what was typed may stand for by its spelling: those at most
// two letters away, and those that begin with it. A short word is two letters away from many: then
// it is one, or the letters in another order. It measures with the distance that Cobra has for
// commands.
func Nearest(typed string, known []string) []string {
	probe := &cobra.Command{SuggestionsMinimumDistance: 2}
	if len(typed) <= shortWord {
		probe.SuggestionsMinimumDistance = 1
	}
	for _, name := range known {
		if len(typed) <= shortWord && letters(typed) == letters(name) {
			return []string{name}
		}
		// Of a name with a space, Cobra would take the first word.
		if !strings.Contains(name, " ") {
			probe.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
		}
	}
	near := probe.SuggestionsFor(typed)
	return near[:min(len(near), mostNear)]
}

// shortWord is the length of a short word.
const shortWord = 4

func letters(word string) string {
	all := []byte(strings.ToLower(word))
	slices.Sort(all)
	return string(all)
}

// mostNear is how many words a hint can name. Of machines with numbers, hundreds are near each
// other.
const mostNear = 5

// Commands are the commands below cmd that words stand for, as they are typed: "progetctl deploy
// history". A command says in SuggestFor which words mean it.
func Commands(cmd *cobra.Command, words []string) []string {
	near := commands(cmd, func(c *cobra.Command) bool { return c.Name() == words[0] || slices.Contains(c.SuggestFor, words[0]) })
	if len(near) == 0 {
		near = spelledLike(cmd, words[0], func(c *cobra.Command) []string { return []string{c.Name()} })
	}
	if len(near) == 0 {
		near = spelledLike(cmd, words[0], func(c *cobra.Command) []string { return c.SuggestFor })
	}
	var paths []string
	for _, c := range near {
		path := typedPath(c)
		if c.HasAvailableSubCommands() && len(words) > 1 {
			if below := Commands(c, words[1:]); len(below) == 1 {
				path = below[0]
			}
		}
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// spelledLike are the commands below cmd of which one of the words is near what was typed.
func spelledLike(cmd *cobra.Command, typed string, words func(*cobra.Command) []string) []*cobra.Command {
	var all []string
	visit(cmd, func(c *cobra.Command) { all = append(all, words(c)...) })
	close := Nearest(typed, all)
	return commands(cmd, func(c *cobra.Command) bool {
		return slices.ContainsFunc(words(c), func(word string) bool { return slices.Contains(close, word) })
	})
}

// typedPath is what one types for a command, or for the help on a topic.
func typedPath(cmd *cobra.Command) string {
	if cmd.IsAdditionalHelpTopicCommand() {
		return cmd.Root().Name() + " help " + cmd.Name()
	}
	return cmd.CommandPath()
}

// commands are those directly below cmd that fit, or if none does, those below these.
func commands(cmd *cobra.Command, fits func(*cobra.Command) bool) []*cobra.Command {
	var near []*cobra.Command
	direct := false
	visit(cmd, func(c *cobra.Command) {
		if fits(c) {
			near, direct = append(near, c), direct || c.Parent() == cmd
		}
	})
	if direct {
		near = slices.DeleteFunc(near, func(c *cobra.Command) bool { return c.Parent() != cmd })
	}
	return near
}

// visit calls do for the commands and topics below cmd.
func visit(cmd *cobra.Command, do func(*cobra.Command)) {
	for _, child := range cmd.Commands() {
		if child.Hidden {
			continue
		}
		do(child)
		visit(child, do)
	}
}

// Elsewhere is the command of Inedo's pgutil for what a word asks for, "" if progetctl is not the
// wrong tool for it.
func Elsewhere(word string) string {
	switch word {
	case "promote":
		return "pgutil packages promote"
	case "upload", "push", "publish":
		return "pgutil packages upload"
	case "repackage":
		return "pgutil packages repackage"
	case "scan", "sbom":
		return "pgutil builds scan"
	case "feeds", "vulns", "licenses", "builds", "assets", "apikeys", "connectors", "settings", "upack", "webhooks":
		return "pgutil " + word
	}
	return ""
}
