package commands

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/internal/config"
)

func (a *app) sourcesRemove() *cobra.Command {
	name := ""
	cmd := &cobra.Command{
		Use:   "remove --name NAME",
		Short: "Forget a named server",
		Long: `Take a source out of our own file. One of pgutil's is pgutil's to remove.

` + exitStatus(codeDone, codeInternal, codeUsage),
		Example: `  progetctl sources remove --name corp`,
		Args:    noArguments,
		RunE:    a.runs(removeSource),
	}
	cmd.Flags().Var(rawValue{&name, "NAME"}, "name", "name of the source")
	return cmd
}

func removeSource(c *call) error {
	name := c.ownName()
	if !name.given() {
		c.problems.addf("--name is required")
	}
	if err := c.ready(); err != nil {
		return err
	}
	err := c.sources().Remove(c.ctx, name.text)
	if _, unknown := errors.AsType[*config.UnknownError](err); unknown {
		if source, inOther := c.sources().Find(name.text); inOther == nil {
			f := usage("the source %q is in pgutil's file %q", source.Name, source.File)
			f.hint = "remove it with pgutil sources remove"
			return f
		}
	}
	if err != nil {
		return sourceFailure(err)
	}
	c.note("removed the source %q from %s", name.text, c.sources().Path())
	return nil
}
