package ledger

import (
	"database/sql"
	"os"
	"sync"
	"testing"
	"time"
)

// The server ends sessions at random while their processes live, and an onlooker takes these for
// dead immediately. They make new sessions, and every record arrives once and is called recorded in
// the end.
func TestSessionsAreTerminated(t *testing.T) {
	t.Parallel()
	if os.Getenv(placeVariable) == "" {
		t.Skip("a file has no sessions")
	}
	for _, mode := range []string{"once", "queue", "flush"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			c := newScene(t)
			onlooker := open(t, Options{Path: c.place, Busy: time.Minute})
			want := crashBatch
			if mode == "queue" {
				want = 4 * crashBatch // from as many processes
			}
			if mode == "flush" {
				queued(t, onlooker, want)
			}
			name := new(IDs).New(time.Now())
			c.place += "&application_name=" + name
			terminate := terminator(t, name, onlooker)
			together(t, 4, func(int) (*process, int) {
				p := c.start(t, mode)
				p.step = terminate
				return p, -1
			})
			if count := c.check(t, 0); count[Recorded] != want || len(count) != 1 {
				t.Errorf("%v, want %d recorded", count, want)
			}
			if mode != "queue" {
				c.noneTwice(t)
			}
		})
	}
}

// terminator returns a function that, now and then, ends one of the sending sessions with a name.
func terminator(t *testing.T, name string, onlooker *Ledger) func() {
	t.Helper()
	db, err := sql.Open("postgres", os.Getenv(placeVariable))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var mu sync.Mutex
	wait, ended := 0, 0
	t.Cleanup(func() {
		if ended == 0 {
			t.Error("no session was ended")
		}
	})
	return func() {
		mu.Lock()
		defer mu.Unlock()
		if wait--; wait > 0 {
			return
		}
		result, err := db.ExecContext(t.Context(),
			`SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity JOIN pg_locks USING (pid)
				WHERE application_name = $1 AND locktype = 'advisory' AND mode = 'ExclusiveLock' ORDER BY random() LIMIT 1) AS one`, name)
		if err == nil {
			var n int64
			n, err = result.RowsAffected()
			if n > 0 {
				ended++
				wait = 20 // steps: a process that loses each session comes to nothing
			}
		}
		if err == nil {
			err = onlooker.Recover(t.Context())
		}
		if err != nil {
			t.Error(err)
		}
	}
}
