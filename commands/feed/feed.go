// Package feed has the commands around feeds: it downloads packages, and may leave a deployment
// record in the same request.
package feed

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// New makes the group of commands.
func New(app *cli.App) *cobra.Command {
	cmd := app.Group("feed", "Download packages from feeds", newGet(app, get))
	cmd.SuggestFor = []string{"packages", "package"}
	return cmd
}
