package commands

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// smallDisk mounts a file system of a size and puts the ledger on it; the result changes its
// options.
func (b *bookkeeping) smallDisk(options string) (remount func(options string)) {
	b.t.Helper()
	disk := filepath.Join(b.dir, "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		b.t.Fatal(err)
	}
	mount := func(options string) ([]byte, error) {
		return exec.CommandContext(b.t.Context(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", disk).CombinedOutput()
	}
	if out, err := mount(options); err != nil {
		b.t.Skipf("no file system can be mounted here: %v: %s", err, out)
	}
	b.t.Cleanup(func() { _ = exec.CommandContext(context.Background(), "umount", disk).Run() })
	b.env = append(b.env, "PROGETCTL_LEDGER="+filepath.Join(disk, "ledger.db"))
	return func(options string) {
		b.t.Helper()
		if out, err := mount("remount," + options); err != nil {
			b.t.Fatalf("cannot change the file system: %v: %s", err, out)
		}
	}
}

// needy are the command lines that make no sense without a ledger.
func needy() map[string][]string {
	return map[string][]string{
		"once":    one("needy", "--once"),
		"queue":   one("needy", "--on-failure", "queue"),
		"flush":   {"deploy", "flush"},
		"pending": {"deploy", "pending"},
		"history": {"deploy", "history"},
		"settle":  {"deploy", "settle", "01JCZK3V7Q8M4T5W6X7Y8Z9A0B", "--as", "dropped"},
	}
}

// refuseNeedy insists that what needs the ledger fails before anything is sent.
func (b *bookkeeping) refuseNeedy(code int, why string) {
	b.t.Helper()
	for name, args := range needy() {
		if r := b.run(args...); r.code != code || r.stdout != "" || !strings.Contains(r.stderr, why) {
			b.t.Errorf("%s: exit code %d, want %d; stdout %q, stderr %q", name, r.code, code, r.stdout, r.stderr)
		}
	}
	if n := b.stored()["needy"]; n != 0 {
		b.t.Errorf("%d records were sent anyway", n)
	}
}

// sendAnyway insists that what does not need the ledger goes through, with a warning because the
// ledger was named.
func (b *bookkeeping) sendAnyway(why string) {
	b.t.Helper()
	r := b.expect(cli.CodeDone, one("anyway")...)
	if !strings.HasPrefix(r.stderr, "warning: ") || !strings.Contains(r.stderr, why) || b.stored()["anyway"] != 1 {
		b.t.Errorf("stderr %q; %d on the server", r.stderr, b.stored()["anyway"])
	}
}

// A ledger that is damaged, newer or another program's database is refused, and left as it is to
// the last byte.
func TestLedgerThatIsNoLedger(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*testing.T, string){
		"is damaged": func(t *testing.T, path string) { overwrite(t, path, bytes.Repeat([]byte("x"), 5000)) },
		"newer version": func(t *testing.T, path string) {
			statement(t, path, "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			b.expect(cli.CodeDone, one("first")...)
			damage(t, b.ledger)
			before, err := os.ReadFile(b.ledger)
			if err != nil {
				t.Fatal(err)
			}
			b.refuseNeedy(cli.CodeInternal, name)
			b.sendAnyway(name)
			if after, err := os.ReadFile(b.ledger); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
}

func overwrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// statement changes a ledger, which a program may be writing to.
func statement(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "PRAGMA busy_timeout = 60000; "+text); err != nil {
		t.Fatal(err)
	}
}

// A ledger that another process keeps locked for longer than anyone waits.
func TestLedgerLocked(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	b.expect(cli.CodeDone, one("first")...)
	db, err := sql.Open("sqlite", b.ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // Windows removes no open file
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	needing := make(chan ran)
	go func() { needing <- b.run(one("needy", "--once")...) }()
	b.sendAnyway("busy")
	if r := <-needing; r.code != cli.CodeInternal || b.stored()["needy"] != 0 {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
	// Reading is not in the way of one who writes.
	if all := b.entries(b.expect(cli.CodeDone, "deploy", "history", "-o", "json").stdout); len(all) != 1 {
		t.Errorf("the history has %d entries", len(all))
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	b.expect(cli.CodeDone, one("needy", "--once")...)
}

// A file system that cannot be written to: the ledger can be read.
func TestLedgerReadOnly(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	remount := b.smallDisk("size=4m")
	b.expect(cli.CodeDone, one("first")...)
	remount("ro")
	for name, args := range needy() {
		switch r := b.run(args...); name {
		case "pending", "history":
			if r.code != cli.CodeDone {
				b.t.Errorf("%s: exit code %d: %s", name, r.code, r.stderr)
			}
		default:
			if r.code != cli.CodeInternal || r.stdout != "" || !strings.Contains(r.stderr, "read-only") {
				b.t.Errorf("%s: exit code %d; stdout %q, stderr %q", name, r.code, r.stdout, r.stderr)
			}
		}
	}
	if n := b.stored()["needy"]; n != 0 {
		b.t.Errorf("%d records were sent anyway", n)
	}
	b.sendAnyway("read-only")
}

// A disk that is full before the first record.
func TestLedgerOnFullDisk(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	remount := b.smallDisk("size=16k")
	filler := filepath.Join(b.dir, "disk", "filler")
	overwriteUntilFull(t, filler)
	if r := b.run(one("needy", "--once")...); r.code != cli.CodeInternal || b.stored()["needy"] != 0 {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
	b.sendAnyway("ledger")
	remount("size=4m")
	b.expect(cli.CodeDone, one("needy", "--once")...)
}

// A disk that is full when an existing ledger is opened: SQLite cannot make its -shm file, and has
// no words for that.
func TestLedgerWithoutRoom(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	remount := b.smallDisk("size=256k")
	b.expect(cli.CodeDone, one("first")...)
	overwriteUntilFull(t, filepath.Join(b.dir, "disk", "filler"))
	b.refuseNeedy(cli.CodeInternal, "the disk is full")
	b.sendAnyway("the disk is full")
	remount("size=4m")
	b.expect(cli.CodeDone, one("needy", "--once")...)
}

func overwriteUntilFull(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err == nil {
		t.Fatal("the disk has more room than it should")
	}
}

// A disk that fills up in the middle of a batch ends it, whether the ledger is needed or not, and
// says how many records were not sent. With --once it goes on when there is room, so that each
// record is stored once.
func TestDiskFillsUp(t *testing.T) {
	t.Parallel()
	const records = 9000
	for _, once := range []bool{false, true} {
		t.Run(fmt.Sprintf("once=%t", once), func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			remount := b.smallDisk("size=2m") // room for the first batch
			args := b.batch(records, "-o", "ndjson")
			first := args
			if once {
				first = append(args, "--once")
			}
			r := b.run(first...)
			if r.code != cli.CodeInternal || !strings.Contains(r.stderr, "full") || !strings.Contains(r.stderr, "records were not sent") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			before := len(b.stored())
			remount("size=64m")
			last := b.run(append(args, "--once")...)
			counts := statuses(b.entries(last.stdout))
			if counts[ledger.Uncertain] > 8 || len(b.stored())+counts[ledger.Uncertain] < records || before == 0 {
				t.Errorf("%d were sent before the disk was full, %d after; %v: %s", before, len(b.stored()), counts, last.stderr)
			}
			for target, n := range b.stored() {
				if n > 1 {
					t.Errorf("%s is recorded %d times", target, n)
				}
			}
		})
	}
}

// A ledger that fails in the middle of a batch ends it, and has none of what was sent as not begun:
// --once sends what is missing, and nothing twice.
func TestLedgerThatFailsForAWhile(t *testing.T) {
	t.Parallel()
	const records, breaksAt, parallel = batchSize + 50, 10, 8
	var requests atomic.Int64
	broken := make(chan struct{})
	path := filepath.Join(t.TempDir(), "ledger.db")
	b := keepBooks(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch n := requests.Add(1); {
			case n == breaksAt:
				defer close(broken)
				breakLedger(t, path)
			case n > breaksAt:
				<-broken
			}
			next.ServeHTTP(w, r)
		})
	})
	b.ledger, b.env = path, append(b.env, "PROGETCTL_LEDGER="+path)
	args := b.batch(records, "-o", "ndjson", "--parallel", strconv.Itoa(parallel))
	r := b.expect(cli.CodeInternal, args...)
	sent := statuses(b.entries(r.stdout))[ledger.Recorded]
	// What was in flight when the ledger broke is sent, and nothing after it.
	if sent != len(b.stored()) || sent < breaksAt || sent > breaksAt+parallel || !strings.Contains(r.stderr, "it fails") ||
		!strings.Contains(r.stderr, fmt.Sprintf("%d records were not sent", records-sent)) {
		t.Errorf("%d are shown as recorded, %d are: %s", sent, len(b.stored()), r.stderr)
	}
	statement(t, path, "DROP TRIGGER failing")
	b.run(append(args, "--once")...)
	uncertain := 0
	for _, status := range b.pending() {
		if status == ledger.Uncertain {
			uncertain++
		}
	}
	for target, n := range b.stored() {
		if n > 1 {
			t.Errorf("%s is recorded %d times", target, n)
		}
	}
	if len(b.stored()) != records || uncertain > 8 {
		t.Errorf("%d are recorded in the end, %d uncertain", len(b.stored()), uncertain)
	}
}

// A ledger that is removed while it is in use saves nothing, and nothing says that it does.
func TestLedgerThatVanishes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open cannot be removed there")
	}
	for name, test := range map[string]struct {
		args   []string
		code   int
		stored int
	}{
		"needed":     {one("web01", "--on-failure", "queue"), cli.CodeInternal, 0},
		"not needed": {one("web01"), cli.CodeDone, 1},
		// One error does not hide the other.
		"needed, and failed": {one("web01", "--target", "web02", "--once", "--parallel", "1"), cli.CodeInternal, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "folder")
			b := keepBooks(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if err := os.RemoveAll(folder); err != nil {
						t.Error(err)
					}
					if test.stored > 0 {
						next.ServeHTTP(w, r)
						return
					}
					w.Header().Set("Retry-After", "3600")
					w.WriteHeader(http.StatusServiceUnavailable)
				})
			})
			b.env = append(b.env, "PROGETCTL_LEDGER="+filepath.Join(folder, "ledger.db"))
			r := b.run(test.args...)
			removed, failed := strings.Contains(r.stderr, "removed while it was in use"), strings.Contains(r.stderr, "2 of 2 records failed")
			if r.code != test.code || !removed || failed != strings.Contains(name, "failed") || len(b.stored()) != test.stored {
				t.Errorf("exit code %d, %q, %q", r.code, r.stdout, r.stderr)
			}
		})
	}
}
