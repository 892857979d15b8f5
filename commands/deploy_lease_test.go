package commands

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// A batch that hangs for longer than its lease, with two requests on their way: the same batch, run
// again, takes over what the first had not begun. When that one wakes up, it sends none of it, and
// its own answers count.
func TestBatchOfAProcessThatHung(t *testing.T) {
	t.Parallel()
	const records, inFlight = 20, 2
	var requests atomic.Int32
	hanging, awake := make(chan struct{}), make(chan struct{})
	b := keepBooks(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n := requests.Add(1); n <= inFlight {
				if n == inFlight {
					close(hanging)
				}
				select {
				case <-awake:
				case <-r.Context().Done():
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	args := b.batch(records, "--once", "--parallel", strconv.Itoa(inFlight), "-o", "ndjson")
	hung := b.launch(b.command(args...))
	<-hanging
	statement(t, b.ledger, "UPDATE owner SET lease_until = 0")

	again := b.run(args...)
	counts := statuses(b.entries(again.stdout))
	if again.code != cli.CodePartial || counts[ledger.Uncertain] != inFlight || counts[ledger.Recorded] != records-inFlight {
		t.Errorf("the second run: exit code %d, %v: %s", again.code, counts, again.stderr)
	}
	close(awake)
	first := hung()
	counts = statuses(b.entries(first.stdout))
	if first.code != cli.CodePartial || counts[ledger.Recorded] != inFlight || counts[ledger.Uncertain] != records-inFlight {
		t.Errorf("the first run: exit code %d, %v: %s", first.code, counts, first.stderr)
	}
	b.noneLost(records, 0)
}

// What another process is sending is waited for: what it records is skipped.
func TestOnceBesideTheOneThatSends(t *testing.T) {
	t.Parallel()
	sent, enough := make(chan struct{}), make(chan struct{})
	b := keepBooks(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(sent)
			<-enough
			next.ServeHTTP(w, r)
		})
	})
	first := b.launch(b.command(one("web01")...))
	<-sent
	waiting := b.launch(b.command(one("web01", "--once")...))
	for owners := 0; owners < 2; { // until the second is at work with the ledger, too
		locks, err := filepath.Glob(b.ledger + ".owner-*.lock")
		if owners = len(locks); err != nil || t.Context().Err() != nil {
			t.Fatal(err, t.Context().Err())
		}
	}
	close(enough)
	first()
	beside := waiting()
	after := b.run(one("web01", "--once")...)
	if beside.code != cli.CodeDone || !strings.HasPrefix(beside.stdout, "Already recorded: Newtonsoft.Json") {
		t.Errorf("beside it: exit code %d, %s%s", beside.code, beside.stdout, beside.stderr)
	}
	if after.code != cli.CodeDone || !strings.HasPrefix(after.stdout, "Already recorded: Newtonsoft.Json") {
		t.Errorf("after it: exit code %d, %s%s", after.code, after.stdout, after.stderr)
	}
}
