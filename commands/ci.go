package commands

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/output"
)

const noCIDefaults = "no-ci-defaults"

// ciHelp stands in the help of each command that takes defaults from a CI job.
const ciHelp = `In a CI job, the run gives what is left out: its name, number and commit, its page
and who started it. It never gives the target. --dry-run shows what came from where.`

// ciFlag declares the flag that turns the defaults off.
func ciFlag(cmd *cobra.Command) {
	cmd.Flags().Bool(noCIDefaults, false, "take nothing from the variables of the CI system that this runs in")
}

// ciDefaults are what the CI job around the program says of a deployment.
func (c *call) ciDefaults() ci.Defaults {
	if off, err := strconv.ParseBool(c.cmd.Flags().Lookup(noCIDefaults).Value.String()); off || err != nil {
		return ci.Defaults{}
	}
	d, _ := ci.Detect(c.env.getenv)
	return d
}

// orCI takes what the CI job says in the place of a setting that was not given.
// What a template left unexpanded is worth nothing.
func (s setting) orCI(v ci.Value) setting {
	if valueProblem("", v.Text) != "" {
		return s
	}
	return s.or(v.Text, v.From)
}

// requiredOrCI is a setting that must be there, if only from the CI job.
func (c *call) requiredOrCI(flag, variable string, v ci.Value) setting {
	if s := c.setting(flag, variable).orCI(v); s.given() {
		return s
	}
	return c.required(flag, variable)
}

// annotate shows a warning where the CI system shows those of its own.
func (a *app) annotate(text string) {
	if line, ok := ci.Annotation(a.env.getenv, output.Clean(text)); ok {
		fmt.Fprintln(a.stderr, line)
	}
}

// harmless keeps server text from giving orders to the CI system that reads
// the log.
func (a *app) harmless(text string) string {
	if disarm := a.disarm(); disarm != nil {
		return disarm(text)
	}
	return text
}

// disarm is harmless for many texts; nil where no CI system reads the log.
func (a *app) disarm() func(string) string {
	if _, seen := ci.Detect(a.env.getenv); seen {
		return ci.Harmless
	}
	return nil
}
