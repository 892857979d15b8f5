package ledger

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/records"
	"pgregory.net/rapid"
)

func TestRecordFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	now := &clock{now: noon}
	l := open(t, Options{Now: now.Now})
	s := session(t, l, SessionOptions{})
	d := draft("web01")
	d.MadeAt = time.Date(2026, 1, 2, 3, 4, 5, 678, time.FixedZone("", 3600))
	added, err := s.Add(t.Context(), []records.Item{d}, 1)
	if err != nil {
		t.Fatal(err)
	}
	e := added[0].Entry
	want := Entry{
		ID: e.ID, Server: host, MadeAt: time.Date(2026, 1, 2, 2, 4, 5, 0, time.UTC), Record: d.Record, Via: Post, Status: Planned,
	}
	if e != want || !added[0].Begun || len(e.ID) != 26 {
		t.Fatalf("added %+v, want %+v", e, want)
	}
	advance(t, s, []Outcome{{ID: e.ID, Status: Recorded, Attempts: 2}})
	want.Status, want.Attempts = Recorded, 2
	if got := history(t, l, Filter{}); len(got) != 1 || got[0] != want {
		t.Errorf("settled as %+v, want %+v", got, want)
	}
	if n, err := l.number(t.Context(), "SELECT count(*) FROM owner"); n != 0 || err != nil {
		t.Errorf("%d owners are left (%v) when nothing is", n, err)
	}
}

func TestSettledStates(t *testing.T) {
	t.Parallel()
	why := &Failure{Kind: "rejected", Status: 400, Message: "Target is missing."}
	tests := []struct {
		name    string
		outcome Outcome
		queue   bool
		want    Status
		pending bool
	}{
		{"recorded", Outcome{Status: Recorded}, false, Recorded, false},
		{"failed", Outcome{Status: Failed, Error: why}, true, Failed, false},
		{"uncertain", Outcome{Status: Uncertain, Error: why}, false, Uncertain, true},
		{"queued", Outcome{Status: Queued, Error: why}, false, Queued, true},
		{"duplicated", Outcome{Status: Recorded, PossiblyDuplicated: true}, false, Recorded, false},
		{"put back", Outcome{}, false, Planned, false},
		{"put back into the queue", Outcome{}, true, Queued, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := open(t, Options{})
			s := session(t, l, SessionOptions{Queue: tt.queue})
			tt.outcome.ID = add(t, s, drafts(1), 1)[0]
			tt.outcome.Attempts = 3
			advance(t, s, []Outcome{tt.outcome})
			e := history(t, l, Filter{})[0]
			if e.Status != tt.want || e.Attempts != 3 || e.PossiblyDuplicated != tt.outcome.PossiblyDuplicated {
				t.Errorf("got %+v", e)
			}
			if given := tt.outcome.Error != nil; given != (e.Error != nil) || given && *e.Error != *why {
				t.Errorf("error %+v, want %+v", e.Error, tt.outcome.Error)
			}
			if got := len(pending(t, l)) == 1; got != tt.pending {
				t.Errorf("pending is %t", got)
			}
		})
	}
}

// However outcomes and beginnings are grouped, no more than Parallel are marked in flight, and a
// session that ends without outcomes leaves exactly these uncertain.
func TestParallelIsABound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		l := open(t, Options{})
		parallel := rapid.IntRange(1, 5).Draw(rt, "parallel")
		s := session(t, l, SessionOptions{Parallel: parallel, Queue: rapid.Bool().Draw(rt, "queue")})
		begin := rapid.IntRange(0, parallel).Draw(rt, "begin")
		waiting := add(t, s, drafts(12), begin)
		inFlight := waiting[:begin]
		waiting = waiting[begin:]
		done := 0
		for range rapid.IntRange(0, 6).Draw(rt, "rounds") {
			settled := rapid.IntRange(0, len(inFlight)).Draw(rt, "settled")
			free := parallel - len(inFlight) + settled
			next := rapid.IntRange(0, min(free, len(waiting))).Draw(rt, "next")
			var outcomes []Outcome
			for _, id := range inFlight[:settled] {
				outcomes = append(outcomes, Outcome{ID: id, Status: Recorded, Attempts: 1})
			}
			if over := free + 1; over <= len(waiting) {
				if _, err := s.Advance(t.Context(), outcomes, waiting[:over]); err == nil {
					rt.Fatalf("%d in flight where %d are allowed", len(inFlight)-settled+over, parallel)
				}
			}
			begun := advance(t, s, outcomes, waiting[:next]...)
			inFlight, waiting, done = append(inFlight[settled:], begun...), waiting[next:], done+settled
		}
		if err := s.Close(); err != nil {
			rt.Fatal(err)
		}
		got := statuses(t, l)
		if got[Recorded] != done || got[Uncertain] != len(inFlight) || got[Queued]+got[Planned] != len(waiting) {
			rt.Fatalf("%v, want %d recorded, %d uncertain, %d waiting", got, done, len(inFlight), len(waiting))
		}
	})
}

// Ctrl-C must not keep an outcome from being written.
func TestOutcomesAreWrittenAfterCancel(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{})
	ids := add(t, s, drafts(1), 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Advance(ctx, []Outcome{{ID: ids[0], Status: Recorded}}, nil); err != nil {
		t.Fatal(err)
	}
	if got := statuses(t, l); got[Recorded] != 1 {
		t.Errorf("%v after a cancelled context", got)
	}
}

