package postgres_test

import (
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/ledger/pgtest"
)

// A database that confirms what is not on its disk yet would forget, in a crash, records that are
// being sent.
func TestServerForgetsNothing(t *testing.T) {
	t.Parallel()
	own := pgtest.Start(t)
	for _, setting := range []string{"synchronous_commit = off", "wal_writer_delay = '10s'"} {
		run(t, own.URL(), "ALTER SYSTEM SET "+setting)
	}
	own.Kill()
	own.Start()
	l := open(t, own.URL())
	add(t, session(t, l, ledger.SessionOptions{}), 8, 3)
	own.Kill()
	own.Start()
	if got := statuses(t, open(t, own.URL())); got[ledger.Uncertain] != 3 || got[ledger.Planned] != 5 {
		t.Errorf("%v, want 3 uncertain and 5 planned", got)
	}
}
