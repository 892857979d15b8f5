package postgres_test

import (
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger"
)

// A process lives by its lock. That its machine's clock differs from those of others, by more than
// any lease, does not make it one that hangs: its records are waited for, not taken.
func TestClocksDiffer(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{-time.Hour, time.Hour} {
		for _, theirs := range []bool{false, true} {
			where, clocks := place(t), []time.Duration{0, off}
			if theirs {
				clocks = []time.Duration{off, 0}
			}
			var sessions []*ledger.Session
			for _, wrong := range clocks {
				l, err := ledger.Open(t.Context(), ledger.Options{
					Path: where, Busy: time.Minute, Now: func() time.Time { return time.Now().Add(wrong) },
				})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = l.Close() })
				s := session(t, l, ledger.SessionOptions{Once: 24 * time.Hour})
				sessions = append(sessions, s)
				if len(sessions) == 1 {
					add(t, s, 2, 1)
				}
			}
			if err := sessions[1].Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
			again, err := sessions[1].Add(t.Context(), drafts(2), 2)
			if err != nil {
				t.Fatal(err)
			}
			for i, one := range again {
				if one.Action != ledger.Wait {
					t.Errorf("clocks off by %v, record %d: %q, want that it is waited for", clocks, i, one.Action)
				}
			}
		}
	}
}

// A clock that is set while its process runs, as when a machine gets the time from the network,
// changes nothing about that either.
func TestClocksAreSet(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{-time.Hour, time.Hour} {
		for who := range 2 {
			where := place(t)
			var wrong [2]time.Duration
			var sessions []*ledger.Session
			for i := range wrong {
				l, err := ledger.Open(t.Context(), ledger.Options{
					Path: where, Busy: time.Minute, Now: func() time.Time { return time.Now().Add(wrong[i]) },
				})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = l.Close() })
				sessions = append(sessions, session(t, l, ledger.SessionOptions{Once: 24 * time.Hour}))
			}
			ids := add(t, sessions[0], 3, 1)
			wrong[who] = by
			if _, err := sessions[0].Advance(t.Context(), nil, ids[1:2]); err != nil { // renews the lease
				t.Fatal(err)
			}
			if err := sessions[1].Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
			again, err := sessions[1].Add(t.Context(), drafts(3), 3)
			if err != nil {
				t.Fatal(err)
			}
			for i, one := range again {
				if one.Action != ledger.Wait {
					t.Errorf("clock %d is set by %v, record %d: %q, want that it is waited for", who, by, i, one.Action)
				}
			}
		}
	}
}
