package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// crashSignals are those for which the runtime would end the program with its own dump and the exit code 2, which here
// means that nothing was sent. Only another process's are meant: a fault of the program itself still ends it.
func crashSignals() []os.Signal {
	return []os.Signal{
		syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV,
	}
}

// claimSignals makes sure that no signal ends this process with the exit code 2,
// from its start to its end. Ignoring costs nothing at the start; a command that
// does more than print heeds them, see [App.HeedSignals].
func claimSignals() {
	signal.Ignore(crashSignals()...)
	// A closed pipe would end the program before it can say what it did.
	signal.Ignore(syscall.SIGPIPE)
}

// endingSignals end a run in order. A hang-up that the parent ignores, as nohup
// does, stays ignored.
func endingSignals() []os.Signal {
	all := append(crashSignals(), os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// sameHangup is how long after a hang-up another one is the same: the terminal
// sends one, and its shell one more.
const sameHangup = time.Second

// HeedSignals lets the first signal end the run in order and the second end it
// immediately, until the run of the program is over. The function that it
// returns notes whether there was one. It costs a thread, which is noticeable at
// the start of a short run.
func (a *App) HeedSignals(ctx context.Context) (context.Context, func()) {
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
