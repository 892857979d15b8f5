package scripttest

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Now is the variable with the time at which the programs and sandboxes of a script run, RFC 3339.
// Empty is the real time.
const Now = "SCRIPT_NOW"

// Clock stands still, except that a wait moves it on without waiting.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock returns nil, for the real time, if text is empty.
func NewClock(text string) *Clock {
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", Now, err))
	}
	return &Clock{at: at}
}

// Now is the time on the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Sleep moves the clock on, and returns the error of a context that has ended.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.at = c.at.Add(d)
	c.mu.Unlock()
	return ctx.Err()
}
