package sources

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// useOptions say which source becomes the default.
type useOptions struct{ name cli.Text }

func newUse(app *cli.App, run func(context.Context, *cli.IO, useOptions) error) *cobra.Command {
	var o useOptions
	var given cli.GivenFlags
	cmd := &cobra.Command{
		Use:        "use NAME",
		SuggestFor: []string{"default", "switch", "select"},
		Short:      "Choose the default server",
		Long: `Choose the source that is used unless another server is given: without --source,
PROGET_SOURCE and PROGET_URL.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl sources use corp`,
		Args:    cli.OneArgument("name"),
	}
	f := app.Flags(cmd)
	declareName(f, &o.name, &given, cli.Flag{Usage: "name of the source, instead of the argument"})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// use runs the command.
func use(ctx context.Context, io *cli.IO, o useOptions) error {
	source, err := cli.Sources(io).Use(ctx, o.name.Value)
	if err != nil {
		return sourceFailure(err)
	}
	if io.InWords() {
		return io.Say("The default source is now %q (%s)", source.Name, withoutUser(source.URL))
	}
	return cli.WriteAll(ctx, io, sourcesView(), listed(source))
}
