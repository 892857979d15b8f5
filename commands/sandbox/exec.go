package sandbox

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
	fake "github.com/progetctl/progetctl/internal/sandbox"
)

// execOptions say which command is run, and against what.
type execOptions struct {
	server  serverOptions
	command []string // the program with its arguments
}

func newExec(app *cli.App, run func(context.Context, *cli.IO, execOptions) error) *cobra.Command {
	var o execOptions
	cmd := &cobra.Command{
		Use:        "exec [flags] -- COMMAND [ARGUMENT...]",
		SuggestFor: []string{"run"},
		Short:      "Run a command against a private fake ProGet",
		Long: `Run a command against a fake ProGet of its own. PROGET_URL, PROGET_API_KEY and
PROGETCTL_LEDGER are set for it; all other PROGET variables are cleared. When the
command ends, the deployments that it recorded are printed.

` + faultHelp + `EXIT STATUS
The exit code is that of the command, 128 plus the signal number if a signal ended it,
or 2 if it can't be found.`,
		Example: `  # try out a deployment script
  progetctl sandbox exec -- sh deploy.sh

  # the same while the server is down for three requests
  progetctl sandbox exec --fault 'path=/api;status=503;times=3' -- sh deploy.sh`,
		Args: cobra.ArbitraryArgs,
	}
	// What follows the command's name belongs to the command.
	cmd.Flags().SetInterspersed(false)
	f := app.Flags(cmd)
	f.Command(&o.command)
	o.server.declare(f, func(options *fake.Options) { options.Now, options.APIKey = app.IO.Now, privateKey })
	f.Check(func(p *cli.Problems) {
		if len(o.command) == 0 {
			p.Addf("a command to run is missing: `progetctl sandbox exec -- COMMAND`")
		}
	})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// execute runs the command.
func execute(ctx context.Context, io *cli.IO, o execOptions) error {
	path, err := findProgram(o.command[0])
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "progetctl-sandbox-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if err := createLedger(ctx, io, scratch); err != nil {
		return err
	}
	r, err := serve(ctx, o.server.server, privateAddress, o.server.options.BasePath)
	if err != nil {
		return err
	}
	if isShell(o.command) && io.StdinTerminal {
		io.Note("this shell talks to a fake ProGet at %s; type exit to leave it", r.url)
		leaveInterrupts()
	}
	c := child{path: path, args: o.command, environ: environ(io, r.url, scratch)}
	code, err := c.run(ctx, io)
	if stopped := r.stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	if err := showRecorded(ctx, io, r); err != nil {
		return err
	}
	return exitWith(code)
}

// createLedger creates the private ledger, so that the commands that read one find it empty instead
// of missing.
func createLedger(ctx context.Context, io *cli.IO, scratch string) error {
	l, err := ledger.Open(ctx, ledger.Options{Path: ledgerPath(scratch), Now: io.Now})
	if err != nil {
		return cli.LedgerFailure(err)
	}
	return l.Close()
}

func ledgerPath(scratch string) string { return filepath.Join(scratch, "ledger.db") }

// environ is the environment of a command in the sandbox.
func environ(io *cli.IO, url, scratch string) []string {
	var pairs []string
	for _, pair := range io.Environ() {
		// Windows folds the case of variable names.
		if !strings.HasPrefix(strings.ToUpper(pair), "PROGET") {
			pairs = append(pairs, pair)
		}
	}
	return append(pairs, "PROGET_URL="+url, "PROGET_API_KEY="+privateKey,
		"PROGETCTL_LEDGER="+ledgerPath(scratch), "PATH="+pathWithSelf(io.Getenv("PATH")))
}

// programName is what scripts call this program.
const programName = "progetctl"

// pathWithSelf is PATH with the folder of this program first, so that scripts find it, and this
// very version of it, before it is installed anywhere.
func pathWithSelf(path string) string {
	self, err := os.Executable()
	if err != nil || strings.TrimSuffix(filepath.Base(self), ".exe") != programName {
		return path
	}
	return filepath.Dir(self) + string(os.PathListSeparator) + path
}

// findProgram finds the program to run; progetctl itself is always found.
func findProgram(name string) (string, error) {
	if self, err := os.Executable(); name == programName && err == nil {
		return self, nil
	}
	path, err := exec.LookPath(name)
	if found, ok := errors.AsType[*exec.Error](err); ok {
		err = found.Err
	}
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", cli.Usage("command %q not found", name)
	case err != nil:
		return "", cli.Usage("cannot run %q: %s", name, err)
	}
	return path, nil
}
