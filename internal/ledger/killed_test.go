package ledger

import (
	"math/rand/v2"
	"sync"
	"testing"
)

// A batch that is killed at any moment, and flushes that are killed after it: none lost, none
// doubled.
func TestKilledBatchIsFlushed(t *testing.T) {
	t.Parallel()
	for range kills() {
		c := newScene(t)
		added := c.start(t, "queue").run(t, 1+rand.IntN(crashBatch+crashBatch/crashWidth+4))
		c.check(t, 1)
		c.start(t, "flush").run(t, 1+rand.IntN(20))
		c.check(t, 2)
		c.start(t, "flush").run(t, -1)
		count := c.check(t, 2)
		if total := count[Recorded] + count[Uncertain]; count[Queued] != 0 || total < added || total > crashBatch {
			t.Errorf("in the end %v, of %d that were written down", count, added)
		}
	}
}

// A batch that is killed and run again with a look-up sends what is missing, and nothing twice.
func TestKilledBatchIsRunAgain(t *testing.T) {
	t.Parallel()
	for range kills() {
		c := newScene(t)
		for dead := 1; dead <= 2; dead++ {
			c.start(t, "once").run(t, 1+rand.IntN(crashBatch))
			c.check(t, dead)
		}
		c.start(t, "once").run(t, -1)
		count := c.check(t, 2)
		if len(count) > 2 || count[Recorded]+count[Uncertain] != crashBatch {
			t.Errorf("in the end %v, want %d recorded or uncertain", count, crashBatch)
		}
		c.noneTwice(t)
	}
}

// fleet is how many processes work with a ledger at the same time, and victims how many of them are
// killed.
const fleet, victims = 8, 3

// Eight processes make the ledger and send one batch with a look-up, all at the same moment.
func TestFleetSendsOneBatch(t *testing.T) {
	t.Parallel()
	for range kills() {
		c := newScene(t)
		together(t, fleet, func(int) (*process, int) { return c.start(t, "once"), -1 })
		if count := c.check(t, 0); count[Recorded] != crashBatch || len(count) != 1 {
			t.Errorf("the same batch from %d processes: %v", fleet, count)
		}
	}
}

// The same while some are killed: the next run sends what is missing, and nothing arrives twice.
func TestKilledFleet(t *testing.T) {
	t.Parallel()
	for range kills() {
		c := newScene(t)
		together(t, fleet, func(i int) (*process, int) { return c.start(t, "once"), steps(i) })
		c.check(t, victims)
		c.start(t, "once").run(t, -1)
		count := c.check(t, victims)
		if len(count) > 2 || count[Recorded]+count[Uncertain] != crashBatch {
			t.Errorf("in the end %v, want %d recorded or uncertain", count, crashBatch)
		}
		c.noneTwice(t)
	}
}

// Eight flushes at the same time, of which some are killed.
func TestFlushesAtOnce(t *testing.T) {
	t.Parallel()
	c := newScene(t)
	l := open(t, Options{Path: c.place})
	queued(t, l, 300)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	together(t, fleet, func(i int) (*process, int) { return c.start(t, "flush"), steps(i) })
	c.check(t, victims)
	c.start(t, "flush").run(t, -1)
	if count := c.check(t, victims); count[Recorded]+count[Uncertain] != 300 {
		t.Errorf("%d flushes at the same time, %d killed: %v", fleet, victims, count)
	}
	c.noneTwice(t)
}

// steps is how far a process of a fleet goes; to its end if it is not a victim.
func steps(i int) int {
	if i < victims {
		return 1 + rand.IntN(crashBatch/fleet)
	}
	return -1
}

// noneTwice insists that no record arrived twice, by what it is.
func (c scene) noneTwice(t *testing.T) {
	t.Helper()
	_, targets := c.stored(t)
	for target, n := range targets {
		if n > 1 {
			t.Errorf("%s was recorded %d times", target, n)
		}
	}
}

// together starts processes and lets them go at the same time.
func together(t *testing.T, n int, begin func(int) (*process, int)) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		p, steps := begin(i)
		wg.Go(func() { p.run(t, steps) })
	}
	wg.Wait()
}
