// Package clitest runs single commands in tests: the command line of a command
// is read as the program reads it, with nothing from outside.
package clitest

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// Ran is what a run came to.
type Ran struct {
	Code           int
	Stdout, Stderr string
}

// Now is the clock of the tests: noon of 2026-11-21, UTC.
func Now() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// Env is an environment with these variables, empty folders, no input, no
// terminal, and streams that go nowhere.
func Env(t testing.TB, environ ...string) cli.Env {
	home := t.TempDir()
	return cli.Env{
		Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Now: Now,
		Environ: func() []string {
			return append([]string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_STATE_HOME=" + home, "APPDATA=" + home, "LOCALAPPDATA=" + home}, environ...)
		},
	}
}

// Run runs one command with its arguments, the command's own name left out.
func Run(t testing.TB, env cli.Env, make func(*cli.App) *cobra.Command, args ...string) Ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env.Stdout, env.Stderr = &stdout, &stderr
	app := cli.New(env)
	root := &cobra.Command{Use: "progetctl", SilenceErrors: true, SilenceUsage: true}
	root.SetOut(app.IO.Stdout)
	root.SetErr(app.IO.Stderr)
	root.SetFlagErrorFunc(cli.FlagError)
	app.RegisterGlobals(root)
	cmd := make(app)
	root.AddCommand(cmd)
	root.SetArgs(append([]string{cmd.Name()}, args...))
	app.ExpectJSON(args)
	code := app.Finish(root.ExecuteContext(t.Context()))
	return Ran{code, stdout.String(), stderr.String()}
}
