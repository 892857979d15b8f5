package cli

import (
	"github.com/progetctl/progetctl/internal/ci"
)

// CIHelp stands in the help of each command that takes defaults from a CI job.
const CIHelp = `In CI, missing values are taken from the job: name, run number, commit, URL and user
(see "progetctl help environment"). The target is never guessed. --dry-run shows
where each value comes from.`

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
