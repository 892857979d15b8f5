package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/internal/config"
)

// resolve reads all values of the run, each once, and names all that is wrong.
func (f *Flags) resolve(ctx context.Context, args []string) *Problems {
	p := &Problems{}
	checked := args
	if f.argsUnchecked {
		checked = nil
	}
	checkLine(f.cmd, checked, p)
	f.app.globals.resolveOutput(f.app.IO, p)
	if f.args != nil {
		*f.args = args
	}
	c := &connection{globals: f.app.globals, io: f.app.IO, ctx: ctx, problems: p, stdin: &f.stdin}
	switch {
	case f.sourceArgument:
		c.findSource(args)
	case f.server != nil:
		c.findAddress()
	}
	run := f.ciDefaults()
	for _, v := range f.values {
		f.resolveValue(v, run, c.source, p)
	}
	for _, v := range f.values {
		if v.lacking() {
			p.Addf("%s", v.missing())
		}
	}
	f.claimStdin(args, p)
	if f.identity != nil {
		f.identity.resolve(args, p)
	}
	if f.base != nil && f.app.globals.source.OnLine() {
		c.findAddress()
		*f.base = Text{BaseURL(c.address, p), c.address.From}
	}
	if f.given != nil {
		f.resolveGiven(c)
	}
	if f.later != nil {
		*f.later.to = f.connectLater
	}
	for _, check := range f.checks {
		check(p)
	}
	f.resolveServer(c)
	return p
}

