// Package doctor has the command that looks at everything between here and the
// server.
package doctor

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// options say what is looked at.
type options struct {
	server *cli.Server
	feed   cli.Text
}

// New makes the command.
func New(app *cli.App) *cobra.Command { return newDoctor(app, doctor) }

func newDoctor(app *cli.App, run func(context.Context, *cli.IO, options) error) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Diagnose connection, credential and feed problems",
		Long: `Check the server's address, the proxy, TLS, the server's health, version and clock,
what the credentials may do and, with --feed, the feed and whether it keeps
deployment records. Nothing is recorded. Each check is ok, a warning or a failure,
with what to do about it; what cannot be asked is a warning.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeRejected, cli.CodeAuth, cli.CodeNotFound, cli.CodeUnavailable, cli.CodeInterrupted) + `
  That of the first failure; warnings are none. 3: the feed keeps no records.`,
		Example: `  progetctl doctor --feed DefaultNuGet

  # what is wrong, for a script
  progetctl doctor --jq '.[] | select(.status == "failure") | .remedy'`,
		Args: cli.NoArguments,
	}
	f := app.Flags(cmd)
	f.SourceFeed(&o.feed, cli.Flag{Usage: "feed to look at"})
	f.Server(&o.server, cli.ServerUse{UncheckedProxy: true})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// The states of a check.
const (
	checkOK      = "ok"
	checkWarning = "warning"
	checkFailure = "failure"
)

// check is what one look found.
type check struct {
	Check   string `json:"check"`
	Status  string `json:"status"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`

	kind client.Kind // of a failure
}

func fine(name, message string) check { return check{Check: name, Status: checkOK, Message: message} }

func doubt(name, message, remedy string) check {
	return check{Check: name, Status: checkWarning, Message: message, Remedy: remedy}
}

// fault is a failure; err is its cause, as the server or the client has it.
func fault(name string, err error) check {
	return check{Check: name, Status: checkFailure, Message: err.Error(), Remedy: remedyOf(err), kind: client.KindOf(err)}
}

// remedyOf is what the client knows to do about an error.
func remedyOf(err error) string {
	if e := cli.ClientError(err); e != nil && e.Hint != "" {
		return e.Hint
	}
	return "see what the server says; its log may say more"
}

// doctor runs the command.
func doctor(ctx context.Context, io *cli.IO, o options) error {
	e := examination{ctx: ctx, server: o.server, now: io.Now}
	checks := e.run(o.feed.Value)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i := range checks {
		checks[i].Message, checks[i].Remedy = io.Redacted(checks[i].Message), io.Redacted(checks[i].Remedy)
	}
	if err := show(ctx, io, checks); err != nil {
		return err
	}
	for _, check := range checks {
		if check.Status == checkFailure {
			return cli.Told{Kind: check.kind}
		}
	}
	return nil
}

// show writes the result: lines for a person, which no terminal is too narrow
// for, else data.
func show(ctx context.Context, io *cli.IO, checks []check) error {
	if !io.InWords() {
		return cli.WriteAll(ctx, io, checksView(), checks...)
	}
	o := io.OutputOptions(ctx)
	for _, check := range checks {
		if err := io.Print(check.lines(o.Color, o.Width)); err != nil {
			return err
		}
	}
	return nil
}

// columnWidth is that of the widest state and of the widest name of a check,
// with the gap after it.
const columnWidth = 12

// lines shows a check with its remedy below it, wrapped to width columns; 0 is
// a pipe, where nothing is.
func (k check) lines(color bool, width int) string {
	indent := strings.Repeat(" ", 2*columnWidth)
	status := fmt.Sprintf("%-*s", columnWidth, k.Status)
	if color {
		status = k.style().Apply(k.Status) + status[len(k.Status):]
	}
	text := wrap(cli.Harmless(k.Message), width-len(indent))
	if k.Remedy != "" {
		text = append(text, wrap("→ "+cli.Harmless(k.Remedy), width-len(indent))...)
	}
	for i, line := range text {
		text[i] = cli.Harmless(line) // it may begin now with what stood behind other words
	}
	return fmt.Sprintf("%s%-*s%s\n", status, columnWidth, k.Check, strings.Join(text, "\n"+indent))
}

// leastWidth is where wrapping ends to help: narrower columns are a ladder.
const leastWidth = 20

// wrap breaks a text between words; a word that is too long stays whole, so
// that an address can be copied.
func wrap(text string, width int) []string {
	if width < leastWidth {
		return []string{text}
	}
	var lines []string
	for word := range strings.FieldsSeq(text) {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

func (k check) style() output.Style {
	return map[string]output.Style{checkOK: output.Green, checkWarning: output.Yellow, checkFailure: output.Red}[k.Status]
}

func checksView() output.View[check] {
	type column = output.Column[check]
	return output.View[check]{Columns: []column{
		{Header: "check", Cell: func(k check) string { return k.Check }},
		{Header: "status", Cell: func(k check) string { return k.Status }},
		{Header: "message", Cell: func(k check) string { return k.Message }},
		{Header: "remedy", Cell: func(k check) string { return k.Remedy }},
	}}
}
