package ledger

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is what a ledger must say after any sequence of calls by several processes, some of which
// die: a map.
type model struct {
	l        *Ledger
	t        *testing.T
	sessions []*modelSession
	status   map[string]Status
	sent     map[string]int // how often each record was given out for sending
	allowed  map[string]int // how often it may have been: once, and once more for each time it was put back
}

type modelSession struct {
	*Session
	waiting, inFlight []string
}

// Whatever several processes do to one ledger, and whenever one of them dies: every record has the
// status that it should have, none is given out twice unless it came back unsent, and no session
// has more in flight than it may.
func TestLedgerAgainstAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{l: open(t, Options{}), t: t, status: map[string]Status{}, sent: map[string]int{}, allowed: map[string]int{}}
		rt.Repeat(map[string]func(*rapid.T){
			"begin": m.begin, "add": m.add, "advance": m.advance, "claim": m.claim, "kill": m.kill, "close": m.close, "": m.check,
		})
		for _, s := range m.sessions {
			_ = s.Close() // the next check begins with a ledger of its own
		}
	})
}

// some picks a session, or skips the step.
func (m *model) some(rt *rapid.T) *modelSession {
	if len(m.sessions) == 0 {
		rt.Skip("no session")
	}
	return rapid.SampledFrom(m.sessions).Draw(rt, "session")
}

func (m *model) begin(rt *rapid.T) {
	if len(m.sessions) == 3 {
		rt.Skip("enough")
	}
	o := SessionOptions{Parallel: rapid.IntRange(1, 3).Draw(rt, "parallel"), Queue: rapid.Bool().Draw(rt, "queue")}
	m.sessions = append(m.sessions, &modelSession{Session: session(m.t, m.l, o)})
}

func (m *model) add(rt *rapid.T) {
	s := m.some(rt)
	n := rapid.IntRange(0, 5).Draw(rt, "n")
	begin := rapid.IntRange(0, min(n, s.o.Parallel-len(s.inFlight))).Draw(rt, "begin")
	ids := add(m.t, s.Session, drafts(n), begin)
	for _, id := range ids {
		m.status[id], m.allowed[id] = s.Session.waiting(), 1
	}
	s.waiting = append(s.waiting, ids[begin:]...)
	m.given(s, ids[:begin])
}

// given notes that records were given out for sending.
func (m *model) given(s *modelSession, ids []string) {
	for _, id := range ids {
		m.sent[id]++
		m.status[id] = Uncertain // as it shows until its outcome is known
	}
	s.inFlight = append(s.inFlight, ids...)
}

// outcomes settles some of what is in flight.
func (m *model) outcomes(rt *rapid.T, s *modelSession) []Outcome {
	n := rapid.IntRange(0, len(s.inFlight)).Draw(rt, "settled")
	var all []Outcome
	for _, id := range s.inFlight[:n] {
		status := rapid.SampledFrom([]Status{Recorded, Failed, Uncertain, Queued}).Draw(rt, "outcome")
		if status == Queued {
			m.allowed[id]++
		}
		m.status[id] = status
		all = append(all, Outcome{ID: id, Status: status, Attempts: 1})
	}
	s.inFlight = s.inFlight[n:]
	return all
}

func (m *model) advance(rt *rapid.T) {
	s := m.some(rt)
	outcomes := m.outcomes(rt, s)
	n := rapid.IntRange(0, min(len(s.waiting), s.o.Parallel-len(s.inFlight))).Draw(rt, "next")
	begun := advance(m.t, s.Session, outcomes, s.waiting[:n]...)
	if !slices.Equal(begun, s.waiting[:n]) && n > 0 {
		rt.Fatalf("%q begun of %q, and nobody else may have them", begun, s.waiting[:n])
	}
	s.waiting = s.waiting[n:]
	m.given(s, begun)
}

func (m *model) claim(rt *rapid.T) {
	s := m.some(rt)
	outcomes := m.outcomes(rt, s)
	var ids []string
	for _, e := range claim(m.t, s.Session, outcomes, rapid.IntRange(0, s.o.Parallel-len(s.inFlight)).Draw(rt, "n")) {
		if m.status[e.ID] != Queued {
			rt.Fatalf("%s was claimed and is %s", e.ID, m.status[e.ID])
		}
		ids = append(ids, e.ID)
	}
	m.given(s, ids)
}

func (m *model) kill(rt *rapid.T) {
	m.remove(m.some(rt), func(s *Session) { s.kill() })
	if err := m.l.Recover(m.t.Context()); err != nil {
		rt.Fatal(err)
	}
}

func (m *model) close(rt *rapid.T) {
	m.remove(m.some(rt), func(s *Session) {
		if err := s.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

func (m *model) remove(s *modelSession, end func(*Session)) {
	end(s.Session)
	m.sessions = slices.DeleteFunc(m.sessions, func(one *modelSession) bool { return one == s })
}

func (m *model) check(rt *rapid.T) {
	got := map[string]Status{}
	for _, e := range history(m.t, m.l, Filter{}) {
		got[e.ID] = e.Status
	}
	if !maps.Equal(got, m.status) {
		rt.Fatalf("the ledger says\n%v, want\n%v", got, m.status)
	}
	for id, n := range m.sent {
		if n > m.allowed[id] {
			rt.Fatalf("%s was given out %d times, %d are allowed", id, n, m.allowed[id])
		}
	}
	for _, s := range m.sessions {
		query := fmt.Sprintf("SELECT count(*) FROM (%s WHERE owner.id = %d) AS listed", m.l.db.SQL().InFlight, s.owner)
		if n, err := m.l.number(m.t.Context(), query); n != len(s.inFlight) || n > s.o.Parallel || err != nil {
			rt.Fatalf("%d in flight, want %d of %d (%v)", n, len(s.inFlight), s.o.Parallel, err)
		}
	}
}
