package commands

import (
	"context"
	"testing"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/output"
)

// TestParseVersion: the command has no values but those of every command, and asks no server, so
// that nothing about one can be wrong.
func TestParseVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		environ []string
		args    []string
		format  output.Format
		quiet   bool
	}{
		{nil, nil, output.Table, false},
		{nil, []string{"-q", "-o", "csv"}, output.CSV, true},
		{nil, []string{"--jq", "."}, output.JSON, false},
		{[]string{"PROGET_URL=$URL", "PROGETCTL_TIMEOUT=soon", "PROGET_API_KEY_FILE= "}, []string{"-ojson"}, output.JSON, false},
	} {
		var got *cli.IO
		r := clitest.Run(t, clitest.Env(t, test.environ...), func(app *cli.App) *cobra.Command {
			return newVersion(app, func(_ context.Context, io *cli.IO) error { got = io; return nil })
		}, test.args...)
		if r.Code != 0 || r.Stderr != "" || got.Format != test.format || got.Quiet != test.quiet {
			t.Errorf("%q, %q: %+v, format %q, quiet %v", test.environ, test.args, r, got.Format, got.Quiet)
		}
	}
}
