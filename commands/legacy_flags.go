package commands

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/internal/config"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/spf13/cobra"
)

// packageFlags are the flags that name a package.
type packageFlags struct{ group, name, version string }

func (p *packageFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(rawValue{&p.name, "NAME"}, "package", "package name, optionally with its group: @angular/animation, org.acme:tool, acme/tools/builder")
	flags.Var(rawValue{&p.version, "VERSION"}, "version", "version of the package")
	flags.Var(rawValue{&p.group, "GROUP"}, "group", "group of the package: npm scope, Maven group id, universal group")
}

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
	if err != nil && valueProblem("", c.args[0]) == "" {
		c.problems.add(err)
	}
	return pkg
}

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

func onePURL(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	f := usage("%q takes one package URL, but got %d arguments: %s", cmd.CommandPath(), len(args), strings.Join(args, " "))
	f.Hint = "quote values that contain spaces"
	return f
}

func ciFlag(cmd *cobra.Command) {
	cmd.Flags().Bool(noCIDefaults, false, "don't fill in values from the CI environment")
}

func (c *call) ciDefaults() ci.Defaults {
	if off, err := strconv.ParseBool(c.cmd.Flags().Lookup(noCIDefaults).Value.String()); off || err != nil {
		return ci.Defaults{}
	}
	d, _ := ci.Detect(c.Getenv)
	return d
}

func ledgerFlag(cmd *cobra.Command) {
	cmd.Flags().Var(rawValue{new(string), "PATH"}, "ledger", `ledger file, or "off" to disable it (PROGETCTL_LEDGER)`)
}

func (c *call) ledger() cli.Ledger {
	path, given := c.ledgerSetting()
	return cli.Ledger{Path: path, Named: given}
}

func (c *call) ledgerSetting() (path string, given bool) {
	s := c.setting("ledger", "PROGETCTL_LEDGER")
	if s.given() {
		return s.text, true
	}
	if state := config.StateFolder(c.Getenv); state != "" {
		return filepath.Join(state, "progetctl", "ledger.db"), false
	}
	return "", false
}

func (c *call) openLedger(needed bool) (*ledger.Ledger, error) {
	return c.ledger().OpenToSend(c.ctx, c.IO, needed)
}
func (c *call) ledgerWarning(named bool, err error) { cli.Ledger{Named: named}.WarnNotKept(c.IO, err) }
