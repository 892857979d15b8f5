package ledger

import (
	"maps"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

func TestDeadOwnerIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	for _, queue := range []bool{false, true} {
		l := open(t, Options{})
		s := session(t, l, SessionOptions{Queue: queue, Parallel: 3})
		add(t, s, drafts(10), 3)
		if err := l.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if p := pending(t, l); len(p) > 0 && p[0].Status == Uncertain {
			t.Fatal("a living session's records are uncertain")
		}
		s.kill()
		next := session(t, l, SessionOptions{})
		got := statuses(t, l)
		rest := s.waiting()
		if want := map[Status]int{Uncertain: 3, rest: 7}; !maps.Equal(got, want) {
			t.Errorf("after the end of its process %v, want %v", got, want)
		}
		if e := history(t, l, Filter{Status: Uncertain})[0]; e.Attempts != 1 || e.Error == nil || e.Error.Kind != "uncertain" {
			t.Errorf("an uncertain record without a reason: %+v", e)
		}
		if claimed := claim(t, next, nil, 8); queue != (len(claimed) == 7) {
			t.Errorf("queue %t: %d can be claimed", queue, len(claimed))
		}
		if files := lockFiles(t, l); !IsURL(l.options.Path) && len(files) != 1 {
			t.Errorf("lock files %q, want the living session's alone", files)
		}
	}
}

// A process that hangs (stopped, swapped out, suspended) loses its records after its lease. When it
// wakes up it sends none that another has taken, and an answer that still comes is written down.
func TestHangingOwner(t *testing.T) {
	t.Parallel()
	now := &clock{now: noon}
	l := open(t, Options{Now: now.Now, Lease: time.Hour})
	hung := session(t, l, SessionOptions{Queue: true})
	ids := add(t, hung, drafts(4), 2)
	passes(t, l, now, 59*time.Minute)
	if err := l.Recover(t.Context()); err != nil || statuses(t, l)[Queued] != 2 {
		t.Fatalf("%v: lost before its lease was over: %v", err, statuses(t, l))
	}
	passes(t, l, now, 2*time.Minute)
	other := session(t, l, SessionOptions{})
	wantTargets(t, claim(t, other, nil, 1), "web0002")

	begun := advance(t, hung, []Outcome{{ID: ids[0], Status: Recorded, Attempts: 1}}, ids[2], ids[3])
	if len(begun) != 1 || begun[0] != ids[3] {
		t.Errorf("begins %q, want only %q", begun, ids[3])
	}
	if err := l.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := history(t, l, Filter{})
	for i, want := range []Status{Uncertain, Uncertain, Uncertain, Recorded} { // newest first: in flight twice, lost, settled
		if got[i].Status != want {
			t.Errorf("record %d is %s, want %s", 3-i, got[i].Status, want)
		}
	}
	if got[0].Error.Message == got[2].Error.Message {
		t.Errorf("being sent and lost sound the same: %q", got[0].Error.Message)
	}
}

// What a hanging process puts back and takes again in one step is marked again: its old mark went
// with its row.
func TestHangingOwnerMarksAgain(t *testing.T) {
	t.Parallel()
	now := &clock{now: noon}
	l := open(t, Options{Now: now.Now, Lease: time.Hour})
	hung := session(t, l, SessionOptions{Queue: true})
	id := add(t, hung, drafts(1), 1)[0]
	passes(t, l, now, 2*time.Hour)
	session(t, l, SessionOptions{})
	wantTargets(t, claim(t, hung, []Outcome{{ID: id, Status: Queued}}, 1), "web0000")
	hung.kill()
	if err := l.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := statuses(t, l); got[Uncertain] != 1 {
		t.Errorf("what was sent when its process died is %v", got)
	}
}

// What a hanging process had not begun, and another one sent without an answer, stays uncertain,
// even if the first one then settles it, because the first one has no attempt of its own.
func TestHangingOwnerOverrulesNoDoubt(t *testing.T) {
	t.Parallel()
	for _, status := range []Status{Failed, Queued, ""} {
		now := &clock{now: noon}
		l := open(t, Options{Now: now.Now, Lease: time.Hour})
		hung := session(t, l, SessionOptions{Queue: true})
		ids := add(t, hung, drafts(1), 0)
		passes(t, l, now, 2*time.Hour)
		other := session(t, l, SessionOptions{})
		wantTargets(t, claim(t, other, nil, 1), "web0000")
		claim(t, other, []Outcome{{ID: ids[0], Status: Uncertain, Attempts: 1}}, 0)
		advance(t, hung, []Outcome{{ID: ids[0], Status: status}})
		if got := statuses(t, l); got[Uncertain] != 1 {
			t.Errorf("%q makes of what was sent and not answered %v", status, got)
		}
	}
}

func TestHeartbeatRenewsTheLease(t *testing.T) {
	t.Parallel()
	now := &clock{now: noon}
	l := open(t, Options{Now: now.Now, Lease: time.Hour})
	s := session(t, l, SessionOptions{})
	if err := s.renew(t.Context()); err != nil { // nothing to renew
		t.Fatal(err)
	}
	add(t, s, drafts(1), 1)
	for range 5 {
		passes(t, l, now, 50*time.Minute)
		if err := s.renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := l.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n, _ := l.number(t.Context(), "SELECT count(*) FROM ("+l.db.SQL().InFlight+") AS listed"); n != 1 {
		t.Error("a session that renews its lease has lost its record")
	}
}

// A lease that is renewed after another process found it over is honoured.
func TestLateRenewalCounts(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{})
	add(t, s, drafts(2), 1)
	seen := engine.Owner{ID: s.owner, Until: s.until - 1}
	if err := l.write(t.Context(), func(t *txn) error { return t.releaseDead(seen) }); err != nil {
		t.Fatal(err)
	}
	if got := history(t, l, Filter{Status: Uncertain}); len(got) != 1 || got[0].Attempts != 0 {
		t.Errorf("taken for dead: %+v", got)
	}
	if got := history(t, l, Filter{Status: Planned}); len(got) != 1 {
		t.Errorf("%d planned beside what is being sent, want 1", len(got))
	}
}

func TestSweepLeavesTheLiving(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	l := open(t, Options{})
	if err := os.WriteFile(lockPath(l, 42), nil, 0o600); err != nil { // died before its first record
		t.Fatal(err)
	}
	if err := os.WriteFile(l.Name()+".owner-notes.lock", nil, 0o600); err != nil { // not ours
		t.Fatal(err)
	}
	s := session(t, l, SessionOptions{})
	s2 := session(t, l, SessionOptions{})
	add(t, s, drafts(1), 1)
	add(t, s2, drafts(1), 1)
	if files := lockFiles(t, l); len(files) != 3 {
		t.Errorf("lock files %q, want two sessions' and a stranger's", files)
	}
	if !alive(t, l, s.owner) || !alive(t, l, s2.owner) {
		t.Error("the living are taken for dead")
	}
}

// Whoever may open the ledger may see whether an owner is alive: the lock file has the rights of
// the ledger.
func TestLockFileHasTheRightsOfTheLedger(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	if runtime.GOOS == "windows" {
		t.Skip("files have the rights of their folder there")
	}
	for _, mode := range []os.FileMode{0o600, 0o660, 0o666} {
		l := open(t, Options{})
		if err := os.Chmod(l.Name(), mode); err != nil {
			t.Fatal(err)
		}
		s := session(t, l, SessionOptions{})
		info, err := os.Stat(lockPath(l, s.owner))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("the ledger has the mode %v, the lock file %v, %v", mode, info.Mode(), err)
		}
	}
}
