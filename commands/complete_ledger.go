package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
)

// mostLookedAt is how many of the newest records completion looks at: enough for the names that a
// person works with, and read in a fraction of its time.
const mostLookedAt = 2000

// inLedger completes from the ledger of the command line.
type inLedger struct{ app *cli.App }

// recorded is what completion takes from a record of the ledger.
type recorded func(ledger.Entry) string

func recordedTarget(e ledger.Entry) string      { return e.Record.Target }
func recordedApplication(e ledger.Entry) string { return e.Record.Application }
func recordedFeed(e ledger.Entry) string        { return e.Record.FeedName }
func recordedVersion(e ledger.Entry) string     { return e.Record.Version }

func recordedPackage(e ledger.Entry) string {
	return ecosystem.JoinName(e.Type, e.Record.GroupName, e.Record.PackageName)
}

// names completes with what is in the ledger of the command line, the newest first; if it has
// nothing, with what otherwise finds.
func (a inLedger) names(take recorded, otherwise cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var all []string
		a.read(cmd, func(ctx context.Context, l *ledger.Ledger) {
			for e, err := range l.History(ctx, ledger.Filter{Limit: mostLookedAt}) {
				if err != nil {
					return
				}
				if name := take(e); strings.HasPrefix(name, typed) && !slices.Contains(all, name) {
					all = append(all, name)
				}
			}
		})
		if len(all) == 0 && otherwise != nil {
			return otherwise(cmd, args, typed)
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// unsettled completes the IDs of the records that a person can settle, with what they are, without
// those that are on the command line already.
func (a inLedger) unsettled(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var all []cobra.Completion
	a.read(cmd, func(ctx context.Context, l *ledger.Ledger) {
		for e, err := range l.Pending(ctx) {
			if err != nil || len(all) == mostLookedAt {
				return
			}
			if (e.Status == ledger.Uncertain || e.Status == ledger.Failed) && strings.HasPrefix(e.ID, typed) && !slices.Contains(args, e.ID) {
				all = append(all, cobra.CompletionWithDesc(e.ID, strings.Join([]string{string(e.Status), recordedPackage(e), e.Record.Version, "on", e.Record.Target}, " ")))
			}
		}
	})
	return all, cobra.ShellCompDirectiveNoFileComp
}

// read reads the ledger of a command line that is still being typed. Nothing is said about whatever
// goes wrong.
func (a inLedger) read(cmd *cobra.Command, read func(context.Context, *ledger.Ledger)) {
	values := a.app.Of(cmd)
	if values == nil {
		return
	}
	longest := completionTime(a.app.IO)
	ctx, cancel := context.WithTimeout(cmd.Context(), longest)
	defer cancel()
	if l := values.PartialLedger().OpenForCompletion(ctx, a.app.IO, longest); l != nil {
		defer func() { _ = l.Close() }()
		read(ctx, l)
	}
}
