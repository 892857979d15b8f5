// Package doctor has the command that looks at everything between here and the server.
package doctor

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// options say what is looked at.
type options struct {
	server *cli.Server
	feed   cli.Text
	ledger cli.Ledger
}

// New makes the command.
func New(app *cli.App) *cobra.Command { return newDoctor(app, doctor) }

func newDoctor(app *cli.App, run func(context.Context, *cli.IO, options) error) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:        "doctor",
		SuggestFor: []string{"ping", "health", "healthcheck", "check", "status", "whoami", "diagnose", "info", "test"},
		Short:      "Diagnose connection, credential and feed problems",
		Long: `Check the server's URL, proxy, TLS, health, version and clock, what the credentials
can do and, with --feed, the feed and whether it stores deployment records. A ledger
in PostgreSQL is checked too. Nothing is recorded. Each check is ok, a warning or a
failure, and says what to do about it. What an earlier failure makes impossible is
skipped.

` + cli.ExitStatus(exitCodes()...) + `

The first failure decides the exit code; warnings don't count. 3 means that the feed
doesn't store deployment records.`,
		Example: `  progetctl doctor --feed DefaultNuGet

  # what is wrong, for a script
  progetctl doctor --jq '.[] | select(.status == "failure") | .remedy'`,
		Args: cli.NoArguments,
	}
	o.declare(app.Flags(cmd), run)
	return cmd
}

// NewTest makes the command that checks one saved server.
func NewTest(app *cli.App) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "test [NAME]",
		Short: "Diagnose problems with a saved server",
		Long: `Run the checks of "progetctl doctor" with a saved source; without a name, the
default one. PROGET_SOURCE and PROGET_URL are ignored.

` + cli.ExitStatus(exitCodes()...),
		Example: `  progetctl sources test corp`,
		Args:    cli.OneArgument("name"),
	}
	f := app.Flags(cmd)
	f.SourceArgument()
	o.declare(f, doctor)
	return cmd
}

// exitCodes are those of a failed check, and of the command itself.
func exitCodes() []int {
	return []int{cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeRejected, cli.CodeAuth, cli.CodeNotFound, cli.CodeUnavailable, cli.CodeInterrupted}
}

func (o *options) declare(f *cli.Flags, run func(context.Context, *cli.IO, options) error) {
	f.SourceFeed(&o.feed, cli.Flag{Usage: "feed to check"})
	f.Ledger(&o.ledger)
	f.Server(&o.server, cli.ServerUse{UncheckedProxy: true})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, *o) })
}

// The states of a check.
const (
	checkOK      = "ok"
	checkWarning = "warning"
	checkFailure = "failure"
	checkSkipped = "skipped"
)

// check is what one look found.
type check struct {
	Check   string `json:"check"`
	Status  string `json:"status"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`

	kind client.Kind // of a failure
}

func fine(name, message string) *check { return &check{Check: name, Status: checkOK, Message: message} }

func doubt(name, message, remedy string) *check {
	return &check{Check: name, Status: checkWarning, Message: message, Remedy: remedy}
}

// skip is a check that was not made.
func skip(name, why, remedy string) *check {
	return &check{Check: name, Status: checkSkipped, Message: why, Remedy: remedy}
}

// fault is a failure; err is its cause, as the server or the client has it.
func fault(name string, err error) *check {
	return &check{Check: name, Status: checkFailure, Message: err.Error(), Remedy: remedyOf(err), kind: client.KindOf(err)}
}

// remedyOf is the client's hint for an error.
func remedyOf(err error) string {
	if hint := cli.HintOf(err); hint != "" {
		return hint
	}
	return "see the server's message above; its log may have more"
}

// doctor runs the command.
func doctor(ctx context.Context, io *cli.IO, o options) error {
	e := examination{ctx: ctx, server: o.server, now: io.Now}
	checks := append(e.run(o.feed.Value), checkLedger(ctx, io, o.ledger)...)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, check := range checks {
		check.Message, check.Remedy = io.Redacted(check.Message), io.Redacted(check.Remedy)
	}
	if err := show(ctx, io, checks); err != nil {
		return err
	}
	for _, check := range checks {
		if check.Status == checkFailure {
			return cli.Reported{Kind: check.kind}
		}
	}
	return nil
}

func checksView() output.View[*check] {
	type column = output.Column[*check]
	return output.View[*check]{Columns: []column{
		{Header: "check", Cell: func(k *check) string { return k.Check }},
		{Header: "status", Cell: func(k *check) string { return k.Status }},
		{Header: "message", Cell: func(k *check) string { return k.Message }},
		{Header: "remedy", Cell: func(k *check) string { return k.Remedy }},
	}}
}
