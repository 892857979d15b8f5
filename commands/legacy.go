package commands

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/output"
)

// This file serves the commands that are not converted yet. It goes with the last of them.

const (
	codeDone        = cli.CodeDone
	codeInternal    = cli.CodeInternal
	codeUsage       = cli.CodeUsage
	codeRejected    = cli.CodeRejected
	codeAuth        = cli.CodeAuth
	codeNotFound    = cli.CodeNotFound
	codeUnavailable = cli.CodeUnavailable
	codePartial     = cli.CodePartial
	codeUnmet       = cli.CodeUnmet
	codeIntegrity   = cli.CodeIntegrity
	codeInterrupted = cli.CodeInterrupted
	kindUnmet       = cli.KindUnmet
	noCIDefaults    = "no-ci-defaults"
	purlHelp        = cli.PURLHelp
	ciHelp          = cli.CIHelp
)

type (
	failure = cli.Failure
	server  = cli.Server
)

func usage(format string, args ...any) *failure { return cli.Usage(format, args...) }
func exitStatus(codes ...int) string            { return cli.ExitStatus(codes...) }
func plural(n int, one, many string) string     { return cli.Plural(n, one, many) }
func shellQuote(s string) string                { return cli.ShellQuote(s) }
func valueProblem(from, value string) string    { return cli.ValueProblem(from, value) }
func deploymentView() output.View[ledger.Entry] { return cli.DeploymentView() }
func ledgerFailure(err error) error             { return cli.LedgerFailure(err) }
func kinds[T ~string](known []T) string         { return cli.Joined(known, "|") }
func joined[T ~string](known []T, separator string) string {
	return cli.Joined(known, separator)
}

func parseDuration(s string) (time.Duration, error) { return cli.ParseDuration(s) }

func noArguments(cmd *cobra.Command, args []string) error { return cli.NoArguments(cmd, args) }

func group(use, short string, children ...*cobra.Command) *cobra.Command {
	return cli.Group(use, short, children...)
}

// rawValue is a flag whose text is kept as it was typed.
type rawValue struct {
	text *string
	kind string
}

func (v rawValue) Set(text string) error { *v.text = text; return nil }
func (v rawValue) String() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}
func (v rawValue) Type() string { return v.kind }

// rawValues is rawValue for a flag that may be repeated.
type rawValues struct {
	texts *[]string
	kind  string
}

func (v rawValues) Set(text string) error        { return v.Append(text) }
func (v rawValues) Append(text string) error     { *v.texts = append(*v.texts, text); return nil }
func (v rawValues) Replace(texts []string) error { *v.texts = texts; return nil }
func (v rawValues) GetSlice() []string           { return *v.texts }
func (v rawValues) Type() string                 { return v.kind }
func (v rawValues) String() string {
	if v.texts == nil {
		return ""
	}
	return strings.Join(*v.texts, ", ")
}

// setting is a value with the place that it came from.
type setting struct{ text, from string }

func (s setting) given() bool { return s.from != "" }
func (s setting) orCI(v ci.Value) setting {
	return fromText(cli.Text{Value: s.text, From: s.from}.OrCI(v))
}
func (s setting) cli() cli.Text { return cli.Text{Value: s.text, From: s.from} }

func fromText(t cli.Text) setting { return setting{t.Value, t.From} }

// problemLines are problems by their old names.
type problemLines struct{ *cli.Legacy }

func (l problemLines) addf(format string, args ...any) { l.Addf(format, args...) }
func (l problemLines) add(err error)                   { l.Add(err) }

// call is one run of one command.
type call struct {
	*cli.IO
	env      *cli.IO
	ctx      context.Context
	cmd      *cobra.Command
	args     []string
	problems problemLines
	stdinFor string
	global   struct {
		format output.Format
		quiet  bool
	}
	json bool
}

func (a *app) runs(run func(*call) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx, ignore := a.HeedSignals(cmd.Context())
		defer ignore()
		c := a.call(ctx, cmd, args)
		c.checkFlags()
		return run(c)
	}
}

func (a *app) call(ctx context.Context, cmd *cobra.Command, args []string) *call {
	c := &call{IO: a.IO, env: a.IO, ctx: ctx, cmd: cmd, args: args, problems: problemLines{a.NewLegacy(ctx, cmd, args)}}
	c.global.format, c.global.quiet, c.json = a.IO.Format, a.IO.Quiet, a.IO.JSONMessages()
	return c
}