// endingSignals end a run in order. A hang-up that the parent ignores, as nohup does, stays
// ignored.
func endingSignals() []os.Signal {
	all := append(crashSignals(), os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// sameHangup is how long after a hang-up another one is the same: the terminal sends one, and its
// shell one more.
const sameHangup = time.Second

// heedSignals lets the first signal end the run in order and the second end it immediately, until
// the run of the program is over. The function that it returns notes whether there was one. It
// costs a thread, which is noticeable at the start of a short run.
func (a *App) heedSignals(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	caught := make(chan os.Signal, 2)
	signal.Notify(caught, endingSignals()...)
	// Instead of ignoring it, which child processes would inherit.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	over := make(chan struct{})
	go func() {
		if first := next(caught, over); first != nil {
			cancel()
			began := time.Now()
			second := next(caught, over)
			for second == syscall.SIGHUP && first == syscall.SIGHUP && time.Since(began) < sameHangup {
				second = next(caught, over)
			}
			if second != nil {
				os.Exit(CodeInterrupted)
			}
		}
	}()
	a.atEnd = append(a.atEnd, func() {
		signal.Stop(caught)
		close(over)
		cancel()
	})
	return ctx, func() { a.interrupted = ctx.Err() != nil }
}

// End ends what was begun for this run. A process heeds signals to its very end.
func (a *App) End() {
	if a.IO.process {
		return
	}
	for _, f := range a.atEnd {
		f()
	}
}

// next waits for a signal; it is nil if the run is over first.
func next(caught <-chan os.Signal, over <-chan struct{}) os.Signal {
	select {
	case s := <-caught:
		return s
	case <-over:
		return nil
	}
}

// ciDefaults are what the CI job around the program says of a deployment, nothing for a command
// that takes no defaults from it.
func (f *Flags) ciDefaults() ci.Defaults {
	if f.noCI == nil {
		return ci.Defaults{}
	}
	if off, err := strconv.ParseBool(f.noCI.String()); f.noCI.OnLine() && (off || err != nil) {
		return ci.Defaults{}
	}
	d, _ := ci.Detect(f.app.IO.Getenv)
	return d
}

// moment reads one end of a period; a date alone, today and yesterday are that long after the start
// of the day, UTC.
func (f *Flags) moment(t Text, day time.Duration, p *Problems) time.Time {
	now := f.app.IO.Now().UTC()
	if back, err := parseDuration(t.Value); err == nil {
		return now.Add(-back)
	}
	text := t.Value
	switch strings.ToLower(text) {
	case "today":
		text = now.Format(time.DateOnly)
	case "yesterday":
		text = now.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	at, whole, err := parseDate(text)
	switch {
	case err != nil:
		p.Addf("%s %s, today, yesterday, or a time back from now such as 24h or 7d", t.From, err)
	case whole:
		at = at.Add(day)
	}
	return at
}

// pastMoment is moment for the begin of a period that must not lie in the future.
func (f *Flags) pastMoment(t Text, p *Problems) time.Time {
	begin := f.moment(t, 0, p)
	if begin.After(f.app.IO.Now()) {
		p.Addf("%s %q is in the future", t.From, t.Value)
	}
	return begin
}

// connectLater makes the connection when the command runs.
func (f *Flags) connectLater(ctx context.Context) (*Server, error) {
	c := &connection{globals: f.app.globals, io: f.app.IO, ctx: ctx, problems: &Problems{}, stdin: &f.stdin}
	c.findAddress()
	s := c.connect(f.later.use)
	return s, c.problems.err(f.cmd)
}

// claimStdin gives standard input to what the command line says reads it. A key file that a
// variable or a source names claims it when it is read, because not every command needs the key.
func (f *Flags) claimStdin(args []string, p *Problems) {
	for _, v := range f.values {
		if v.stdin && v.got.Value == "-" {
			f.stdin.claim(v.got.From+" -", p)
		}
	}
	for i, arg := range args {
		if f.argsStdin && arg == "-" {
			f.stdin.claim(fmt.Sprintf("argument %d (-)", i+1), p)
		}
	}
	if file := f.app.globals.keyFile.onLine(); file.Value == "-" {
		f.stdin.claim(file.From+" -", p)
	}
}

// resolveServer makes the connection that the command asked for.
func (f *Flags) resolveServer(c *connection) {
	if f.server == nil {
		return
	}
	*f.server.to = c.connect(f.server.use)
}

// resolveGiven reads the server's flags as they are.
func (f *Flags) resolveGiven(c *connection) {
	g := c.globals
	*f.given = GivenFlags{
		Source: g.source.onLine(), APIKey: g.key.onLine(), KeyFile: g.keyFile.onLine(), Username: g.username.onLine(),
		Password: g.password.onLine(), Auth: g.auth.onLine(), CACert: g.caCert.onLine(), ClientCert: g.clientCert.onLine(),
		ClientKey: g.clientKey.onLine(), Insecure: c.globals.switched(g.insecure, c.io, c.problems), ctx: c.ctx,
	}
	f.given.KeyInFile = c.keyFromFile(f.given.KeyFile)
}

// resolveValue stores the value in the command's options.
func (f *Flags) resolveValue(v *Value, run ci.Defaults, source *config.Source, p *Problems) {
	if v.repeatable && v.OnLine() {
		for _, text := range v.texts {
			if t, problem := v.usable(Text{text, "--" + v.Name}); problem == "" {
				v.got = t
				v.store(t, p)
			}
		}
		return
	}
	t := v.onLine()
	if !t.Given() {
		if v.When != nil && !v.When() {
			return
		}
		t = v.read(f.app.IO.Env, p)
		if v.CI != nil {
			t = t.orCI(v.CI(run))
		}
		if v == f.feed && source != nil {
			t = t.Or(source.Feed, sourceOrigin(*source))
		}
	}
	if v.got = t; t.Value != "" {
		v.store(t, p)
	}
}

// Partial is what a command line that is still being typed says, for completion.
type Partial struct {
	Server  *Server // that can be asked without asking a person first
	Feed    string  // that the command line is about, "" for none
	Package ecosystem.Package
}

// PartialLedger is the ledger of a command line that is still being typed.
func (f *Flags) PartialLedger() Ledger {
	if f.ledger == nil {
		return Ledger{Path: "off"}
	}
	for _, v := range f.values {
		if v.Kind == KindLedger {
			f.resolveValue(v, ci.Defaults{}, nil, &Problems{})
		}
	}
	return *f.ledger
}

// Partial reads a command line that is still being typed. Nothing is said about what is wrong with
// it; ok says that there is a server to ask.
func (f *Flags) Partial(ctx context.Context, args []string) (partial Partial, ok bool) {
	p := &Problems{}
	c := &connection{globals: f.app.globals, io: f.app.IO, ctx: ctx, problems: p, stdin: &f.stdin}
	c.findAddress()
	if c.asksAPerson() {
		return partial, false
	}
	partial.Server = c.connect(ServerUse{Options: func() []client.Option { return []client.Option{client.WithRetries(0)} }})
	for _, v := range f.values {
		f.resolveValue(v, f.ciDefaults(), c.source, p)
		if v.Kind == KindFeed || v.Kind == KindFeeds {
			if first, _, _ := strings.Cut(v.got.Value, ","); first != "" {
				partial.Feed = first
			}
		}
	}
	if f.identity != nil {
		f.identity.resolve(args, p)
		partial.Package = f.identity.Package
	}
	return partial, partial.Server != nil
}
