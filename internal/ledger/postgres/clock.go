package postgres

import "time"

// clock is the server's, as the server said it last: when the session began, and whenever it was
// asked for the owners, so that none is taken for one that hangs by this machine's clock.
type clock struct {
	said  time.Time
	here  time.Time // what this machine's clock showed then
	began time.Time // the same moment, for time.Since
}

// clockColumn is the server's time in milliseconds.
const clockColumn = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"

func (c *clock) set(milliseconds int64, here time.Time) {
	*c = clock{time.UnixMilli(milliseconds), here.Round(0), time.Now()}
}

// at is the server's time when this machine's clock shows here. This machine's clock may have been
// set since, and time.Since leaves out the time that the machine slept. The longer of the two makes
// leases that end too late, which does no harm.
func (c *clock) at(here time.Time) time.Time {
	return c.said.Add(max(here.Round(0).Sub(c.here), time.Since(c.began)))
}
