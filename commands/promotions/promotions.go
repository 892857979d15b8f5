// Package promotions has the commands that query promotions of packages between feeds.
package promotions

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// New makes the group of commands.
func New(app *cli.App) *cobra.Command {
	return app.Group("promotions", "Query promotions of packages between feeds",
		newList(app, list), newCheck(app, check), newMatrix(app, matrix), newAudit(app, audit))
}
