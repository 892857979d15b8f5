package sources

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

func newList(app *cli.App, run func(context.Context, *cli.IO) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:        "list",
		SuggestFor: []string{"ls", "show", "get"},
		Short:      "List saved servers",
		Long: `List your saved sources and pgutil's: which is the default, and where each gets its
credentials. Secrets are never shown.

` + sourcesHelp + `

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl sources list`,
		Args:    cli.NoArguments,
	}
	app.Flags(cmd).Run(run)
	return cmd
}

// list shows the sources that can be read, then why others can't be.
func list(ctx context.Context, io *cli.IO) error {
	found, problem := cli.Sources(io).List()
	items := make([]*listedSource, len(found))
	for i, s := range found {
		items[i] = listed(s)
	}
	if err := cli.WriteAll(ctx, io, sourcesView(), items...); err != nil {
		return err
	}
	if problem != nil {
		return sourceFailure(problem)
	}
	return nil
}
