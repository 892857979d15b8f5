// Package deploy has the commands around deployment records: they send records to the server, and
// manage the ledger.
package deploy

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// New makes the group of commands, for what follows its name on the command line.
func New(app *cli.App, line []string) *cobra.Command {
	const (
		records = "RECORD A DEPLOYMENT"
		look    = "SEE WHAT WAS DEPLOYED"
		open    = "SEND OR RESOLVE PENDING RECORDS"
		upkeep  = "MAINTAIN THE LEDGER"
	)
	cmd := app.Group("deploy", "Record package deployments and manage the ledger", line,
		cli.Leaf(app, "record", newRecord, record).In(records),
		cli.Leaf(app, "history", newHistory, history).In(look),
		cli.Leaf(app, "where", newWhere, where).In(look),
		cli.Leaf(app, "flush", newFlush, flush).In(open),
		cli.Leaf(app, "pending", newPending, pending).In(open),
		cli.Leaf(app, "settle", newSettle, settle).In(open),
		cli.Leaf(app, "import", newImport, importLines).In(upkeep),
		cli.Leaf(app, "prune", newPrune, prune).In(upkeep),
		cli.Leaf(app, "retire", newRetire, retire).In(upkeep))
	cmd.SuggestFor = []string{"deployments", "deployment"}
	return cmd
}