func (c *call) checkFlags() {
	c.cmd.Flags().Visit(func(f *pflag.Flag) {
		if _, ours := f.Value.(*cli.Value); ours || f.Value.Type() == "bool" {
			return
		}
		values := []string{f.Value.String()}
		if many, ok := f.Value.(pflag.SliceValue); ok {
			values = many.GetSlice()
		}
		for _, value := range values {
			if problem := valueProblem("--"+f.Name, value); problem != "" {
				c.problems.addf("%s", problem)
			} else if c.isFlag(value) {
				c.problems.addf("--%s is followed by the flag %s in the place of a value: was a variable empty, and not quoted?", f.Name, value)
			}
		}
	})
}

func (c *call) isFlag(value string) bool {
	name, found := strings.CutPrefix(value, "--")
	name, _, _ = strings.Cut(name, "=")
	return found && c.cmd.Flags().Lookup(name) != nil
}

func (c *call) ready() error {
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if err := c.problems.Err(c.cmd); err != nil {
		return err
	}
	for _, warning := range c.problems.Warnings() {
		c.Warn("%s", warning)
	}
	return nil
}

func (c *call) setting(flag string, variables ...string) setting {
	if f := c.cmd.Flags().Lookup(flag); f != nil && f.Changed {
		if valueProblem("--"+flag, f.Value.String()) != "" {
			return setting{from: "--" + flag}
		}
		return setting{f.Value.String(), "--" + flag}
	}
	for _, name := range variables {
		value := c.Getenv(name)
		if value == "" {
			continue
		}
		if problem := valueProblem(name, value); problem != "" {
			c.problems.addf("%s", problem)
			value = ""
		}
		return setting{value, name}
	}
	return setting{}
}

func (c *call) required(flag string, variables ...string) setting {
	s := c.setting(flag, variables...)
	if !s.given() {
		c.problems.addf("--%s is required (or set %s)", flag, strings.Join(variables, " or "))
	}
	return s
}

func (c *call) requiredOrCI(flag, variable string, v ci.Value) setting {
	if s := c.setting(flag, variable).orCI(v); s.given() {
		return s
	}
	return c.required(flag, variable)
}

func choice[T ~string](c *call, s setting, known []T) T {
	return cli.OneOf(s.cli(), known, &c.problems.Problems)
}
func (c *call) count(s setting, otherwise, least int) int {
	return s.cli().Count(otherwise, least, &c.problems.Problems)
}
func (c *call) duration(s setting, otherwise time.Duration) time.Duration {
	return s.cli().Duration(otherwise, &c.problems.Problems)
}
func (c *call) period(since, until setting) (time.Time, time.Time) {
	return c.problems.Period(since.cli(), until.cli())
}
func (c *call) deploymentDate(s setting) string {
	t, err := cli.CheckDeploymentDate(s.text, c.Now())
	if err != nil {
		c.problems.addf("%s %s", s.from, err)
	}
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(records.DateLayout)
}

func (c *call) webURL(s setting) setting {
	if problem := cli.WebURLProblem(s.text); problem != "" {
		c.problems.addf("%s %s", s.from, problem)
	}
	return s
}

func (c *call) connect(extra ...client.Option) *server {
	return c.problems.Connect(c.stdinFor, extra...)
}
func (c *call) feed() setting {
	return fromText(c.problems.SourceFeed(c.setting("feed", "PROGET_FEED").cli()))
}
func (c *call) requiredFeed() setting {
	s := c.feed()
	if !s.given() {
		c.problems.addf("--feed is required (or set PROGET_FEED)")
	}
	return s
}

func (c *call) forPerson() bool                      { return c.InWords() }
func (c *call) hints() bool                          { return c.Interactive() }
func (c *call) watched() bool                        { return c.ShowsProgress() }
func (c *call) warn(format string, args ...any)      { c.Warn(format, args...) }
func (c *call) note(format string, args ...any)      { c.Note(format, args...) }
func (c *call) say(format string, args ...any) error { return c.Say(format, args...) }
func (c *call) progress() *output.Progress           { return c.Progress() }

func newResult[T any](c *call, view output.View[T]) output.Writer[T] {
	return cli.NewResult(c.ctx, c.IO, view)
}
func writeAll[T any](c *call, view output.View[T], items ...T) error {
	return cli.WriteAll(c.ctx, c.IO, view, items...)
}
