// Package deploy has the commands around deployment records: they send records
// to the server, and manage the ledger.
package deploy

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// New makes the group of commands.
func New(app *cli.App) *cobra.Command {
	cmd := app.Group("deploy", "Record package deployments and manage the ledger",
		newRecord(app, record), newPending(app, pending), newFlush(app, flush), newSettle(app, settle), newHistory(app, history),
		newWhere(app, where), newRetire(app, retire), newImport(app, importLines), newPrune(app, prune))
	cmd.SuggestFor = []string{"deployments", "deployment"}
	return cmd
}
