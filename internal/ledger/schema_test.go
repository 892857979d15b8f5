package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// oldLedger makes a ledger of the first schema, with records of the owner 77.
func oldLedger(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ledger.db")
	first, err := os.ReadFile("testdata/schema1.sql")
	if err != nil {
		t.Fatal(err)
	}
	old, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = old.ExecContext(t.Context(), string(first)+fmt.Sprintf(`;
		PRAGMA journal_mode = WAL; PRAGMA application_id = %d; PRAGMA user_version = 1;
		INSERT INTO owner VALUES (77, %d);
		INSERT INTO deployment (id, server, made_at, via, state, before, owner, identity,
			application, description, target, feed, package, version, grp, user, url, date)
		SELECT column3, 'https://h', 1, 'post', column1, column2, 77, 0, 'a', 'd', column1, 'f', 'p', '1', '', '', '', ''
		FROM (VALUES ('sending', 'queued', '01JCZK3V7Q8M4T5W6X7Y8Z9A0B'), ('queued', 'queued', '01JCZK3V7Q8M4T5W6X7Y8Z9A0C'), ('recorded', 'sending', '01JCZK3V7Q8M4T5W6X7Y8Z9A0D'))`, 0x50476374, math.MaxInt64))
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// A process of an older version that is at work cannot use a later schema, so it could not save an
// outcome any more.
func TestMigrationWaitsForTheLiving(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	path := oldLedger(t)
	alive := flock.New(path + ".owner-000000000000004d.lock")
	if locked, err := alive.TryLock(); !locked || err != nil {
		t.Fatal(locked, err)
	}
	_, err := Open(t.Context(), Options{Path: path, Busy: 10 * time.Millisecond})
	if !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "an older version") {
		t.Errorf("got %v", err)
	}
	time.AfterFunc(10*time.Millisecond, func() { _ = alive.Close() })
	if got := statuses(t, open(t, Options{Path: path})); got[Uncertain] != 1 {
		t.Errorf("after its end: %v", got)
	}
}

// The first schema marked what is being sent in the record's own row.
func TestMigrationMovesTheMarks(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	l := open(t, Options{Path: oldLedger(t)})
	got := map[string]Status{}
	for _, e := range history(t, l, Filter{}) {
		got[e.Record.Target] = e.Status
	}
	if want := map[string]Status{"sending": Uncertain, "queued": Queued, "recorded": Recorded}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if e := history(t, l, Filter{Status: Uncertain})[0]; e.Attempts != 1 {
		t.Errorf("what its dead process was sending is %+v", e)
	}
}
