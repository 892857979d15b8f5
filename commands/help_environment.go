package commands

import (
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// environmentTopic is made of the declarations of all values.
func environmentTopic(variables []cli.Variable) string {
	var b strings.Builder
	b.WriteString(`A flag beats its variable, which beats the setting of a named source. A variable that
is set but empty counts as unset. Credentials go as a set: a flag for one puts all
variables for them out of use. PROGET_URL and PROGET_SOURCE can't be used together.

`)
	for _, v := range variables {
		fmt.Fprintf(&b, "  %-26s %s\n", v.Name, v.Meaning)
	}
	b.WriteString(`
Where CI or TF_BUILD is set, --on-failure queue wants a ledger that was named. In a job
of a known CI system, its variables give defaults for a record (--no-ci-defaults turns
them off): GitHub, Gitea, Forgejo, GitLab, Azure, Jenkins, TeamCity, Bitbucket,
CircleCI, Buildkite, Drone, Woodpecker, CodeBuild, Travis, AppVeyor.

HOME and XDG_CONFIG_HOME, on Windows APPDATA, say where sources are kept; HOME and
XDG_STATE_HOME, on Windows LOCALAPPDATA, where the ledger is.`)
	return b.String()
}
