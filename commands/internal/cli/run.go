package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// HeedSignals lets the first Ctrl-C end the run in order and the second the hard
// way, until the function that it returns is called. It costs a thread, which is
// noticeable at the start of a short run.
func (a *App) HeedSignals(ctx context.Context) (context.Context, func()) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	// Instead of ignoring it, which child processes would inherit.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return ctx, func() {
		a.interrupted = ctx.Err() != nil
		stop()
	}
}

// resolve reads all values of the run, each once, and names all that is wrong.
func (f *Flags) resolve(ctx context.Context, args []string) *Problems {
	p := &Problems{}
	checkLine(f.cmd, args, p)
	f.app.globals.resolveOutput(f.app.IO, p)
	if f.args != nil {
		*f.args = args
	}
	c := &connection{globals: f.app.globals, io: f.app.IO, ctx: ctx, problems: p}
	if f.server != nil {
		c.findAddress()
	}
	run := f.ciDefaults()
	for _, v := range f.values {
		f.resolveValue(v, run, c.source, p)
	}
	if f.identity != nil {
		f.identity.resolve(args, p)
	}
	if f.given != nil {
		f.resolveGiven(c)
	}
	for _, check := range f.checks {
		check(p)
	}
	f.resolveServer(c)
	return p
}
