package cli

import (
	"github.com/progetctl/progetctl/internal/ci"
)

// CIHelp stands in the help of each command that takes defaults from a CI job.
const CIHelp = `In a CI job, the run gives what is left out: its name, number and commit, its page
and who started it. It never gives the target. --dry-run shows what came from where.`

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
