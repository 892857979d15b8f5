package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// completePURL completes a package URL step by step: its type, a package of the feed that the
// command line is about, a version of that. No space is put behind the first two, as more may
// follow.
func (a *app) completePURL(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const finished, unfinished = cobra.ShellCompDirectiveNoFileComp, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	others := []string{"group", "package", "version"}
	if len(args) > 0 || slices.ContainsFunc(others, cmd.Flags().Changed) || strings.Contains(typed, "?") {
		return nil, finished
	}
	word, _, hasType := strings.Cut(strings.TrimPrefix(typed, "pkg:"), "/")
	if !hasType {
		var all []cobra.Completion
		for _, t := range ecosystem.KnownTypes() {
			all = append(all, "pkg:"+string(t)+"/")
		}
		return all, unfinished
	}
	if at := strings.LastIndexByte(typed, '@'); at > 0 && typed[at-1] != '/' { // an @ that begins a segment is an npm scope's
		return a.asked(cmd, nil, func(ctx context.Context, line cli.Partial) []string { return versionedURLs(ctx, line, typed[:at]) }), finished
	}
	directive := finished
	all := a.asked(cmd, nil, func(ctx context.Context, line cli.Partial) []string {
		urls := packageURLs(ctx, line, word, typed)
		longer := slices.DeleteFunc(slices.Clone(urls), func(url string) bool { return url == typed })
		if len(longer) > 0 {
			directive = unfinished
		}
		if len(longer) < len(urls) { // what was typed is a whole name already
			longer = append(longer, versionedURLs(ctx, line, typed)...)
		}
		return longer
	})
	return all, directive
}

// packageURLs are those of the feed's packages of one type that begin with what was typed, without
// versions. The word for the type stays as it was typed.
func packageURLs(ctx context.Context, line cli.Partial, word, typed string) []string {
	var all []string
	for _, p := range latestPackages(ctx, line) {
		t := ecosystem.ParseType(word)
		if known, err := ecosystem.ParsePURL(p.PURL); err == nil && known.Type != t {
			continue
		}
		url := plainURL(t, p, strings.Contains(typed, "%"))
		url = "pkg:" + word + strings.TrimPrefix(url, "pkg:"+string(t))
		if beginsWith(url, typed) {
			all = append(all, url)
		}
	}
	return all
}

// plainURL writes a package URL as people do, pkg:npm/@angular/animation. It is escaped as ProGet
// writes it if that is asked for, and if the plain one would name something else.
func plainURL(t ecosystem.Type, p client.PackageVersion, escaped bool) string {
	group, name := ecosystem.SplitName(t, ecosystem.JoinName(t, p.Group, p.Name))
	exact := ecosystem.Package{Type: t, Group: group, Name: name}.PURL()
	plain := strings.NewReplacer("%40", "@", "%2F", "/").Replace(exact)
	read, err := ecosystem.ParsePURL(plain)
	if escaped || err != nil || read.Group != group || read.Name != name || read.Version != "" {
		return exact
	}
	return plain
}

// versionedURLs puts each version that the feed has behind a package URL.
func versionedURLs(ctx context.Context, line cli.Partial, url string) []string {
	pkg, err := ecosystem.ParsePURL(url)
	if err != nil {
		return nil
	}
	var all []string
	for _, version := range feedVersions(ctx, line, pkg) {
		pkg.Version = version
		whole := pkg.PURL()
		if at := strings.LastIndexByte(whole, '@'); at >= 0 { // files of an asset directory have no version
			all = append(all, url+whole[at:])
		}
	}
	return all
}
