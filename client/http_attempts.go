package client

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// longestWait is how long all waits between the attempts of one request may take together; a
// Retry-After that does not fit ends the attempts immediately.
const longestWait = time.Minute

// Attempt is one attempt of a request that may be repeated.
type Attempt struct {
	Number int // from 1
	Of     int // attempts at most
}

type attemptKey struct{}

// NextAttempt returns the attempt that a wait is for, in the context that the function of
// [WithSleep] gets; false for any other context.
func NextAttempt(ctx context.Context) (Attempt, bool) {
	a, ok := ctx.Value(attemptKey{}).(Attempt)
	return a, ok
}

// attempts counts the attempts of one request and waits between them.
type attempts struct {
	c      *Client
	made   int
	left   int
	waited time.Duration
	back   *backoff.ExponentialBackOff // nil until the first wait
	// waiting is called before a wait, see [RecordOptions]; nil for none.
	waiting func() (resume func() error)
}

func newAttempts(c *Client) *attempts { return &attempts{c: c, left: c.retries} }

// nextBackOff is the wait if the server names none.
func (a *attempts) nextBackOff() time.Duration {
	if a.back == nil {
		// A factor of one spreads each wait over 0 to twice the interval: full jitter, so that many
		// jobs that failed together do not return together.
		a.back = &backoff.ExponentialBackOff{
			InitialInterval: 250 * time.Millisecond, RandomizationFactor: 1, Multiplier: 2, MaxInterval: 10 * time.Second,
		}
	}
	return a.back.NextBackOff()
}

// count adds what one exchange sent.
func (a *attempts) count(x exchange) { a.made += x.sends }

// wait waits before the next attempt; false means that there is none. The error is the context's,
// when it ended the wait, or that of the function that waiting returned.
func (a *attempts) wait(ctx context.Context, x exchange) (again bool, err error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if a.left == 0 {
		return false, nil
	}
	a.left--
	wait, asked := retryAfter(x.resp, a.c.now())
	if !asked {
		wait = a.nextBackOff()
	}
	if wait > longestWait-a.waited { // a sum of the two could overflow: a date may be 292 years away, or more
		return false, nil
	}
	a.waited += wait
	var resume func() error
	if a.waiting != nil {
		resume = a.waiting()
	}
	next := Attempt{Number: a.c.retries + 1 - a.left, Of: a.c.retries + 1}
	if err := a.c.sleep(context.WithValue(ctx, attemptKey{}, next), wait); err != nil {
		return false, err
	}
	if resume != nil {
		if err := resume(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// retryAfter reads a Retry-After header in either form, seconds or a date (RFC 9110 section
// 10.2.3).
func retryAfter(resp *http.Response, now time.Time) (time.Duration, bool) {
	if resp == nil {
		return 0, false
	}
	value := resp.Header.Get("Retry-After")
	seconds, err := strconv.ParseUint(value, 10, 32)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		// A number that is out of range becomes the largest one, 136 years.
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	// By the server's own clock if it sends the time: ours may be wrong.
	if sent, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		now = sent
	}
	// A second at least: the date has no fractions, and a date of the past must not make a storm.
	return max(at.Sub(now), time.Second), true
}
