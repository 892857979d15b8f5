package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/output"
)

// Curl writes a request as a command for a shell on goos, the credentials as variables.
func (s *Server) Curl(sh shell.Shell, goos string, plan client.Plan) string {
	arguments := []shell.Argument{shell.Text("--fail-with-body"), shell.Text("-X"), shell.Text(plan.Method)}
	url := shell.Argument{Value: plan.URL}
	var credentials []shell.Argument
	switch s.method {
	case authQuery:
		url.Template = "?key={PROGET_API_KEY}"
	case authBasic:
		credentials = []shell.Argument{shell.Text("-u"), {Template: "api:{PROGET_API_KEY}"}}
	case authUser:
		credentials = []shell.Argument{shell.Text("-u"), {Template: "{PROGET_USERNAME}:{PROGET_PASSWORD}"}}
	case authHeader:
		credentials = []shell.Argument{shell.Text("-H"), {Template: "X-ApiKey: {PROGET_API_KEY}"}}
	}
	arguments = append(append(append(arguments, url), credentials...), s.curlTLS...)
	for _, name := range slices.Sorted(maps.Keys(plan.Header)) {
		if name != "Accept" {
			arguments = append(arguments, shell.Text("-H"), shell.Text(name+": "+plan.Header.Get(name)))
		}
	}
	return sh.Curl(goos, shell.Curl{Arguments: arguments, Body: plan.Body})
}

// Origin is a line of a dry run that says where a value came from, for [shell.Shell.Comment]. The
// value is JSON-quoted, so that it cannot end the comment.
func Origin(name, value, from string) string {
	return fmt.Sprintf("%s: %s (%s)", name, output.Quote(value), Harmless(from))
}
