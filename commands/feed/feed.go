// Package feed has the commands around feeds: it downloads packages, and may leave a deployment
// record in the same request.
package feed

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// New makes the group of commands, for what follows its name on the command line.
func New(app *cli.App, line []string) *cobra.Command {
	cmd := app.Group("feed", "Download packages from feeds", line, cli.Leaf(app, "get", newGet, get))
	cmd.SuggestFor = []string{"packages", "package"}
	return cmd
}
