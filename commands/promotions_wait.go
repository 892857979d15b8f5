package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/output"
)

// slowestInterval is the longest time between two questions of check --wait,
// and between two lines about it in a pipe: a CI system takes a job that is
// silent for long to be dead.
const slowestInterval = time.Minute

// patience says how long a promotion is waited for, and how often it is asked
// for at first.
type patience struct{ longest, interval time.Duration }

// intervals spreads the questions of jobs that wait for the same thing.
func (p patience) intervals() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: p.interval, MaxInterval: max(p.interval, slowestInterval), Multiplier: 1.5, RandomizationFactor: 0.2,
	}
}

// vigil is one wait for a promotion.
type vigil struct {
	*call
	question promotionQuestion
	began    time.Time
	end      time.Time
	said     time.Time // when a line was last written; the zero time is never
	last     string    // what the last question brought
	looked   bool      // whether the feeds were looked at
}

// await asks until something meets the question, the time is up, or an error
// comes that waiting does not mend. Rows without any mean that the time is up.
func (c *call) await(s *server, reader *promotionReader, p patience) (*promotionRows, error) {
	began := c.env.Now()
	v := &vigil{call: c, question: reader.question, began: began, end: began.Add(p.longest)}
	intervals := p.intervals()
	for {
		var rows *promotionRows
		var err error
		v.aloud(p.talk(), func() { rows, err = v.ask(s, reader) })
		switch {
		case err == nil && len(rows.rows) > 0, err != nil && !passing(err), !c.env.Now().Before(v.end):
			return rows, err
		}
		v.note(err)
		if !v.looked {
			v.looked = true
			v.aloud(p.talk(), func() { v.checkFeeds(s) })
		}
		if err := v.pause(max(intervals.NextBackOff(), toldToWait(err))); err != nil {
			return nil, err
		}
	}
}

// leastQuestion is how long a question may take that is asked as the time is up.
const leastQuestion = time.Second

// ask asks once. Where something is waited for, an answer that takes longer than
// the wait is none.
func (v *vigil) ask(s *server, reader *promotionReader) (*promotionRows, error) {
	if !v.end.After(v.began) {
		return v.meets(v.ctx, s, reader)
	}
	ctx, cancel := context.WithTimeout(v.ctx, max(v.end.Sub(v.env.Now()), leastQuestion))
	defer cancel()
	rows, err := v.meets(ctx, s, reader)
	if err != nil && ctx.Err() != nil && v.ctx.Err() == nil {
		return nil, &client.Error{
			Kind: client.KindUnavailable, Message: "the server did not answer within the time of --wait", Err: err, Transient: true,
		}
	}
	return rows, err
}

// talk is how often something is said: never where nothing is waited for.
func (p patience) talk() time.Duration {
	if p.longest == 0 {
		return 0
	}
	return slowestInterval
}

// aloud asks, and says each period what is awaited: a server that does not
// answer must not make the job a silent one. The period 0 is silence.
func (v *vigil) aloud(period time.Duration, ask func()) {
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
				v.last = "the server has not answered yet"
				v.say()
			}
		}
	}()
	// Also where ask does not return: what it panics with is told elsewhere.
	defer func() {
		close(answered)
		<-silent
		if crash != nil {
			panic(crash)
		}
	}()
	ask()
}

// note keeps what a question brought, for the line that says what is awaited.
func (v *vigil) note(err error) {
	v.last = "not promoted yet"
	if e, ok := errors.AsType[*client.Error](err); ok {
		v.last = e.Message
	}
}

func toldToWait(err error) time.Duration {
	if e, ok := errors.AsType[*client.Error](err); ok {
		return e.RetryAfter
	}
	return 0
}

// checkFeeds warns of a feed in which nothing will ever arrive.
func (v *vigil) checkFeeds(s *server) {
	for _, feed := range v.unknownFeeds(s, v.question.FromFeed, v.question.ToFeed) {
		v.warn("the server knows no feed %q, or is too old to say (ProGet 2022 or before): waiting all the same", feed)
	}
}

// pause waits for d, but not past the end, and says what is awaited when a line
// is due.
func (v *vigil) pause(d time.Duration) error {
	until := v.env.Now().Add(d)
	if until.After(v.end) {
		until = v.end
	}
	if v.said.IsZero() || v.env.StderrTerminal {
		v.say()
	}
	for {
		now, due := v.env.Now(), v.said.Add(slowestInterval)
		if !now.Before(until) {
			return nil
		}
		if !now.Before(due) {
			v.say()
			continue
		}
		if err := v.Wait(v.ctx, min(until.Sub(now), due.Sub(now))); err != nil {
			return err
		}
	}
}

// say writes what is awaited and since when.
func (v *vigil) say() {
	v.said = v.env.Now()
	if v.global.quiet {
		return
	}
	text := fmt.Sprintf("for %s, since %s, until %s: %s", v.question, shownDate(v.began.UTC()), shownDate(v.end.UTC()), v.last)
	v.Message("waiting", output.Plain, text)
}
