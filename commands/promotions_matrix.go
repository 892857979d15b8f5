package commands

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
)

func (a *app) promotionsMatrix() *cobra.Command {
	var pkg packageFlags
	var stages string
	cmd := &cobra.Command{
		Use:   "matrix [PURL] --stages FEED,FEED[,FEED...]",
		Short: "Show which versions came how far",
		Long: `Show one row for each version, newest first, and one column for each stage, which
is a feed: the date when the version first arrived there. "yes" stands where it is
only known to have been there, because it was promoted on from there, and
"skipped" for a stage that a version went past.

` + purlHelp + `

` + exitStatus(codeDone, codeInternal, codeUsage, codeRejected, codeAuth, codeNotFound, codeUnavailable, codeInterrupted),
		Example: `  # how far the versions of a package came
  progetctl promotions matrix pkg:nuget/Acme.Web --stages nuget-dev,nuget-test,nuget-prod

  # into the summary of a GitHub job
  progetctl promotions matrix --package Acme.Web --stages nuget-dev,nuget-test,nuget-prod \
    -o markdown >> "$GITHUB_STEP_SUMMARY"

  # what skipped a stage
  progetctl promotions matrix --stages nuget-dev,nuget-test,nuget-prod \
    --jq '.[] | select(.skipped != []) | .packageName + " " + .version'`,
		Args: onePURL,
		RunE: a.runs((*call).showMatrix),
	}
	pkg.register(cmd)
	cmd.Flags().Var(rawValue{&stages, "FEEDS"}, "stages", "the feeds that a version goes through, in their order, separated by commas (required)")
	return cmd
}

// showMatrix runs the command.
func (c *call) showMatrix() error {
	q := c.promotionQuestion()
	stages := c.stages()
	s := c.connect()
	if err := c.ready(); err != nil {
		return err
	}
	reader := &promotionReader{question: q}
	m := newStageMatrix(stages)
	for p, err := range reader.packages(c.ctx, s) {
		if err != nil {
			return err
		}
		if err := m.add(p); err != nil {
			return err
		}
	}
	reader.warn(c)
	rows := m.sorted()
	if len(rows) == 0 && c.hints() {
		for _, stage := range c.unknownFeeds(s, stages...) {
			c.note("the server knows no feed %q, or is too old to say", stage)
		}
		c.noteNearby(s, q)
	}
	return writeAll(c, matrixView(stages), rows...)
}

// stages reads the names of the stages.
func (c *call) stages() []string {
	s := c.setting("stages")
	if !s.given() {
		c.problems.addf("--stages is required")
	}
	if s.text == "" {
		return nil
	}
	var stages []string
	for name := range strings.SplitSeq(s.text, ",") {
		name = strings.TrimSpace(name)
		if problem := valueProblem("a name in --stages", name); problem != "" {
			c.problems.addf("%s", problem)
		}
		for _, known := range stages {
			if client.SameFeed(known, name) {
				c.problems.addf("--stages %q names %q twice", s.text, name)
			}
		}
		stages = append(stages, name)
	}
	if len(stages) < 2 {
		c.problems.addf("--stages %q is one feed: a matrix takes two or more", s.text)
	}
	return stages
}
