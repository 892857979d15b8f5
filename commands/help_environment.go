package commands

import (
	"fmt"
	"strings"
)

// variable is one that is read, with what stands in its place on a command line.
type variable struct{ name, meaning string }

// variables are all that this program reads itself, in the order of the help.
func variables() []variable {
	return []variable{
		{"PROGET_URL", "address of the server (--source)"},
		{"PROGET_SOURCE", "named source, or address (--source)"},
		{"PROGET_API_KEY", "API key (--api-key)"},
		{"PROGET_API_KEY_FILE", "file with the API key (--api-key-file)"},
		{"PROGET_USERNAME", "user name, instead of a key (--username)"},
		{"PROGET_PASSWORD", "its password (--password)"},
		{"PROGET_AUTH", "how the key travels (--auth)"},
		{"PROGET_FEED", "feed (--feed)"},
		{"PROGETCTL_APPLICATION", "what deploys (--application, --deployment-application)"},
		{"PROGETCTL_DESCRIPTION", "what the deployment is (--description, --deployment-description)"},
		{"PROGETCTL_TARGET", "what is deployed to (--target, --deployment-target)"},
		{"PROGETCTL_DEPLOYMENT_URL", "page of the deployment (--deployment-url)"},
		{"PROGETCTL_DEPLOYMENT_USER", "who deploys (--deployment-user)"},
		{"PROGETCTL_ON_FAILURE", "fail, warn or queue (--on-failure)"},
		{"PROGETCTL_LEDGER", "file of the ledger, or off (--ledger)"},
		{"PROGETCTL_TIMEOUT", "longest wait for an answer (--timeout)"},
		{"PROGETCTL_RETRIES", "further attempts (--retries)"},
		{"PROGETCTL_CA_CERT", "authorities to trust (--ca-cert)"},
		{"PROGETCTL_CLIENT_CERT", "client certificate (--client-cert)"},
		{"PROGETCTL_CLIENT_KEY", "its key (--client-key)"},
		{"PROGETCTL_DEBUG", "1 shows each request and response (--debug)"},
		{"HTTPS_PROXY", "proxy for https addresses"},
		{"HTTP_PROXY", "proxy for http addresses"},
		{"NO_PROXY", "hosts that are asked without a proxy"},
		{"NO_COLOR", "no colour"},
		{"FORCE_COLOR", "colour where there is no terminal, too"},
	}
}

func environmentTopic() string {
	var b strings.Builder
	b.WriteString(`A flag beats its variable, which beats the setting of a named source. A variable that
is set but empty counts as unset. Credentials go as a set: a flag for one puts all
variables for them out of use. PROGET_URL and PROGET_SOURCE exclude each other.

`)
	for _, v := range variables() {
		fmt.Fprintf(&b, "  %-26s %s\n", v.name, v.meaning)
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
