package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ci"
)

// This file serves the commands that are not converted yet. It goes with the last of them.

// Legacy resolves what commands share, for one that reads its own flags.
type Legacy struct {
	app *App
	c   *connection
	Problems
	looked bool
}

// NewLegacy begins a run.
func (a *App) NewLegacy(ctx context.Context, cmd *cobra.Command, args []string) *Legacy {
	l := &Legacy{app: a}
	l.c = &connection{globals: a.globals, io: a.IO, ctx: ctx, problems: &l.Problems}
	checkLine(cmd, args, &l.Problems)
	a.globals.resolveOutput(a.IO, &l.Problems)
	return l
}

// Err is the usage error of all problems.
func (l *Legacy) Err(cmd *cobra.Command) error { return l.err(cmd) }

// Warnings are to be said once the command line is known to be good.
func (l *Legacy) Warnings() []string { return l.warnings }

// Address finds the address once.
func (l *Legacy) Address() Text {
	if !l.looked {
		l.looked = true
		l.c.findAddress()
	}
	return l.c.address
}

// SourceFeed is the feed of the named source.
func (l *Legacy) SourceFeed(t Text) Text {
	if t.Given() {
		return t
	}
	l.Address()
	if s := l.c.source; s != nil {
		return t.Or(s.Feed, sourceOrigin(*s))
	}
	return t
}

// Connect makes the client.
func (l *Legacy) Connect(stdinUser string, extra ...client.Option) *Server {
	l.Address()
	l.c.stdinUser = stdinUser
	return l.c.connect(ServerUse{Options: func() []client.Option { return extra }})
}

// AsksAPerson tells whether the key would be read from standard input, or from a program.
func (l *Legacy) AsksAPerson() bool {
	if l.c.globals.keyFile.read(l.app.IO.Env, &Problems{}).Value == "-" {
		return true
	}
	l.Address()
	return l.c.source != nil && len(l.c.source.KeyCommand) > 0
}

// OrCI takes what the CI job says.
func (t Text) OrCI(v ci.Value) Text { return t.orCI(v) }

// Count reads a count.
func (t Text) Count(otherwise, least int, p *Problems) int { return t.count(otherwise, least, p) }

// Duration reads a duration.
func (t Text) Duration(otherwise time.Duration, p *Problems) time.Duration {
	return t.duration(otherwise, p)
}

// ParseDuration reads a duration.
func ParseDuration(s string) (time.Duration, error) { return parseDuration(s) }

// Period reads a period.
func (l *Legacy) Period(since, until Text) (from, to time.Time) {
	f := &Flags{app: l.app}
	if since.Value != "" {
		from = f.moment(since, 0, &l.Problems)
	}
	if until.Value != "" {
		to = f.moment(until, 24*time.Hour-time.Second, &l.Problems)
	}
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		l.Addf("%s %q is before %s %q", until.From, until.Value, since.From, since.Value)
	}
	return from, to
}

// JSONMessages says that errors and warnings are JSON.
func (o *IO) JSONMessages() bool { return o.json }