func TestClaimTakesEachOnceOldestFirst(t *testing.T) {
	t.Parallel()
	now := &clock{now: noon}
	l := open(t, Options{Now: now.Now})
	in := session(t, l, SessionOptions{Queue: true})
	made := drafts(3)
	made[0].MadeAt, made[1].MadeAt, made[2].MadeAt = noon, noon.Add(-time.Hour), noon.Add(-2*time.Hour)
	add(t, in, made, 0)
	other := session(t, l, SessionOptions{Server: "https://other", Queue: true})
	add(t, other, drafts(1), 0)

	s := session(t, l, SessionOptions{})
	if got := claim(t, s, nil, 9); len(got) != 0 {
		t.Fatalf("%d claimed from a living session", len(got))
	}
	_, _ = in.Close(), other.Close()
	one := claim(t, s, nil, 1)
	wantTargets(t, one, "web0002")
	if one[0].Status != Queued {
		t.Errorf("claimed with status %s", one[0].Status)
	}
	two := session(t, l, SessionOptions{})
	wantTargets(t, claim(t, two, nil, 1), "web0001")
	// Put back: the same session does not get it again, the next one does.
	wantTargets(t, claim(t, s, []Outcome{{ID: one[0].ID, Attempts: 1}}, 8), "web0000")
	if got := claim(t, s, nil, 7); len(got) != 0 {
		t.Errorf("claimed %q twice", targets(got))
	}
	wantTargets(t, claim(t, session(t, l, SessionOptions{}), nil, 8), "web0002")
}

// What a flush saw refused is pending until a person decides, or --resend; what a batch saw refused
// is over.
func TestRefusedByAFlush(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	queued(t, l, 2)
	s := session(t, l, SessionOptions{})
	got := claim(t, s, nil, 8)
	no := &Failure{Kind: "rejected", Status: 400, Message: "no"}
	claim(t, s, []Outcome{
		{ID: got[0].ID, Status: Failed, Attempts: 1, Error: no}, {ID: got[1].ID, Status: Uncertain, Attempts: 1, Error: no},
	}, 0)
	if p := pending(t, l); len(p) != 2 || p[0].Status != Failed || p[1].Status != Uncertain {
		t.Fatalf("pending %+v", p)
	}
	if again := claim(t, session(t, l, SessionOptions{}), nil, 8); len(again) != 0 {
		t.Errorf("claimed %+v without resend", again)
	}
	r := session(t, l, SessionOptions{Resend: true})
	again := claim(t, r, nil, 8)
	if len(again) != 2 || again[0].Status != Failed || again[1].Status != Uncertain {
		t.Fatalf("resending claims %+v", again)
	}
	// Neither was stored this time: each is what it was.
	claim(t, r, []Outcome{{ID: again[0].ID, Attempts: 1}, {ID: again[1].ID, Attempts: 1}}, 0)
	if p := pending(t, l); p[0].Status != Failed || p[1].Status != Uncertain || p[1].Attempts != 2 || *p[1].Error != *no {
		t.Errorf("put back as %+v", p)
	}
}

// A caller who cannot know whether a call went through may repeat its outcomes: nothing is counted
// twice, and the session keeps its right to what else is its own.
func TestOutcomesMayBeRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []Status{Recorded, Failed, Uncertain, Queued, ""} {
		l := open(t, Options{})
		s := session(t, l, SessionOptions{Queue: true})
		ids := add(t, s, drafts(2), 1)
		again := []Outcome{{ID: ids[0], Status: status, Attempts: 1}}
		advance(t, s, again)
		advance(t, s, again)
		if e := history(t, l, Filter{})[1]; e.Attempts != 1 {
			t.Errorf("%q: %d attempts after one", status, e.Attempts)
		}
		if claimed := claim(t, session(t, l, SessionOptions{Resend: true}), nil, 8); slices.Contains(targets(claimed), "web0001") {
			t.Errorf("%q: another session gets what is still this one's", status)
		}
	}
}

func TestFailedCallChangesNothing(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{Parallel: 2})
	if _, err := s.Add(t.Context(), drafts(3), 3); err == nil {
		t.Fatal("three in flight where two are allowed")
	}
	if n := len(history(t, l, Filter{})); n != 0 {
		t.Errorf("%d records are left of a call that failed", n)
	}
	add(t, s, drafts(3), 2)
	if _, err := s.Claim(t.Context(), nil, 1); err != nil {
		t.Errorf("nothing to claim: %v", err)
	}
}

// Whatever text a record holds comes back as it was: line breaks, quotes, other scripts, in a file
// also NUL.
func TestRecordsComeBackExactly(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{Via: Get})
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String()
		r := records.Record{
			Application: text.Draw(rt, "a"), Description: text.Draw(rt, "d"), Target: text.Draw(rt, "t"), FeedName: text.Draw(rt, "f"),
			PackageName: text.Draw(rt, "p"), Version: text.Draw(rt, "v"), GroupName: text.Draw(rt, "g"), UserName: text.Draw(rt, "u"),
			URL: text.Draw(rt, "l"), Date: text.Draw(rt, "e"),
		}
		if IsURL(l.options.Path) { // PostgreSQL cannot store it
			for _, p := range r.Properties() {
				*p.Value = strings.ReplaceAll(*p.Value, "\x00", "\uFFFD")
			}
		}
		id := add(t, s, []records.Item{{Record: r}}, 0)[0]
		var found []held
		err := l.read(t.Context(), func(tx *txn) (err error) {
			found, err = find(tx, id)
			return err
		})
		if err != nil || len(found) != 1 || found[0].Record != r || found[0].Via != Get {
			rt.Fatalf("%+v came back as %+v, %v", r, found, err)
		}
	})
}

func TestReadingStopsWithItsContext(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	queued(t, l, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range l.History(ctx, Filter{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}
