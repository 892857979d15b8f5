package sandbox

import (
	"context"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
	fake "github.com/progetctl/progetctl/internal/sandbox"
)

func newDemo(app *cli.App, run func(context.Context, *cli.IO) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:        "demo",
		SuggestFor: []string{"try", "example", "examples", "tutorial", "quickstart"},
		Short:      "Walk through the three jobs, showing each command and its output",
		Long: `Start a private fake ProGet and do the three jobs on it: record a deployment,
query promotions, and download a package with its deployment record. Each step
shows the command as you would type it, with its output.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl sandbox demo`,
		Args:    cli.NoArguments,
	}
	app.Flags(cmd).Run(run)
	return cmd
}

// step is one command of the demo, with what it is for.
type step struct {
	title string
	args  []string
}

func steps() []step {
	return []step{
		{"1. Record that web01 now runs Newtonsoft.Json 12.0.3", []string{
			"deploy", "record", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet",
			"--application", "HDARS", "--description", "Deployed by HDARS to Testing", "--target", "web01",
		}},
		{"2. Ask who promoted a package to the feed of approved ones", []string{
			"promotions", "list", "pkg:npm/@angular/animation@12.3.1", "--to-feed", "npm-approved",
		}},
		{"   … and as a script would, with no jq installed", []string{
			"promotions", "list", "pkg:npm/@angular/animation@12.3.1", "--to-feed", "npm-approved",
			"--jq", ".[].promotions[] | .toFeed + \" \" + .date",
		}},
		{"3. Download a package and record the deployment", []string{
			"feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "--deployment-application", "HDARS",
			"--deployment-description", "Deployed by HDARS to Testing", "--deployment-target", "web02",
		}},
	}
}

// demo runs the command.
func demo(ctx context.Context, io *cli.IO) error {
	server, err := fake.New(fake.Options{APIKey: privateKey, Now: io.Now})
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "progetctl-demo-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	r, err := serve(ctx, server, privateAddress, "")
	if err != nil {
		return err
	}
	defer func() { _ = r.stop() }()
	if err := io.Say("A fake ProGet inside this program listens on %s (PROGET_URL and PROGET_API_KEY are set).", r.url); err != nil {
		return err
	}
	for _, s := range steps() {
		if err := s.run(ctx, io, r.url, scratch); err != nil {
			return err
		}
	}
	if err := io.Print("\n"); err != nil {
		return err
	}
	return showRecorded(ctx, io, r)
}

// run runs the step's command in a process of its own, in a folder that goes away with the demo.
func (s step) run(ctx context.Context, io *cli.IO, url, scratch string) error {
	width := lineWidth
	if n := io.Columns(io.StdoutTerminal); n > 0 {
		width = min(n, lineWidth)
	}
	if err := io.Print("\n# " + s.title + "\n$ progetctl" + commandLine(shell.Default(runtime.GOOS), width, s.args) + "\n"); err != nil {
		return err
	}
	path, err := os.Executable()
	if err != nil {
		return err
	}
	// Under its own name, which tests need to find the program in their binary.
	c := child{path: path, args: append([]string{os.Args[0]}, s.args...), environ: environ(io, url, scratch), dir: scratch}
	code, err := c.run(ctx, io)
	if err != nil {
		return err
	}
	return exitWith(code) // the command has said itself what is wrong
}

// lineWidth is the most columns of a command line; a longer one goes on in the next line, as one
// would write it in a script.
const lineWidth = 80

// commandLine writes arguments as one would type them in a shell, behind "$ progetctl", in lines no
// wider than most. A line ends before a flag, and a flag keeps its value.
func commandLine(sh shell.Shell, most int, args []string) string {
	var b strings.Builder
	width := len("$ progetctl")
	for i, arg := range args {
		word := typed(sh, arg)
		next := len(word) + 1
		isFlag := strings.HasPrefix(arg, "--")
		if isFlag && i+1 < len(args) {
			next += len(typed(sh, args[i+1])) + 1
		}
		if isFlag && width+next+len(" \\") > most {
			b.WriteString(sh.Break() + "   ")
			width = len("   ")
		}
		b.WriteString(" " + word)
		width += len(word) + 1
	}
	return b.String()
}

// typed is an argument as one types it: quoted if it has to be.
func typed(sh shell.Shell, arg string) string {
	if strings.ContainsAny(arg, " \"'|*$()[]") {
		return sh.Quote(arg)
	}
	return arg
}
