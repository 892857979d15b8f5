// Package clitest runs single commands in tests: the command line of a command is read as the
// program reads it, with nothing from outside.
package clitest

import (
	"bytes"
	"context"
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

// Env is an environment with these variables, empty folders, no input, no terminal, and streams
// that go nowhere.
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

// Parsed returns the options that a command line comes to. make is the command's constructor, of
// which the run is replaced.
func Parsed[T any](t testing.TB, env cli.Env, make func(*cli.App, func(context.Context, *cli.IO, T) error) *cobra.Command, args ...string) (got T) {
	t.Helper()
	r := Run(t, env, func(app *cli.App) *cobra.Command {
		return make(app, func(_ context.Context, _ *cli.IO, o T) error { got = o; return nil })
	}, args...)
	if r.Code != 0 || r.Stderr != "" {
		t.Fatalf("%q: %+v", args, r)
	}
	return got
}

// CheckProblems insists on a usage error that names these problems, one a line.
func CheckProblems(t testing.TB, r Ran, command, problems string) {
	t.Helper()
	want := "error: " + strings.ReplaceAll(problems, "\n", "\nerror: ") + "\nhint: see `progetctl " + command + " --help`\n"
	if r.Code != cli.CodeUsage || r.Stdout != "" || r.Stderr != want {
		t.Errorf("%d\n%s, want\n%s", r.Code, r.Stderr, want)
	}
}
