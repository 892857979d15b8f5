package commands

import (
	"runtime"

	"github.com/spf13/cobra"

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

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version of this program",
		Long: `Show the version of this program, and what it was built from.

` + exitStatus(codeDone, codeInternal, codeUsage),
		Args: noArguments,
		Example: `  progetctl version
  progetctl version -o json`,
		RunE: a.runs(runVersion),
	}
}

func runVersion(c *call) error {
	if err := c.ready(); err != nil {
		return err
	}
	b := c.env.Build
	info := buildInfo{b.Version, b.Commit, b.Date, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	type column = output.Column[buildInfo]
	return writeAll(c, output.View[buildInfo]{Single: true, Columns: []column{
		{Header: "VERSION", Cell: func(b buildInfo) string { return b.Version }},
		{Header: "COMMIT", Cell: func(b buildInfo) string { return b.Commit }},
		{Header: "DATE", Cell: func(b buildInfo) string { return b.Date }},
		{Header: "GO", Cell: func(b buildInfo) string { return b.Go }},
		{Header: "PLATFORM", Cell: func(b buildInfo) string { return b.Platform }},
	}}, info)
}
