package commands

import (
	"context"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// buildInfo is the result of the version command.
type buildInfo struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// details are what is known besides the version, in the order of the fields: with the beginning of
// the commit and the day, so that a line of a terminal holds them.
func (b *buildInfo) details() string {
	day, _, _ := strings.Cut(b.Date, "T")
	known := []string{b.Commit[:min(len(b.Commit), 12)], day, b.Go, b.Platform}
	return strings.Join(slices.DeleteFunc(known, func(s string) bool { return s == "" }), ", ")
}

func newVersion(app *cli.App, run func(context.Context, *cli.IO) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the version of this program",
		Long: `Show the version of this program, and what it was built from.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Args: cli.NoArguments,
		Example: `  progetctl version
  progetctl version -o json`,
	}
	app.Flags(cmd).RunBriefly(run)
	return cmd
}

// version runs the command.
func version(ctx context.Context, io *cli.IO) error {
	b := io.Build
	info := &buildInfo{b.Version, b.Commit, b.Date, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if io.InWords() {
		return io.Say("progetctl version %s (%s)", info.Version, info.details())
	}
	type column = output.Column[*buildInfo]
	return cli.WriteAll(ctx, io, output.View[*buildInfo]{Single: true, Columns: []column{
		{Header: "version", Cell: func(b *buildInfo) string { return b.Version }},
		{Header: "commit", Cell: func(b *buildInfo) string { return b.Commit }},
		{Header: "date", Cell: func(b *buildInfo) string { return b.Date }},
		{Header: "go", Cell: func(b *buildInfo) string { return b.Go }},
		{Header: "platform", Cell: func(b *buildInfo) string { return b.Platform }},
	}}, info)
}
