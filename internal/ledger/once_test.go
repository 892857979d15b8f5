package ledger

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

func addOnce(t *testing.T, l *Ledger, o SessionOptions, d records.Item) (*Session, Added) {
	t.Helper()
	if o.Once == 0 {
		o.Once = 24 * time.Hour
	}
	s := session(t, l, o)
	added, err := s.Add(t.Context(), []records.Item{d}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s, added[0]
}

// before makes a ledger with one record in a state.
func before(t *testing.T, state Status, now func() time.Time) (*Ledger, string) {
	t.Helper()
	l := open(t, Options{Now: now})
	s := session(t, l, SessionOptions{Queue: state == Queued})
	id := add(t, s, []records.Item{draft("web01")}, 0)[0]
	switch state {
	case sending:
		advance(t, s, nil, id)
		s.kill()
	case Planned, Queued:
		s.kill()
	case "held":
	case Dropped:
		advance(t, s, nil, id)
		s.kill()
		if err := l.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := l.SettleByHand(t.Context(), []string{id}, Dropped); err != nil {
			t.Fatal(err)
		}
	default:
		advance(t, s, nil, id)
		advance(t, s, []Outcome{{ID: id, Status: state, Attempts: 1, Error: &Failure{Kind: "x"}}})
	}
	return l, id
}

func TestOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		state  Status
		resend bool
		want   Action
		known  bool // the known record is what comes back
		status Status
	}{
		{Recorded, false, Skip, true, Recorded},
		{Recorded, true, Skip, true, Recorded},
		{Queued, false, Send, true, Queued},
		{Planned, false, Send, true, Planned},
		{Uncertain, false, Leave, true, Uncertain},
		{Uncertain, true, Send, true, Uncertain},
		{sending, false, Leave, true, Uncertain}, // its process died
		{"held", false, Wait, true, Planned},     // another living process is about it
		{"held", true, Wait, true, Planned},
		{Dropped, false, Skip, true, Dropped},
		{Dropped, true, Skip, true, Dropped},
		{Failed, false, Send, false, Planned},
	}
	for _, tt := range tests {
		t.Run(string(tt.state)+" "+string(tt.want), func(t *testing.T) {
			t.Parallel()
			l, id := before(t, tt.state, nil)
			s, got := addOnce(t, l, SessionOptions{Resend: tt.resend}, draft("web01"))
			if got.Action != tt.want || (got.Entry.ID == id) != tt.known || got.Entry.Status != tt.status || got.Begun != (tt.want == Send) {
				t.Fatalf("got %+v", got)
			}
			if tt.want != Send {
				return
			}
			advance(t, s, []Outcome{{ID: got.Entry.ID, Status: Recorded, Attempts: 1}})
			if _, again := addOnce(t, l, SessionOptions{Resend: true}, draft("web01")); again.Action != Skip {
				t.Errorf("sent twice: %+v", again)
			}
		})
	}
}

// What is taken over and not stored in the end is what it was, or what the session makes of it.
func TestTakenOverAndPutBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		state Status
		queue bool
		want  Status
	}{
		{Uncertain, false, Uncertain}, {Uncertain, true, Uncertain}, {Planned, true, Queued}, {Planned, false, Planned},
		{Queued, true, Queued}, {Queued, false, Queued},
	}
	for _, tt := range tests {
		l, id := before(t, tt.state, nil)
		s, _ := addOnce(t, l, SessionOptions{Resend: true, Queue: tt.queue}, draft("web01"))
		advance(t, s, []Outcome{{ID: id}})
		if got := history(t, l, Filter{}); len(got) != 1 || got[0].Status != tt.want {
			t.Errorf("%s, queue %t: now %+v", tt.state, tt.queue, got)
		}
	}
}

func TestOnceWindow(t *testing.T) {
	t.Parallel()
	now := &clock{now: noon}
	l, _ := before(t, Recorded, now.Now)
	d := draft("web01")
	d.MadeAt = noon.AddDate(-1, 0, 0) // the window is about the sending, not about the deployment
	now.advance(time.Hour)
	if _, got := addOnce(t, l, SessionOptions{Once: time.Hour}, d); got.Action != Skip {
		t.Errorf("within the window: %s", got.Action)
	}
	now.advance(time.Minute)
	if _, got := addOnce(t, l, SessionOptions{Once: time.Hour}, d); got.Action != Send {
		t.Errorf("after the window: %s", got.Action)
	}
}

