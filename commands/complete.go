package commands

import (
	"cmp"
	"context"
	"iter"
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
func completionTime(io *cli.IO) time.Duration {
	return cmp.Or(io.CompletionTimeout, 500*time.Millisecond)
}

// completeValues lets the shell complete the values of all flags below cmd, and the arguments that
// are package URLs.
func (a *app) completeValues(cmd *cobra.Command) {
	complete := func(f *pflag.Flag) {
		if f.Value.Type() != "bool" {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, presentable(a.completer(cmd, f))) // fails for a flag that exists twice only
		}
	}
	cmd.LocalNonPersistentFlags().VisitAll(complete)
	cmd.PersistentFlags().VisitAll(complete)
	if cli.TakesPURL(cmd) {
		cmd.ValidArgsFunction = presentable(a.completePURL)
	} else if values := a.Of(cmd); values != nil {
		if complete := a.argumentCompleter(values.ArgumentKind()); complete != nil {
			cmd.ValidArgsFunction = presentable(complete)
		}
	}
	for _, child := range cmd.Commands() {
		a.completeValues(child)
	}
}

// completer finds what completes a flag: words, or what the kind of its value says.
func (a *app) completer(cmd *cobra.Command, f *pflag.Flag) cobra.CompletionFunc {
	v, ours := f.Value.(*cli.Value)
	if !ours {
		return words[string](nil)
	}
	// What a command finds in the ledger alone is best completed from there.
	if values := a.Of(cmd); values != nil && !values.AsksServer() {
		switch v.Kind {
		case cli.KindFeed:
			return inLedger{a.App}.names(recordedFeed, a.fromServer(feedNames))
		case cli.KindPackage:
			return inLedger{a.App}.names(recordedPackage, a.fromServer(packageNames))
		case cli.KindVersion:
			return inLedger{a.App}.names(recordedVersion, a.fromServer(packageVersions))
		}
	}
	switch v.Kind {
	case cli.KindTarget:
		return inLedger{a.App}.names(recordedTarget, nil)
	case cli.KindApplication:
		return inLedger{a.App}.names(recordedApplication, nil)
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

// argumentCompleter completes the arguments of a command by their kind, nil for those of which
// nothing is known.
func (a *app) argumentCompleter(kind cli.Kind) cobra.CompletionFunc {
	switch kind {
	case cli.KindRecord:
		return inLedger{a.App}.unsettled
	case cli.KindSource:
		return a.fromConfig
	case cli.KindPath:
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	return nil
}

// words completes from a fixed set.
func words[T ~string](set []T) cobra.CompletionFunc {
	var all []cobra.Completion
	for _, word := range set {
		all = append(all, string(word))
	}
	return cobra.FixedCompletions(all, cobra.ShellCompDirectiveNoFileComp)
}

// fromConfig completes the name of a source, as a flag's value or as the one argument. Files that
// can't be read are ignored while the line is being typed.
func (a *app) fromConfig(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var all []string
	if values := a.Of(cmd); values != nil && values.ArgumentKind() == cli.KindSource && len(args) > 0 {
		return all, cobra.ShellCompDirectiveNoFileComp
	}
	found, _ := cli.Sources(a.IO).List()
	for _, s := range found {
		all = append(all, s.Name)
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// fromServer completes with what the server answers; of a list with commas, the last item.
func (a *app) fromServer(ask question) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		done := typed[:strings.LastIndex(typed, ",")+1]
		all := a.asked(cmd, args, ask)
		for i := range all {
			all[i] = done + all[i]
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// asked is what the server of the command line answers in time; nobody is asked for a key, and
// nothing is said about whatever goes wrong.
func (a *app) asked(cmd *cobra.Command, args []string, ask question) []string {
	values := a.Of(cmd)
	if values == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime(a.IO))
	defer cancel()
	line, ok := values.Partial(ctx, args)
	if !ok {
		return nil
	}
	return ask(ctx, line)
}

// question asks the server of a command line for candidates.
type question func(context.Context, cli.Partial) []string

// mostOffered is how many candidates a shell gets: it looks at each of them, slowly.
const mostOffered = 10_000

// presentable offers each candidate of complete once, and only those that no shell takes for
// anything but plain text: shells put parts of them on the command line unquoted. Its description
// is plain text, too. Of too many, those are offered that go on with what was typed.
func presentable(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		all, directive := complete(cmd, args, typed)
		seen := make(map[string]bool, len(all))
		var kept []cobra.Completion
		choose := len(all) > mostOffered
		for _, candidate := range all {
			text, description, _ := strings.Cut(candidate, "\t")
			if !plainInShells(text) || seen[text] || choose && !beginsWith(text, typed) {
				continue
			}
			if len(kept) == mostOffered {
				break
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

// beginsWith reports whether word begins with what was typed, in any letter case.
func beginsWith(word, typed string) bool {
	return len(word) >= len(typed) && strings.EqualFold(word[:len(typed)], typed)
}

// plainInShells reports whether a word needs no quotes in bash, fish, zsh and PowerShell. At the
// beginning, or behind a character that ends a word for tilde expansion, some of the characters
// mean something else.
func plainInShells(word string) bool {
	before := byte(0)
	for i := range len(word) {
		switch c := word[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("._@/+,:", c) >= 0:
		case (c == '-' || c == '=' || c == '%') && i > 0: // %self is fish's own process
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

func feedNames(ctx context.Context, line cli.Partial) []string {
	feeds, err := line.Server.Feeds.List(ctx)
	if err != nil {
		return nil
	}
	var all []string
	for _, f := range feeds {
		all = append(all, f.Name)
	}
	return all
}

// latestPackages has each package of that feed, some more than once.
func latestPackages(ctx context.Context, line cli.Partial) []client.PackageVersion {
	feed := line.Feed
	if feed == "" {
		return nil
	}
	return withoutErrors(line.Server.Packages.Latest(ctx, feed))
}

// withoutErrors collects what came before an error: a completion offers what there is.
func withoutErrors(rows iter.Seq2[client.PackageVersion, error]) (all []client.PackageVersion) {
	for row, err := range rows {
		if err != nil {
			break
		}
		all = append(all, row)
	}
	return all
}

func packageNames(ctx context.Context, line cli.Partial) []string {
	var all []string
	for _, p := range latestPackages(ctx, line) {
		if p.Group == "" {
			all = append(all, p.Name)
		} else {
			all = append(all, p.Group+"/"+p.Name)
		}
	}
	return all
}

func packageVersions(ctx context.Context, line cli.Partial) []string {
	return feedVersions(ctx, line, line.Package)
}

// feedVersions are the versions of a package in that feed.
func feedVersions(ctx context.Context, line cli.Partial, pkg ecosystem.Package) []string {
	feed := line.Feed
	if feed == "" || pkg.Name == "" {
		return nil
	}
	var all []string
	for _, v := range withoutErrors(line.Server.Packages.Versions(ctx, feed, pkg)) {
		all = append(all, v.Version)
	}
	return all
}
