package commands

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// sandboxKey is the key of a private stand-in, which ends with the command.
const sandboxKey = "sandbox-key"

func (a *app) sandboxExec() *cobra.Command {
	f := &sandboxFlags{}
	cmd := &cobra.Command{
		Use:   "exec [flags] -- COMMAND [ARGUMENT...]",
		Short: "Run a command against a private stand-in",
		Long: `Run a command against a stand-in of its own: PROGET_URL, PROGET_API_KEY and
PROGETCTL_LEDGER are set for it, every other PROGET* variable is cleared. When the
command has ended, what it recorded is printed.

` + faultHelp + `EXIT STATUS
  the command's own; 128 and the signal's number where a signal ended it; 2 where
  the command cannot be found`,
		Example: `  # try out a deployment script
  progetctl sandbox exec -- sh deploy.sh

  # … where the server is down for three requests
  progetctl sandbox exec --fault 'path=/api/package-deployment;status=503;times=3' -- sh deploy.sh`,
		Args: cobra.ArbitraryArgs,
		RunE: a.runs(func(c *call) error { return c.execInSandbox(f) }),
	}
	// What follows the command's name belongs to the command.
	cmd.Flags().SetInterspersed(false)
	f.register(cmd.Flags())
	return cmd
}

// execInSandbox runs the command.
func (c *call) execInSandbox(f *sandboxFlags) error {
	if len(c.args) == 0 {
		c.problems.addf("a command to run is missing: progetctl sandbox exec -- COMMAND")
	}
	f.options.APIKey = sandboxKey
	server := c.standIn(f)
	if err := c.ready(); err != nil {
		return err
	}
	path, err := c.findCommand(c.args[0])
	if err != nil {
		return usage("%s", err)
	}
	scratch, err := os.MkdirTemp("", "progetctl-sandbox-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if err := c.beginLedger(scratch); err != nil {
		return err
	}
	r, err := c.run(server, "127.0.0.1:0", f.options.BasePath)
	if err != nil {
		return err
	}
	code, err := c.runChild(path, c.sandboxEnviron(r.url, scratch), "")
	if stopped := r.stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	if err := c.showRecorded(r); err != nil {
		return err
	}
	return childCode(code)
}

// beginLedger makes the private ledger, so that the commands that read one find
// it empty instead of missing.
func (c *call) beginLedger(scratch string) error {
	l, err := ledger.Open(c.ctx, ledger.Options{Path: sandboxLedger(scratch), Now: c.env.Now})
	if err != nil {
		return ledgerFailure(err)
	}
	return l.Close()
}

func sandboxLedger(scratch string) string { return filepath.Join(scratch, "ledger.db") }

// sandboxEnviron is the environment of a command in the sandbox.
func (c *call) sandboxEnviron(url, scratch string) []string {
	var environ []string
	for _, pair := range c.env.Environ() {
		// Windows folds the case of variable names.
		if !strings.HasPrefix(strings.ToUpper(pair), "PROGET") {
			environ = append(environ, pair)
		}
	}
	return append(environ, "PROGET_URL="+url, "PROGET_API_KEY="+sandboxKey,
		"PROGETCTL_LEDGER="+sandboxLedger(scratch), "PATH="+c.pathWithOwn())
}

// programName is what scripts call this program.
const programName = "progetctl"

// pathWithOwn is PATH with the folder of this program in front, so that scripts
// find it, and this very version of it, before it is installed anywhere.
func (c *call) pathWithOwn() string {
	own, err := os.Executable()
	if err != nil || strings.TrimSuffix(filepath.Base(own), ".exe") != programName {
		return c.Getenv("PATH")
	}
	return filepath.Dir(own) + string(os.PathListSeparator) + c.Getenv("PATH")
}

// findCommand finds the command to run; progetctl itself is always found.
func (c *call) findCommand(name string) (string, error) {
	if own, err := os.Executable(); name == programName && err == nil {
		return own, nil
	}
	return exec.LookPath(name)
}

// childGrace is how long a command may take to end after Ctrl-C.
const childGrace = 5 * time.Second

// runChild runs a command on the program's own streams and returns its code.
func (c *call) runChild(path string, environ []string, dir string) (int, error) {
	child := exec.CommandContext(c.ctx, path, c.args[1:]...)
	child.Args[0] = c.args[0]
	child.Env, child.Dir = environ, dir
	// The real file, so that the command sees a terminal where there is one.
	child.Stdin, child.Stdout, child.Stderr = c.env.Stdin, c.ProcessStdout(), c.env.Stderr
	child.Cancel = func() error { return child.Process.Signal(os.Interrupt) }
	child.WaitDelay = childGrace
	err := child.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exitCodeOf(exit), nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, exec.ErrWaitDelay) {
		return codeInterrupted, nil
	}
	return 0, err
}

// childCode ends the run with the command's own code.
func childCode(code int) error {
	if code == 0 {
		return nil
	}
	return cli.ChildExit(code)
}

// showRecorded prints what the stand-in recorded.
func (c *call) showRecorded(r *running) error {
	recorded := r.Deployments()
	var ids ledger.IDs
	var entries []ledger.Entry
	for _, d := range recorded {
		entries = append(entries, sandboxEntry(&ids, r.url, d))
	}
	if c.forPerson() && len(entries) == 0 {
		return c.say("The sandbox recorded no deployments.")
	}
	if c.forPerson() {
		if err := c.say("The sandbox recorded %s:", plural(len(entries), "deployment", "deployments")); err != nil {
			return err
		}
	}
	return writeAll(c, deploymentView(), entries...)
}

// sandboxEntry shows what a server recorded in the shape of every deployment.
func sandboxEntry(ids *ledger.IDs, url string, d sandbox.Deployment) ledger.Entry {
	return ledger.Entry{
		ID: ids.New(d.ReceivedAt), Server: url, MadeAt: d.Date.Truncate(time.Second), Via: ledger.Via(d.Via),
		Status: ledger.Recorded, Attempts: 1,
		Record: records.Record{
			Application: d.Application, Description: d.Description, Target: d.Target, FeedName: d.FeedName,
			PackageName: d.PackageName, Version: d.Version, GroupName: d.GroupName, UserName: d.UserName, URL: d.URL,
			Date: d.Date.Format(records.DateLayout),
		},
	}
}