func TestOnceCompares(t *testing.T) {
	t.Parallel()
	base := records.Record{
		Application: "App", Description: "first", Target: "web01", FeedName: "npm", GroupName: "@angular",
		PackageName: "Animation", Version: "1.0-RC", Date: "2026-11-21",
	}
	with := func(change func(*records.Record)) records.Record {
		r := base
		change(&r)
		return r
	}
	tests := []struct {
		name string
		made records.Record
		same bool
	}{
		{"itself", base, true},
		{"description, user, url", with(func(r *records.Record) { r.Description, r.UserName, r.URL = "again", "me", "https://x" }), true},
		{"letter case of names", with(func(r *records.Record) { r.FeedName, r.PackageName, r.Version = "NPM", "animation", "1.0-rc" }), true},
		{"group without @", with(func(r *records.Record) { r.GroupName = "Angular" }), true},
		{"no date", with(func(r *records.Record) { r.Date = "" }), true},
		{"date", with(func(r *records.Record) { r.Date = "2026-11-20" }), false},
		{"application", with(func(r *records.Record) { r.Application = "app" }), false},
		{"target", with(func(r *records.Record) { r.Target = "web02" }), false},
		{"feed", with(func(r *records.Record) { r.FeedName = "npm2" }), false},
		{"group", with(func(r *records.Record) { r.GroupName = "" }), false},
		{"package", with(func(r *records.Record) { r.PackageName = "Animations" }), false},
		{"version", with(func(r *records.Record) { r.Version = "1.0" }), false},
		{"shifted", with(func(r *records.Record) { r.Application, r.Target = "Appw", "eb01" }), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := same(Entry{Record: base}, records.Item{Record: tt.made}); got != tt.same {
				t.Errorf("same is %t", got)
			}
			if equal := identity(host, base) == identity(host, tt.made); tt.same && !equal || !tt.same && equal && tt.made.Date == base.Date {
				t.Errorf("the numbers are equal: %t", equal)
			}
		})
	}
	l, _ := before(t, Recorded, nil)
	if _, got := addOnce(t, l, SessionOptions{Server: "https://other"}, draft("web01")); got.Action != Send {
		t.Error("a record of another server was taken for this one's")
	}
}

