package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
)

// Package is the package that a command is about, from a package URL or from --package, --version
// and --group.
type Package struct {
	ecosystem.Package
	// URL is the package URL of the command line, "" for none.
	URL string

	group, name, version Text
}

// TakesPURL reports whether a command takes a package URL as its argument.
func TakesPURL(cmd *cobra.Command) bool { return strings.Contains(cmd.Use, "[PURL]") }

// resolve reads the package from the argument or the flags.
func (pkg *Package) resolve(args []string, p *Problems) {
	if len(args) > 0 {
		pkg.resolveURL(args[0], p)
		return
	}
	if hasPURLScheme(pkg.name.Value) {
		pkg.URL = pkg.name.Value
		p.Addf("%s %q is a package URL: give it as the argument, without --package, --group and --version", pkg.name.From, pkg.URL)
		return
	}
	pkg.Group, pkg.Name, pkg.Version = pkg.group.Value, pkg.name.Value, pkg.version.Value
	group, name := ecosystem.SplitName("", pkg.Name)
	if pkg.Group == "" {
		pkg.Group, pkg.Name = group, name
	} else if group != "" && ecosystem.SameGroup("", group, pkg.Group) {
		pkg.Name = name // the group is given twice
	}
}

func (pkg *Package) resolveURL(url string, p *Problems) {
	url = client.TrimPasted(url)
	pkg.URL = url
	for _, t := range []Text{pkg.group, pkg.name, pkg.version} {
		if t.Given() {
			p.Addf("%s and the package URL %q can't be used together%s", t.From, url, pkg.versionInside(t, url))
		}
	}
	if !hasPURLScheme(url) && ValueProblem("", url) == "" {
		name := url
		if at := strings.LastIndexByte(url, '@'); at > 0 && at < len(url)-1 { // one at the begin is an npm scope's
			name = url[:at] + " --version " + url[at+1:]
		}
		p.Addf("%q is not a package URL (pkg:TYPE/NAME@VERSION); for a plain name use `--package %s`", url, name)
		return
	}
	var err error
	// An empty argument has been named already.
	if pkg.Package, err = ecosystem.ParseKnownPURL(url); err != nil && ValueProblem("", url) == "" {
		p.Add(err)
	}
}

// versionInside says how the package URL is written with the version that t, if it is --version,
// gives beside it.
func (pkg *Package) versionInside(t Text, url string) string {
	if t != pkg.version || !hasPURLScheme(url) || strings.ContainsAny(url[strings.LastIndexByte(url, '/')+1:], "@?#") {
		return ""
	}
	return fmt.Sprintf("; write %q", url+"@"+t.Value)
}

// require names what is missing: the name, and with version set the version. What is on the line
// and cannot be used has been named already.
func (pkg *Package) require(version bool, onLine func(Kind) bool, p *Problems) {
	if pkg.URL != "" {
		if version && pkg.Name != "" && pkg.Version == "" {
			p.Addf("the package URL %q has no version; add @VERSION", pkg.URL)
		}
		return
	}
	if !onLine(KindPackage) {
		p.Addf("--package is required (or a package URL as the argument)")
	}
	if version && !onLine(KindVersion) {
		p.Addf("--version is required (or a package URL as the argument)")
	}
}

// checkFilter says what is wrong with a version that others are compared with. For Docker, latest
// is a tag.
func (pkg *Package) checkFilter(ranges bool, p *Problems) {
	_, _, from := pkg.Origins()
	if ecosystem.IsRange(pkg.Version) && !ranges {
		p.Addf("%s: %q is not a version; only `progetctl deploy where` takes ranges", from, pkg.Version)
	}
	switch strings.ToLower(pkg.Version) {
	case feedtype.Latest, feedtype.LatestStable:
		if pkg.Type != ecosystem.Docker {
			p.Addf("%s: %q works only with deploy record and feed get, which ask the feed; give the version itself (for a Docker tag, pkg:docker/%s@%s)",
				from, pkg.Version, cmp.Or(pkg.Name, "NAME"), pkg.Version)
		}
	}
}

// SetType gives the package a type, by which the name is split into group and name.
func (pkg *Package) SetType(t ecosystem.Type) {
	pkg.Type = t
	if pkg.URL == "" && !pkg.group.Given() {
		pkg.Group, pkg.Name = ecosystem.SplitName(t, pkg.name.Value)
	}
}

// Origins are where group, name and version were read from.
func (pkg *Package) Origins() (group, name, version string) {
	switch {
	case pkg.URL != "":
		const purl = "the package URL"
		return purl, purl, purl
	case pkg.group.Given():
		return "--group", "--package", "--version"
	}
	return "--package", "--package", "--version"
}

// hasPURLScheme distinguishes a package URL from a plain name.
func hasPURLScheme(s string) bool { return len(s) >= 4 && strings.EqualFold(s[:4], "pkg:") }

// onePURL lets a command take one package URL and nothing else.
func onePURL(cmd *cobra.Command, args []string) error {
	if flag := separated(cmd, args); flag != "" {
		f := Usage("unexpected argument %q after --%s", args[len(args)-1], flag)
		f.Hint = fmt.Sprintf("write --%s=%s", flag, args[len(args)-1])
		return f
	}
	if len(args) <= 1 {
		return nil
	}
	f := Usage("%q takes one package URL, but got %d arguments: %s", cmd.CommandPath(), len(args), strings.Join(args, " "))
	f.Hint = "quote values that contain spaces"
	if !hasPURLScheme(args[0]) {
		f.Hint = fmt.Sprintf("a package URL looks like pkg:TYPE/NAME@VERSION; for a plain name use `--package %s --version %s`", args[0], args[1])
	}
	return f
}

// separated names the flag of which the last argument is the value: one that may stand alone takes
// a value only after an equals sign.
func separated(cmd *cobra.Command, args []string) (name string) {
	if len(args) == 0 {
		return ""
	}
	if _, err := parseDuration(args[len(args)-1]); err != nil {
		return ""
	}
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if v, ok := flag.Value.(*Value); ok && v.Kind == KindDuration && v.Alone != "" && v.String() == v.Alone {
			name = flag.Name
		}
	})
	return name
}

// OneArgument is for commands that take at most one argument, which is a what.
func OneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= 1 {
			return nil
		}
		f := Usage("%q takes one %s, but got %d arguments: %s", cmd.CommandPath(), what, len(args), strings.Join(args, " "))
		f.Hint = seeHelp(cmd)
		return f
	}
}

// NoArguments is for commands that take flags only.
func NoArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	f := Usage("%q takes no arguments, but got %q", cmd.CommandPath(), args[0])
	f.Hint = seeHelp(cmd)
	return f
}
