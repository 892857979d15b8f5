package sources

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/config"
	"github.com/progetctl/progetctl/internal/safefile"
)

// removeOptions say which source is removed.
type removeOptions struct{ name cli.Text }

func newRemove(app *cli.App, run func(context.Context, *cli.IO, removeOptions) error) *cobra.Command {
	var o removeOptions
	var given cli.GivenFlags
	cmd := &cobra.Command{
		Use:        "remove NAME",
		SuggestFor: []string{"rm", "delete", "del", "logout", "unset"},
		Short:      "Remove a saved server",
		Long: `Remove a saved source. Remove pgutil's sources with pgutil.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl sources remove corp`,
		Args:    cli.OneArgument("name"),
	}
	f := app.Flags(cmd)
	declareName(f, &o.name, &given, cli.Flag{Usage: "name of the source, instead of the argument"})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// remove runs the command.
func remove(ctx context.Context, io *cli.IO, o removeOptions) error {
	sources, name := cli.Sources(io), o.name.Value
	removed, err := sources.Remove(ctx, name)
	if _, unknown := errors.AsType[*config.UnknownError](err); unknown {
		if source, inOther := sources.Find(name); inOther == nil {
			f := cli.Usage("source %q is in pgutil's file %s", source.Name, safefile.Quote(source.File))
			f.Hint = "remove it with `pgutil sources remove --name=" + shell.Hint(source.Name) + "`"
			return f
		}
	}
	if err != nil {
		return sourceFailure(err)
	}
	if io.InWords() {
		return io.Say("Removed source %q (%s) from %s", removed.Name, withoutUser(removed.URL), sources.Path())
	}
	return cli.WriteAll(ctx, io, sourcesView(), listed(removed))
}
