package commands

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// Kills at random points are many, so the batches are small.
const (
	crashRecords  = 60
	crashParallel = 4
)

// seeds is the number of rounds. Two must do in a short run: with the race detector, each process
// takes a second to start.
func seeds(n uint64) uint64 {
	if testing.Short() {
		return 2
	}
	return n
}

// killer kills a process when a chosen request has come to the server, before or after it was
// stored: whatever is in flight then is anywhere on its way.
type killer struct {
	next http.Handler

	mu    sync.Mutex
	left  int // requests until then; 0 if none will come
	after bool
	kill  func()
}

func (a *killer) arm(left int, after bool, kill func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left, a.after, a.kill = left, after, kill
}

// due returns what kills if this request is the one.
func (a *killer) due() (kill func(), after bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left == 0 {
		return nil, false
	}
	if a.left--; a.left > 0 {
		return nil, false
	}
	return a.kill, a.after
}

// ServeHTTP kills, then or before lets the server answer.
func (a *killer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kill, after := a.due()
	if kill != nil && !after {
		kill()
	}
	a.next.ServeHTTP(w, r)
	if kill != nil && after {
		kill()
	}
}

// crashBooks is bookkeeping with a killer between program and server.
func crashBooks(t *testing.T) (*bookkeeping, *killer) {
	t.Helper()
	a := &killer{}
	b := keepBooks(t, func(next http.Handler) http.Handler { a.next = next; return a })
	return b, a
}

// start starts the program; wait ends when the process has.
func (b *bookkeeping) start(args ...string) (cmd *exec.Cmd, wait func()) {
	b.t.Helper()
	cmd = b.command(args...)
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	return cmd, func() { _ = cmd.Wait() }
}

// runAndKill starts the program and kills it at a random point: at a request, or after a random
// time, which may be before the first or behind the last.
func (b *bookkeeping) runAndKill(a *killer, random *rand.Rand, args ...string) {
	b.t.Helper()
	cmd, wait := b.start(args...)
	kill := func() { _ = cmd.Process.Kill() }
	if random.IntN(4) == 0 {
		time.AfterFunc(time.Duration(random.IntN(60))*time.Millisecond, kill)
	} else {
		a.arm(1+random.IntN(crashRecords), random.IntN(2) == 0, kill)
	}
	wait()
	a.arm(0, false, nil)
}

// noneLost insists that each record is on the server once, or else uncertain, with no more of those
// than a kill leaves.
func (b *bookkeeping) noneLost(n, kills int) {
	b.t.Helper()
	stored, pending := b.stored(), b.pending()
	uncertain := 0
	for i := range n {
		target := "t" + strconv.Itoa(i)
		if pending[target] == ledger.Uncertain {
			uncertain++
		}
		switch {
		case stored[target] > 1:
			b.t.Errorf("%s is recorded %d times", target, stored[target])
		case stored[target] == 0 && pending[target] != ledger.Uncertain:
			b.t.Errorf("%s is lost: the ledger says %q", target, pending[target])
		}
	}
	if most := kills * crashParallel; uncertain > most {
		b.t.Errorf("%d records are uncertain after %d kills, want %d at most", uncertain, kills, most)
	}
}

// A batch that is killed wherever, however often, and run again with --once comes out as one that
// was not.
func TestKilledBatchRunAgainWithOnce(t *testing.T) {
	t.Parallel()
	for seed := range seeds(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			b, a := crashBooks(t)
			random := rand.New(rand.NewPCG(seed, 1))
			args := b.batch(crashRecords, "--once", "--parallel", strconv.Itoa(crashParallel), "-o", "ndjson")
			kills := 1 + random.IntN(3)
			for range kills {
				b.runAndKill(a, random, args...)
			}
			last := b.run(args...)
			counts := statuses(b.entries(last.stdout))
			want := cli.CodeDone
			if counts[ledger.Uncertain] > 0 {
				want = cli.CodePartial
			}
			if total := counts[ledger.Uncertain] + counts[ledger.Recorded] + counts[ledger.Skipped]; total != crashRecords || last.code != want {
				t.Errorf("the last run: exit code %d (want %d), %v\n%s", last.code, want, counts, last.stderr)
			}
			b.noneLost(crashRecords, kills)
			b.resendAll()
		})
	}
}

// resendAll shows the way out: after flush --resend nothing is missing, and no record is there more
// than twice.
func (b *bookkeeping) resendAll() {
	b.t.Helper()
	doubtful := b.pending()
	b.expect(cli.CodeDone, "deploy", "flush", "--resend", "-o", "json")
	for target, n := range b.stored() {
		if n > 1 && doubtful[target] != ledger.Uncertain || n > 2 {
			b.t.Errorf("%s is recorded %d times after --resend, and was %q", target, n, doubtful[target])
		}
	}
	if n := len(b.stored()); n != crashRecords {
		b.t.Errorf("%d of %d targets are recorded after --resend", n, crashRecords)
	}
}

// What a killed batch had queued, flushes send: several at the same time, of which one is killed
// too.
func TestKilledFlushes(t *testing.T) {
	t.Parallel()
	for seed := range seeds(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			b, a := crashBooks(t)
			random := rand.New(rand.NewPCG(seed, 2))
			width := strconv.Itoa(crashParallel)
			// At its first request the whole batch is in the ledger.
			cmd, wait := b.start(b.batch(crashRecords, "--on-failure", "queue", "--parallel", width)...)
			a.arm(1+random.IntN(crashRecords/3), random.IntN(2) == 0, func() { _ = cmd.Process.Kill() })
			wait()
			flush := []string{"deploy", "flush", "--parallel", width}
			killed, first := b.start(flush...)
			_, second := b.start(flush...)
			_, third := b.start(flush...)
			a.arm(1+random.IntN(crashRecords/3), random.IntN(2) == 0, func() { _ = killed.Process.Kill() })
			first()
			second()
			third()
			a.arm(0, false, nil)
			b.expect(cli.CodeDone, flush...)
			b.noneLost(crashRecords, 2)
			b.resendAll()
		})
	}
}

// Several processes that create the ledger at the same time all find it usable.
func TestLedgerCreatedByManyAtOnce(t *testing.T) {
	t.Parallel()
	b, _ := crashBooks(t)
	const processes = 6
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() {
			if r := b.run(one("t"+strconv.Itoa(i), "--once")...); r.code != cli.CodeDone || r.stderr != "" {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
		})
	}
	all.Wait()
	history := b.entries(b.expect(cli.CodeDone, "deploy", "history", "-o", "json").stdout)
	if len(history) != processes || len(b.stored()) != processes {
		t.Errorf("%d in the ledger and %d on the server, want %d", len(history), len(b.stored()), processes)
	}
}

// Of two batches of the same records that run at the same time with --once, each record is sent by
// one.
func TestSameBatchTwiceAtOnce(t *testing.T) {
	t.Parallel()
	b, _ := crashBooks(t)
	args := b.batch(crashRecords, "--once", "-o", "ndjson")
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if r := b.run(args...); r.code != cli.CodeDone {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
		})
	}
	both.Wait()
	b.noneLost(crashRecords, 0)
}
