package commands

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// breakLedger lets the ledger take no outcome any more.
func breakLedger(t *testing.T, path string) {
	t.Helper()
	statement(t, path, `CREATE TRIGGER failing BEFORE UPDATE ON deployment
		BEGIN SELECT RAISE(ABORT, 'it fails'); END`)
}

// A full disk may hold the ledger and the result: completed work is reported anyway.
func TestLedgerAndResultFail(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full: ", err)
	}
	t.Cleanup(func() { _ = full.Close() })
	for name, args := range map[string][]string{
		"record": one("web01", "--target", "web02", "--once", "--parallel", "1"),
		"flush":  {"deploy", "flush", "--parallel", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "ledger.db")
			b := keepBooks(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					breakLedger(t, path)
					next.ServeHTTP(w, r)
				})
			})
			b.ledger, b.env = path, append(b.env, "PROGETCTL_LEDGER="+path)
			b.queueOne()
			var stderr strings.Builder
			cmd := b.command(args...)
			cmd.Stdout, cmd.Stderr = full, &stderr
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != cli.CodeInternal ||
				!strings.Contains(stderr.String(), "it fails") || !strings.Contains(stderr.String(), "records: 1 recorded") {
				t.Errorf("exit code %d, %s", code, &stderr)
			}
		})
	}
}

// queueOne writes a record down as an earlier run would have.
func (b *bookkeeping) queueOne() {
	b.t.Helper()
	l, err := ledger.Open(b.t.Context(), ledger.Options{Path: b.ledger})
	if err != nil {
		b.t.Fatal(err)
	}
	s, err := l.Session(b.t.Context(), ledger.SessionOptions{Server: b.url, Parallel: 1, Queue: true})
	if err != nil {
		b.t.Fatal(err)
	}
	record := records.Record{
		Application: "HDARS", Description: "d", Target: "t0", FeedName: "DefaultNuGet", PackageName: "Newtonsoft.Json", Version: "12.0.3",
	}
	_, err = s.Add(b.t.Context(), []records.Item{{Record: record}}, 0)
	if err := errors.Join(err, s.Close(), l.Close()); err != nil {
		b.t.Fatal(err)
	}
}

// What is not in the ledger cannot be settled there, and no hint says so.
func TestDoubtOutsideTheLedger(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	b := keepBooks(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if next.ServeHTTP(httptest.NewRecorder(), r); broken.Load() {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
	})
	b.expect(cli.CodeDone, one("first")...)
	broken.Store(true)
	if r := b.expect(cli.CodePartial, one("kept")...); !strings.Contains(r.stderr, "deploy settle") {
		t.Error(r.stderr)
	}
	statement(t, b.ledger, "ALTER TABLE deployment ADD COLUMN more TEXT CONSTRAINT failing CHECK (target <> 'not kept')")
	r := b.expect(cli.CodePartial, one("not kept")...)
	if !strings.Contains(r.stderr, "CHECK constraint failed: failing") || !strings.Contains(r.stderr, "before you send it again") {
		t.Error(r.stderr)
	}
}

// A ledger that takes a part of a batch and then no more, such as one on a full disk, ends the
// batch with an error that counts what was not sent, also if nothing is left behind that part.
func TestLedgerThatTakesNoMore(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		records int
		more    []string
	}{
		{batchSize + 1, nil},
		{2 * batchSize, nil},
		{2*batchSize + 1, nil},
		{batchSize + 1, []string{"--once"}},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "ledger.db")
			var breaks sync.Once
			b := keepBooks(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					breaks.Do(func() {
						statement(t, path, "CREATE TRIGGER failing BEFORE INSERT ON deployment BEGIN SELECT RAISE(ABORT, 'it fails'); END")
					})
					next.ServeHTTP(w, r)
				})
			})
			b.ledger, b.env = path, append(b.env, "PROGETCTL_LEDGER="+path)
			args := b.batch(test.records, "-o", "ndjson")
			r := b.run(append(args, test.more...)...)
			left := fmt.Sprintf("%d record", test.records-batchSize)
			if r.code != cli.CodeInternal || len(b.stored()) != batchSize || !strings.Contains(r.stderr, "; "+left) {
				t.Errorf("exit code %d, %d were sent, want %d: %s", r.code, len(b.stored()), batchSize, r.stderr)
			}
			statement(t, path, "DROP TRIGGER failing")
			if again := b.run(append(args, "--once")...); again.code != cli.CodeDone {
				t.Errorf("the second run: exit code %d: %s", again.code, again.stderr)
			}
			b.noneLost(test.records, 0)
		})
	}
}
