package promotions

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// matrixOptions say which packages are shown, and through which feeds.
type matrixOptions struct {
	server *cli.Server
	query  query
	stages []string
}

func newMatrix(app *cli.App, run func(context.Context, *cli.IO, matrixOptions) error) *cobra.Command {
	var o matrixOptions
	cmd := &cobra.Command{
		Use:        "matrix [PURL]",
		SuggestFor: []string{"stages", "pipeline", "overview", "progress"},
		Short:      "Show how far each version has been promoted",
		Long: `Show one row per version, newest first, and one column per stage. A stage is a feed.
A cell has the date when the version first arrived in that feed. "yes" means that the
date is unknown, but that it was promoted on from there. "skipped" marks a stage that
the version didn't pass. For a feed of another type than the package's, the cell is
empty.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeRejected, cli.CodeAuth, cli.CodeNotFound, cli.CodeUnavailable, cli.CodeInterrupted),
		Example: `  # how far each version of a package has been promoted
  progetctl promotions matrix pkg:nuget/Acme.Web --stages nuget-dev,nuget-test,nuget-prod

  # add it to the summary of a GitHub Actions job
  progetctl promotions matrix --package Acme.Web --stages nuget-dev,nuget-test,nuget-prod \
    -o markdown >> "$GITHUB_STEP_SUMMARY"

  # which versions skipped a stage?
  progetctl promotions matrix --stages nuget-dev,nuget-test,nuget-prod \
    --jq '.[] | select(.skipped != []) | .version'`,
	}
	f := app.Flags(cmd)
	o.query.declare(f)
	f.Feeds(&o.stages, cli.Flag{Name: "stages", Word: "FEED,FEED…", Usage: "feeds that a version is promoted through, in order", Required: true})
	f.Check(func(p *cli.Problems) { checkStages(o.stages, p) })
	f.Server(&o.server, cli.ServerUse{})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// checkStages names a stage that is given twice, and one that is alone.
func checkStages(stages []string, p *cli.Problems) {
	for i, name := range stages {
		if isOneOf(name, stages[:i]) && i > 0 {
			p.Addf("--stages names %q twice", name)
		}
	}
	if len(stages) == 1 {
		p.Addf("--stages %q is one feed: a matrix takes two or more", stages[0])
	}
}

// matrix runs the command.
func matrix(ctx context.Context, io *cli.IO, o matrixOptions) error {
	r := &reader{server: o.server, query: o.query}
	m := newStageMatrix(o.stages)
	for p, err := range r.packages(ctx) {
		if err != nil {
			return err
		}
		for _, promotion := range p.Promotions {
			r.seen.add(promotion, o.stages)
		}
		if err := m.add(p); err != nil {
			return err
		}
	}
	if err := r.seen.unknown(ctx, io, o.server, o.stages...); err != nil {
		return err
	}
	r.warn(io)
	rows := m.sorted()
	if err := excuseOtherTypes(ctx, io, o.server, rows); err != nil {
		return err
	}
	err := cli.WriteAll(ctx, io, matrixView(o.stages, nothingFound(o.query)), rows...)
	if err == nil && len(rows) == 0 {
		noteNothing(ctx, io, o.server, o.query)
	}
	return err
}

// excuseOtherTypes takes the mark of a skipped stage off if the stage is a feed of another type
// than the package's, which could not have passed it. Each such stage is asked for once; one that
// cannot be asked for keeps its marks, with a warning.
func excuseOtherTypes(ctx context.Context, io *cli.IO, server *cli.Server, rows []*stageRow) error {
	asked := map[string]*client.Feed{}
	for _, row := range rows {
		for i, stage := range row.stages {
			if !row.states[i].skipped {
				continue
			}
			feed, known := asked[stage]
			if !known {
				info, err := server.Feeds.Info(ctx, stage)
				if feed = &info; err != nil {
					if client.KindOf(err) == client.KindInterrupted {
						return err
					}
					feed = nil
					io.Warn("cannot find out the type of feed %q; versions shown as having skipped it may be of another type", stage)
				}
				asked[stage] = feed
			}
			if feed != nil && !client.SameFamily(feed.Type, row.kind) {
				row.states[i].skipped = false
			}
		}
	}
	return nil
}
