// Package promotions has the commands that query promotions of packages between feeds.
package promotions

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// New makes the group of commands, for what follows its name on the command line.
func New(app *cli.App, line []string) *cobra.Command {
	return app.Group("promotions", "Query promotions of packages between feeds", line,
		cli.Leaf(app, "list", newList, list), cli.Leaf(app, "check", newCheck, check),
		cli.Leaf(app, "matrix", newMatrix, matrix), cli.Leaf(app, "audit", newAudit, audit))
}
