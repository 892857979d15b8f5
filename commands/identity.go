package commands

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// packageFlags are the flags that name a package where a package URL may stand
// instead.
type packageFlags struct{ group, name, version string }

func (p *packageFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(rawValue{&p.name, "NAME"}, "package", "name of the package; with its group as the ecosystem writes it, if you like: @angular/animation, org.acme:tool, acme/tools/builder")
	flags.Var(rawValue{&p.version, "VERSION"}, "version", "version of the package")
	flags.Var(rawValue{&p.group, "GROUP"}, "group", "group of the package: npm scope, Maven group id, universal group")
}

// purlHelp explains the argument in the help of each command that takes it.
const purlHelp = `A package URL (pkg:npm/@angular/animation@12.3.1) may stand in the place of
--package, --version and --group; its @ may be written raw or as %40 (in a
Windows cmd file double each %, or write @).`

// identity reads the package from the argument or the flags.
func (c *call) identity() (pkg ecosystem.Package, purl bool) {
	if len(c.args) > 0 {
		return c.purl(), true
	}
	pkg = ecosystem.Package{
		Group: c.setting("group").text, Name: c.setting("package").text, Version: c.setting("version").text,
	}
	if pkg.Group == "" {
		pkg.Group, pkg.Name = ecosystem.SplitName("", pkg.Name)
	}
	return pkg, false
}

func (c *call) purl() ecosystem.Package {
	for _, flag := range []string{"group", "package", "version"} {
		if c.setting(flag).given() {
			c.problems.addf("--%s and the package URL %q exclude each other", flag, c.args[0])
		}
	}
	pkg, err := ecosystem.ParsePURL(c.args[0])
	// An empty argument has been named already.
	if err != nil && valueProblem("", c.args[0]) == "" {
		c.problems.add(err)
	}
	return pkg
}

// requireIdentity names the flags that are missing, or the part of the package
// URL.
func (c *call) requireIdentity(flags ...string) {
	if len(c.args) == 0 {
		for _, flag := range flags {
			if !c.setting(flag).given() {
				c.problems.addf("--%s is required (or a package URL as the argument)", flag)
			}
		}
		return
	}
	pkg, err := ecosystem.ParsePURL(c.args[0])
	if err == nil && pkg.Version == "" && slices.Contains(flags, "version") {
		c.problems.addf("the package URL %q names no version: add @VERSION", c.args[0])
	}
}

// onePURL lets a command take one package URL and nothing else.
func onePURL(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	f := usage("%q takes one package URL, but got %d arguments: %s", cmd.CommandPath(), len(args), strings.Join(args, " "))
	f.hint = "quote values that hold blanks"
	return f
}

// noArguments is for commands that take flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage("%q takes no arguments, but got %q", cmd.CommandPath(), args[0])
}
