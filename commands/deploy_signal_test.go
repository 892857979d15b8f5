package commands

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/sandbox"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// interrupter sends a signal when a chosen request has come, and lets neither this one nor any
// later be answered.
type interrupter struct {
	next http.Handler

	mu     sync.Mutex
	left   int // requests until then; 0 if none will come
	struck bool
	signal func()
}

func (i *interrupter) hold() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.left > 0 {
		if i.left--; i.left == 0 {
			i.struck = true
			i.signal()
		}
	}
	return i.struck
}

// ServeHTTP answers until the signal.
func (i *interrupter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !i.hold() {
		i.next.ServeHTTP(w, r)
		return
	}
	// Without its body read, the end of the connection goes unnoticed.
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func interruptBooks(t *testing.T) (*bookkeeping, *interrupter) {
	t.Helper()
	i := &interrupter{}
	return keepBooks(t, func(next http.Handler) http.Handler { i.next = next; return i }), i
}

// interrupt runs the program and sends it a signal at its nth request.
func (b *bookkeeping) interrupt(i *interrupter, nth int, with os.Signal, args ...string) ran {
	b.t.Helper()
	cmd := b.command(args...)
	// Under the lock, because the signal needs what the start sets.
	i.mu.Lock()
	i.left, i.signal = nth, func() {
		if err := send(cmd.Process, with); err != nil {
			b.t.Error(err)
		}
	}
	wait := b.launch(cmd)
	i.mu.Unlock()
	return wait()
}

// Ctrl-C with requests in flight: these are uncertain, what was never begun is failed or, under
// queue, stays queued; the exit code is 130 under any policy.
func TestInterruptedBatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		with   os.Signal
		policy string
		rest   ledger.Status
		kind   string
	}{
		{"Ctrl-C", os.Interrupt, "fail", ledger.Failed, "interrupted"},
		{"SIGTERM", syscall.SIGTERM, "fail", ledger.Failed, "interrupted"},
		{"a policy that forgives", os.Interrupt, "warn", ledger.Failed, "interrupted"},
		{"a policy that queues", os.Interrupt, "queue", ledger.Queued, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, i := interruptBooks(t)
			r := b.interrupt(i, 12, c.with, b.batch(30, "--parallel", "2", "--on-failure", c.policy, "-o", "json")...)
			if r.code != cli.CodeInterrupted {
				t.Errorf("exit code %d, want %d: %s", r.code, cli.CodeInterrupted, r.stderr)
			}
			all := b.entries(r.stdout)
			checkInterrupted(t, all, c.rest, c.kind)
			counts := statuses(all)
			// One that was being answered at the signal may be stored, and uncertain.
			stored, recorded, uncertain := len(b.stored()), counts[ledger.Recorded], counts[ledger.Uncertain]
			if uncertain > 2 || stored < recorded || stored > recorded+uncertain {
				t.Errorf("%v, and %d are on the server", counts, stored)
			}
			if pending := b.pending(); len(pending) != counts[ledger.Queued]+counts[ledger.Uncertain] {
				t.Errorf("the ledger keeps %v, the result says %v", pending, counts)
			}
		})
	}
}

// checkInterrupted expects the results in the order of the input, and of those that were never
// begun no attempt.
func checkInterrupted(t *testing.T, all []ledger.Entry, rest ledger.Status, kind string) {
	t.Helper()
	if len(all) != 30 {
		t.Fatalf("%d results, want 30", len(all))
	}
	for i, e := range all {
		if want := "t" + strconv.Itoa(i); e.Record.Target != want {
			t.Errorf("result %d is of %s, want %s", i, e.Record.Target, want)
		}
		if e.Attempts > 0 {
			continue
		}
		if e.Status != rest {
			t.Errorf("%s, never begun, is %s, want %s", e.Record.Target, e.Status, rest)
		}
		if e.Status == ledger.Failed && (e.Error == nil || e.Error.Kind != kind) {
			t.Errorf("%s has the error %v, want the kind %s", e.Record.Target, e.Error, kind)
		}
	}
}

// One record that is interrupted while it is on its way: whatever the policy, the exit code shows
// the interruption, and the ledger the doubt.
func TestInterruptedRecord(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"fail", "warn", "queue"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			b, i := interruptBooks(t)
			r := b.interrupt(i, 1, os.Interrupt, one("t0", "--on-failure", policy)...)
			if r.code != cli.CodeInterrupted || !strings.Contains(r.stderr, "interrupted") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			if pending := b.pending(); pending["t0"] != ledger.Uncertain {
				t.Errorf("the ledger says %v", pending)
			}
		})
	}
}

// Ctrl-C during the wait for the next attempt ends it immediately: nothing was stored, and nothing
// is in doubt.
func TestInterruptedWait(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]ledger.Status{"fail": ledger.Failed, "queue": ledger.Queued} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			b.server.Fault("/api/package-deployment/", sandbox.Fault{Status: http.StatusServiceUnavailable, Times: -1})
			ctx, cancel := context.WithCancel(t.Context())
			var stdout, stderr bytes.Buffer
			code := Main(ctx, Env{
				Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Now: time.Now,
				Environ: func() []string { return b.env },
				Sleep:   func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() },
			}, one("t0", "--on-failure", policy, "-o", "json"))
			all := b.entries(stdout.String())
			if code != cli.CodeInterrupted || len(all) != 1 || all[0].Status != want || all[0].Attempts != 1 {
				t.Errorf("exit code %d, %v: %s", code, all, stderr.String())
			}
		})
	}
}

// An interrupted flush keeps what it had not begun, and the next one sends it.
func TestInterruptedFlush(t *testing.T) {
	t.Parallel()
	b, i := interruptBooks(t)
	// An hour is too long to wait, so that the batch ends with the first record.
	b.server.Fault("/api/package-deployment/", sandbox.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"3600"}}})
	b.expect(cli.CodeDone, b.batch(20, "--parallel", "1", "--retries", "0", "--on-failure", "queue")...)
	if r := b.interrupt(i, 8, os.Interrupt, "deploy", "flush", "--parallel", "2"); r.code != cli.CodeInterrupted {
		t.Errorf("exit code %d, want %d: %s", r.code, cli.CodeInterrupted, r.stderr)
	}
	uncertain := 0
	for _, status := range b.pending() {
		if status == ledger.Uncertain {
			uncertain++
		}
	}
	if uncertain == 0 || uncertain > 2 {
		t.Errorf("%d are uncertain, want those in flight", uncertain)
	}
	i.mu.Lock()
	i.struck = false
	i.mu.Unlock()
	b.expect(cli.CodeDone, "deploy", "flush")
	if n := len(b.stored()); n < 20-uncertain {
		t.Errorf("%d are on the server, want all but the %d uncertain", n, uncertain)
	}
}
