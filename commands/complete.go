package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// completionTime is how long a person who presses Tab is kept waiting.
const completionTime = 500 * time.Millisecond

// completeValues lets the shell complete the values of all flags below cmd, and
// the arguments that are package URLs.
func (a *app) completeValues(cmd *cobra.Command) {
	complete := func(f *pflag.Flag) {
		if f.Value.Type() != "bool" {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, presentable(a.completer(f))) // fails for a flag that is there twice only
		}
	}
	cmd.LocalNonPersistentFlags().VisitAll(complete)
	cmd.PersistentFlags().VisitAll(complete)
	if takesPURL(cmd) {
		cmd.ValidArgsFunction = presentable(a.completePURL)
	}
	for _, child := range cmd.Commands() {
		a.completeValues(child)
	}
}

// completer finds what completes a flag: the words that its help shows, or what
// the name and the kind of its value say.
func (a *app) completer(f *pflag.Flag) cobra.CompletionFunc {
	if v, declared := f.Value.(*cli.Value); declared {
		return a.valueCompleter(v)
	}
	kind := f.Value.Type()
	switch f.Name {
	case "type":
		return words(ecosystem.KnownTypes())
	case "package":
		return a.fromServer(packageNames)
	case "version":
		return a.fromServer(packageVersions)
	case "path", "base-path": // on the server
		return words[string](nil)
	}
	switch {
	case kind == "FEED", kind == "FEEDS":
		return a.fromServer(feedNames)
	case kind == "PATH", kind == "FILE", kind == "DIR":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	case strings.Contains(kind, "|") && kind == strings.ToLower(kind):
		return words(strings.Split(kind, "|"))
	}
	return words[string](nil)
}

// valueCompleter finds what completes a value by its kind.
func (a *app) valueCompleter(v *cli.Value) cobra.CompletionFunc {
	switch v.Kind {
	case cli.KindSource:
		return a.fromConfig
	case cli.KindPackage:
		return a.fromServer(packageNames)
	case cli.KindVersion:
		return a.fromServer(packageVersions)
	case cli.KindFeed, cli.KindFeeds:
		return a.fromServer(feedNames)
	case cli.KindPath, cli.KindLedger:
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	return words(v.Words())
}

// words completes from a fixed set.
func words[T ~string](set []T) cobra.CompletionFunc {
	var all []cobra.Completion
	for _, word := range set {
		all = append(all, string(word))
	}
	return cobra.FixedCompletions(all, cobra.ShellCompDirectiveNoFileComp)
}

// fromConfig completes the name of a source. What cannot be read is no reason
// to disturb the line that is being typed.
func (a *app) fromConfig(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	found, _ := cli.Sources(a.IO).List()
	var all []string
	for _, s := range found {
		all = append(all, s.Name)
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// fromServer completes with what the server answers; of a list with commas, the
// last item.
func (a *app) fromServer(ask func(*call, *server) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		done := typed[:strings.LastIndex(typed, ",")+1]
		all := a.asked(cmd, args, ask)
		for i := range all {
			all[i] = done + all[i]
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// asked is what the server of the command line answers in time; nobody is asked
// for a key, and nothing is said about whatever goes wrong.
func (a *app) asked(cmd *cobra.Command, args []string, ask func(*call, *server) []string) []string {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	c := a.call(ctx, cmd, args)
	c.Debug = false
	if c.problems.AsksAPerson() {
		return nil
	}
	s := c.connect(client.WithRetries(0))
	if s == nil {
		return nil
	}
	return ask(c, s)
}

// presentable offers each candidate of complete once, and only those that no
// shell takes for anything but plain text: shells put parts of them on the command
// line unquoted. Its description is plain text, too.
func presentable(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		all, directive := complete(cmd, args, typed)
		seen := make(map[string]bool, len(all))
		var kept []cobra.Completion
		for _, candidate := range all {
			text, description, _ := strings.Cut(candidate, "\t")
			if !plainInShells(text) || seen[text] {
				continue
			}
			seen[text] = true
			if description = describable(description); description != "" {
				text += "\t" + description
			}
			kept = append(kept, text)
		}
		return kept, directive
	}
}

// plainInShells tells whether a word needs no quotes in bash, fish, zsh and
// PowerShell. At the beginning, or behind a character that ends a word for tilde
// expansion, some of the characters mean something else.
func plainInShells(word string) bool {
	before := byte(0)
	for i := range len(word) {
		switch c := word[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("._@/%+,:", c) >= 0:
		case (c == '-' || c == '=') && i > 0:
		case c == '~' && i > 0 && strings.IndexByte(":=,/", before) < 0:
		default:
			return false
		}
		before = word[i]
	}
	return word != ""
}

// describable leaves of a description what no terminal and no shell acts on.
func describable(description string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune("$`\\\"'<>|&;(){}[]*?!~#^", r) {
			return ' '
		}
		return r
	}, output.Clean(description)))
}

func feedNames(c *call, s *server) []string {
	feeds, err := s.Feeds.List(c.ctx)
	if err != nil {
		return nil
	}
	var all []string
	for _, f := range feeds {
		all = append(all, f.Name)
	}
	return all
}

// completionFeed is the feed that the command line is about.
func (c *call) completionFeed() string {
	for _, flag := range []string{"to-feed", "from-feed", "stages"} {
		if first, _, _ := strings.Cut(c.setting(flag).text, ","); first != "" {
			return first
		}
	}
	return c.feed().text
}

// latestPackages has each package of that feed, some more than once.
func latestPackages(c *call, s *server) []client.PackageVersion {
	feed := c.completionFeed()
	if feed == "" {
		return nil
	}
	packages, _ := s.Packages.Latest(c.ctx, feed)
	return packages
}

func packageNames(c *call, s *server) []string {
	var all []string
	for _, p := range latestPackages(c, s) {
		if name := p.Group + "/" + p.Name; p.Group != "" && !slices.Contains(all, name) {
			all = append(all, name)
		} else if p.Group == "" && !slices.Contains(all, p.Name) {
			all = append(all, p.Name)
		}
	}
	return all
}

func packageVersions(c *call, s *server) []string {
	pkg, _ := c.identity()
	return feedVersions(c, s, pkg)
}

// feedVersions are the versions of a package in that feed.
func feedVersions(c *call, s *server, pkg ecosystem.Package) []string {
	feed := c.completionFeed()
	if feed == "" || pkg.Name == "" {
		return nil
	}
	versions, _ := s.Packages.Versions(c.ctx, feed, pkg)
	var all []string
	for _, v := range versions {
		if !slices.Contains(all, v.Version) {
			all = append(all, v.Version)
		}
	}
	return all
}
