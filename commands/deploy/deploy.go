// Package deploy has the commands around deployment records: they send records to the server, and
// manage the ledger.
package deploy

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// New makes the group of commands.
func New(app *cli.App) *cobra.Command {
	cmd := app.Group("deploy", "Record package deployments and manage the ledger")
	for _, g := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"RECORD A DEPLOYMENT", []*cobra.Command{newRecord(app, record)}},
		{"SEE WHAT WAS DEPLOYED", []*cobra.Command{newHistory(app, history), newWhere(app, where)}},
		{"SEND OR RESOLVE PENDING RECORDS", []*cobra.Command{newFlush(app, flush), newPending(app, pending), newSettle(app, settle)}},
		{"MAINTAIN THE LEDGER", []*cobra.Command{newImport(app, importLines), newPrune(app, prune), newRetire(app, retire)}},
	} {
		cmd.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, child := range g.commands {
			child.GroupID = g.title
			cmd.AddCommand(child)
		}
	}
	cmd.SuggestFor = []string{"deployments", "deployment"}
	return cmd
}
