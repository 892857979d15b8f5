package cli

import (
	"strconv"

	"github.com/progetctl/progetctl/internal/ci"
)

// CIHelp stands in the help of each command that takes defaults from a CI job.
const CIHelp = `In a CI job, the run gives what is left out: its name, number and commit, its page
and who started it. It never gives the target. --dry-run shows what came from where.`

// CIDefaults declares the flag that turns the defaults of the CI job off.
func (f *Flags) CIDefaults() {
	f.noCI = f.Switch(new(bool), Flag{Name: "no-ci-defaults", Usage: "don't fill in values from the CI environment"})
}

// ciDefaults are what the CI job around the program says of a deployment, nothing
// for a command that takes no defaults from it.
func (f *Flags) ciDefaults() ci.Defaults {
	if f.noCI == nil {
		return ci.Defaults{}
	}
	if off, err := strconv.ParseBool(f.noCI.String()); f.noCI.OnLine() && (off || err != nil) {
		return ci.Defaults{}
	}
	d, _ := ci.Detect(f.app.IO.Getenv)
	return d
}

// orCI takes what the CI job says instead of a value that was not given. What a
// template left unexpanded is worth nothing.
func (t Text) orCI(v ci.Value) Text {
	if ValueProblem("", v.Text) != "" {
		return t
	}
	return t.Or(v.Text, v.From)
}

// CIApplication is what deploys, as the CI job says it; for [Flag.CI].
func CIApplication(d ci.Defaults) ci.Value { return d.Application }

// CIDescription is what the deployment is; for [Flag.CI].
func CIDescription(d ci.Defaults) ci.Value { return d.Description }

// CIURL is the page of the run; for [Flag.CI].
func CIURL(d ci.Defaults) ci.Value { return d.URL }

// CIUser is who started the run; for [Flag.CI].
func CIUser(d ci.Defaults) ci.Value { return d.UserName }
