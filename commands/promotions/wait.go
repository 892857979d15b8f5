package promotions

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// slowestInterval is the longest time between two checks of check --wait, and between two lines
// about it in a pipe: a CI system kills a job that is silent for long.
const slowestInterval = time.Minute

// waitOptions say how long a promotion is waited for, and how often it is asked for at first. A
// longest time of 0 means no waiting.
type waitOptions struct{ longest, interval time.Duration }

// declare declares the flags of waiting.
func (o *waitOptions) declare(f *cli.Flags) {
	// 0 means not to wait, so that a script can use a variable.
	waiting := f.DurationFromZero(&o.longest, cli.Flag{Name: "wait", Usage: "keep checking for up to this long, such as 30m"})
	interval := f.Duration(&o.interval, cli.Flag{Name: "interval", Usage: "with --wait: initial time between checks", Default: "5s"})
	f.Check(func(p *cli.Problems) {
		if interval.OnLine() && !waiting.OnLine() {
			p.Addf("--interval requires --wait")
		}
	})
}

// intervals spreads the checks of jobs that wait for the same thing.
func (o waitOptions) intervals() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: o.interval, MaxInterval: max(o.interval, slowestInterval), Multiplier: 1.5, RandomizationFactor: 0.2,
	}
}

// wait is one wait for a promotion.
type wait struct {
	io      *cli.IO
	reader  *reader
	options waitOptions

	began        time.Time
	end          time.Time
	said         time.Time    // when a line was last written; the zero time is never
	last         atomic.Value // string: why the last check got no answer
	feedsChecked bool
}

// run checks until something matches, the time is up, or an error occurs that waiting does not fix.
// Rows without any mean that the time is up.
func (w *wait) run(ctx context.Context) (*rowSet, error) {
	w.began = w.io.Now()
	w.end = w.began.Add(w.options.longest)
	intervals := w.options.intervals()
	if w.options.longest > 0 {
		defer w.io.Progress().Status(func() string { return "waiting " + w.line() })()
	}
	for {
		var rows *rowSet
		var err error
		w.aloud(w.linePeriod(), func() { rows, err = w.ask(ctx) })
		switch {
		case err == nil && len(rows.rows) > 0, err != nil && !mayPass(err), !w.io.Now().Before(w.end):
			return rows, err
		}
		w.note(err)
		if err == nil && !w.feedsChecked {
			w.aloud(w.linePeriod(), func() { err = w.checkFeeds(ctx) })
			if err != nil {
				return nil, err
			}
		}
		if err := w.pause(ctx, max(intervals.NextBackOff(), retryAfter(err))); err != nil {
			return nil, err
		}
	}
}

// shortestAnswer is how long the server has to answer a check that is made just before the time is
// up.
const shortestAnswer = time.Second

// ask checks once. With --wait, an answer that takes longer than the wait does not count.
func (w *wait) ask(ctx context.Context) (*rowSet, error) {
	limited := ctx
	if w.options.longest > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, max(w.end.Sub(w.io.Now()), shortestAnswer))
		defer cancel()
	}
	rows, err := w.reader.gather(limited)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return nil, &client.Error{
			Kind: client.KindUnavailable, Message: "the server did not answer within the time of --wait", Err: err, Transient: true,
		}
	}
	if err == nil {
		rows.sort(byDate)
	}
	return rows, err
}

// linePeriod is how often something is said: never if nothing is waited for.
func (w *wait) linePeriod() time.Duration {
	if w.options.longest == 0 {
		return 0
	}
	return slowestInterval
}

// aloud asks, and says each period what it waits for: a server that does not answer must not
// silence the job. The period 0 is silence.
func (w *wait) aloud(period time.Duration, ask func()) {
	if period == 0 {
		ask()
		return
	}
	answered, silent := make(chan struct{}), make(chan struct{})
	var crash any // a panic in a goroutine would end the program with a misleading exit code
	go func() {
		defer close(silent)
		defer func() { crash = recover() }()
		due := time.NewTicker(period)
		defer due.Stop()
		for {
			select {
			case <-answered:
				return
			case <-due.C:
				w.last.Store("the server has not answered yet")
				w.say()
			}
		}
	}()
	// Also if ask does not return: what it panics with is reported elsewhere.
	defer func() {
		close(answered)
		<-silent
		if crash != nil {
			panic(crash)
		}
	}()
	ask()
}

// note keeps why a check got no answer, for the line about it.
func (w *wait) note(err error) {
	found := ""
	if e, ok := errors.AsType[*client.Error](err); ok {
		found = e.Message
	}
	w.last.Store(found)
}

func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*client.Error](err); ok {
		return e.RetryAfter
	}
	return 0
}

// checkFeeds ends the wait for a feed that the server does not have.
func (w *wait) checkFeeds(ctx context.Context) error {
	if w.feedsChecked {
		return nil
	}
	w.feedsChecked = true
	return w.reader.checkFeeds(ctx, w.io)
}

// pause waits for d, but not past the end, and says what it waits for when a line is due.
func (w *wait) pause(ctx context.Context, d time.Duration) error {
	until := w.io.Now().Add(d)
	if until.After(w.end) {
		until = w.end
	}
	if w.said.IsZero() {
		w.say()
	}
	for {
		now, due := w.io.Now(), w.said.Add(slowestInterval)
		if !now.Before(until) {
			return nil
		}
		if !now.Before(due) {
			w.say()
			continue
		}
		if err := w.io.Wait(ctx, min(until.Sub(now), due.Sub(now))); err != nil {
			return err
		}
	}
}

// say writes what is waited for, unless a line on the terminal shows it all the time.
func (w *wait) say() {
	w.said = w.io.Now()
	if w.io.Quiet || w.io.ShowsProgress() {
		return
	}
	w.io.Waiting(w.line())
}

// line says what is waited for, for how long, and why there is no answer yet.
func (w *wait) line() string {
	text := fmt.Sprintf("for %s (%s left)", w.reader.query.waitedFor(), w.left())
	if found, _ := w.last.Load().(string); found != "" {
		text += ": " + found
	}
	return text
}

// left is the time that is left, in whole minutes if there are any.
func (w *wait) left() string {
	left := max(w.end.Sub(w.io.Now()), 0).Round(time.Second)
	if left >= time.Minute {
		left = left.Truncate(time.Minute)
	}
	return output.FormatDuration(left)
}