// A batch that holds a deployment twice sends it once.
func TestOnceWithinABatch(t *testing.T) {
	t.Parallel()
	s := session(t, open(t, Options{}), SessionOptions{Once: time.Hour})
	got, err := s.Add(t.Context(), []records.Item{draft("a"), draft("b"), draft("a")}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Action != Send || got[1].Action != Send || got[2].Action != Wait || got[2].Entry.ID != got[0].Entry.ID {
		t.Errorf("got %+v", got)
	}
}

// A draft with the id of a record is that record, whatever its state, and without --once; not if
// its properties are others, or if the record was made for another server.
func TestKnownByID(t *testing.T) {
	t.Parallel()
	tests := []struct {
		state  Status
		resend bool
		want   Action
	}{
		{Recorded, false, Skip}, {Dropped, false, Skip}, {Queued, false, Send}, {Planned, false, Send}, {Failed, false, Send},
		{Uncertain, false, Leave}, {Uncertain, true, Send}, {"held", false, Wait},
	}
	for _, tt := range tests {
		t.Run(string(tt.state)+" "+string(tt.want), func(t *testing.T) {
			t.Parallel()
			l, id := before(t, tt.state, nil)
			s := session(t, l, SessionOptions{Resend: tt.resend})
			again, changed := draft("web01"), draft("web02")
			again.ID, changed.ID = id, id
			looked, err := s.Lookup(t.Context(), []records.Item{again, changed})
			if err != nil || looked[0].Action != tt.want || looked[0].Entry.ID != id || looked[1].Action != "" {
				t.Errorf("looked up: %+v, %v", looked, err)
			}
			added, err := s.Add(t.Context(), []records.Item{again, changed}, 2)
			if err != nil || added[0].Action != tt.want || added[0].Entry.ID != id || added[0].Begun != (tt.want == Send) {
				t.Fatalf("got %+v, %v", added, err)
			}
			if added[1].Action != Send || added[1].Known || added[1].Entry.ID == id {
				t.Errorf("a changed record is %+v", added[1])
			}
			other, err := l.Session(t.Context(), SessionOptions{Server: "https://other.example", Parallel: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			if added, err := other.Add(t.Context(), []records.Item{again}, 1); err != nil || added[0].Known {
				t.Errorf("for another server it is %+v, %v", added, err)
			}
		})
	}
}

// A record that waits for its next attempt is not in flight: if its process ends then, it is what
// it was.
func TestSuspend(t *testing.T) {
	t.Parallel()
	for _, queue := range []bool{false, true} {
		l := open(t, Options{})
		s := session(t, l, SessionOptions{Queue: queue})
		id := add(t, s, []records.Item{draft("web01")}, 1)[0]
		if err := s.Suspend(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if _, got := addOnce(t, l, SessionOptions{}, draft("web01")); got.Action != Wait {
			t.Errorf("for another process it is %+v", got)
		}
		s.kill()
		want := map[bool]Status{false: Planned, true: Queued}[queue]
		if got := history(t, l, Filter{}); len(got) != 1 || got[0].Status != want {
			t.Errorf("after the kill: %+v", got)
		}
	}
	l := open(t, Options{})
	s := session(t, l, SessionOptions{})
	id := add(t, s, []records.Item{draft("web01")}, 1)[0]
	if err := s.Suspend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if still, err := s.Resume(t.Context(), id); err != nil || !still {
		t.Fatal(still, err)
	}
	s.kill()
	if got := history(t, l, Filter{}); len(got) != 1 || got[0].Status != Uncertain {
		t.Errorf("after the kill in flight: %+v", got)
	}
}

// What a process had planned and not begun when it ended is counted until it is taken up, also what
// waited for its next attempt since an earlier part of the batch; what a living process has planned
// is not.
func TestPlannedBacklog(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	planned := func() (n int) {
		backlogs, err := l.Backlogs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range backlogs {
			n += b.Planned
		}
		return n
	}
	s := session(t, l, SessionOptions{Parallel: 2, Once: time.Hour})
	first := add(t, s, []records.Item{draft("waits"), draft("sent")}, 2)
	advance(t, s, []Outcome{{ID: first[1], Status: Recorded, Attempts: 1}})
	if err := s.Suspend(t.Context(), first[0]); err != nil {
		t.Fatal(err)
	}
	add(t, s, []records.Item{draft("a"), draft("b"), draft("in flight")}, 0)
	if n := planned(); n != 0 {
		t.Errorf("%d are counted while their process lives", n)
	}
	s.kill()
	if err := l.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := planned(); n != 4 {
		t.Errorf("%d are counted after its end, want 4", n)
	}
	again, got := addOnce(t, l, SessionOptions{}, draft("a"))
	if n := planned(); got.Action != Send || n != 3 {
		t.Errorf("%d are counted while one is taken up (%s)", n, got.Action)
	}
	advance(t, again, []Outcome{{ID: got.Entry.ID, Status: Recorded, Attempts: 1}})
	if n := planned(); n != 3 {
		t.Errorf("%d are counted after one was sent", n)
	}
}

// Versions compare by their ecosystem if it is known, and as they are written if not.
func TestOnceComparesVersions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind        ecosystem.Type
		known, made string
		same        bool
	}{
		{ecosystem.NuGet, "1.0", "1.0.0", true}, {ecosystem.NuGet, "1.0.0", "1.0.0.0", true}, {ecosystem.NuGet, "1.0.0+a", "1.0.0+b", true},
		{ecosystem.NuGet, "1.0.0-RC.1", "1.0-rc.1", true}, {ecosystem.NuGet, "01.2", "1.2.0", true}, {ecosystem.NuGet, "1.0", "1.0.1", false},
		{ecosystem.NuGet, "1.0.0-rc.1", "1.0.0-rc.2", false}, {ecosystem.NuGet, "1.0.0-rc", "1.0.0", false},
		{ecosystem.PyPI, "1.0rc1", "1.0.0-rc.1", true}, {ecosystem.PyPI, "1.0c1", "1.0rc1", true}, {ecosystem.PyPI, "1.0-1", "1.0.post1", true}, {ecosystem.PyPI, "1.0a0", "1.0-alpha", true},
		{ecosystem.PyPI, "v1.0", "1", true}, {ecosystem.PyPI, "1.0.dev1", "1.0.dev2", false}, {ecosystem.PyPI, "1.0.post1", "1.0", false},
		{ecosystem.Composer, "v1.2.0", "1.2.0.0", true}, {ecosystem.Composer, "1.2.0-beta1", "1.2-b1", true},
		{ecosystem.NPM, "v1.2.3", "1.2.3", true}, {ecosystem.Maven, "1.0", "1.0.0", false}, {ecosystem.Maven, "1.0-RC", "1.0-rc", true},
		{"", "1.0", "1.0.0", false}, {"", "1.0-RC", "1.0-rc", true}, {ecosystem.Docker, "1.0", "1.0.0", false},
	} {
		t.Run(fmt.Sprint(tt.kind, " ", tt.known, " ", tt.made), func(t *testing.T) {
			t.Parallel()
			l := open(t, Options{})
			s := session(t, l, SessionOptions{Once: time.Hour})
			first, second := draft("web01"), draft("web01")
			first.Record.Version, second.Record.Version, second.Type = tt.known, tt.made, tt.kind
			id := add(t, s, []records.Item{first}, 1)[0]
			advance(t, s, []Outcome{{ID: id, Status: Recorded, Attempts: 1}})
			if _, got := addOnce(t, l, SessionOptions{}, second); (got.Action == Skip) != tt.same {
				t.Errorf("it is %s", got.Action)
			}
			found := history(t, l, Filter{Package: first.Record.PackageName, Version: tt.made, Type: tt.kind, Status: Recorded})
			if (len(found) == 1) != tt.same {
				t.Errorf("history finds %d", len(found))
			}
		})
	}
}

// All spellings that an ecosystem sees as one version have the same number, and rows of before are
// found by theirs.
func TestLooseVersion(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"0", "1", "2", "00", "01", "10", ".", ".", "-", "a", "b", "c", "rc", "alpha", "beta", "pre", "dev", "post", "+x", "v", "_"})
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]ecosystem.Type{ecosystem.NuGet, ecosystem.NPM, ecosystem.Maven, ecosystem.Composer, ecosystem.Helm, ecosystem.Cargo}).Draw(t, "type")
		version := func(name string) string {
			return "1." + strings.Join(rapid.SliceOfN(piece, 0, 5).Draw(t, name), "")
		}
		a, b := version("a"), version("b")
		if ecosystem.SameVersion(kind, a, b) && looseVersion(a) != looseVersion(b) {
			t.Fatalf("%s has %q and %q as one version, which are %q and %q here", kind, a, b, looseVersion(a), looseVersion(b))
		}
	})
	l, id := before(t, Recorded, nil)
	statement := fmt.Sprintf("UPDATE deployment SET identity = %d", formerIdentity(host, draft("web01").Record))
	if err := l.write(t.Context(), func(tx *txn) error { _, err := tx.exec(statement); return err }); err != nil {
		t.Fatal(err)
	}
	if _, got := addOnce(t, l, SessionOptions{}, draft("web01")); got.Action != Skip || got.Entry.ID != id {
		t.Errorf("a row of before is %+v", got)
	}
}

// Ledgers have hashes that earlier versions computed with hash/fnv.
func TestHashIsFNV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.String(), 2, 6).Draw(t, "parts")
		last := len(parts) - 1
		sum := fnv.New128a()
		for _, part := range parts {
			sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
			sum.Write([]byte(part))
		}
		want := int64(binary.BigEndian.Uint64(sum.Sum(nil)))
		if got := hashed(parts[0], parts[1:last], parts[last]); got != want {
			t.Fatalf("%q: %d, want %d", parts, got, want)
		}
	})
}
