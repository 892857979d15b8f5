package ledger

import (
	"testing"
)

// A batch as it is sent: written down in portions, then settled and begun by groups of eight, the
// smallest number of commits that eight in flight allow.
func BenchmarkBatch(b *testing.B) {
	const parallel, portion = 8, 1000
	l := open(b, Options{})
	s := session(b, l, SessionOptions{Parallel: parallel})
	made := drafts(portion)
	b.ResetTimer()
	for left := b.N; left > 0; left -= portion {
		ids := add(b, s, made[:min(left, portion)], 0)
		var outcomes []Outcome
		for len(ids) > 0 || len(outcomes) > 0 {
			n := min(parallel, len(ids))
			begun := advance(b, s, outcomes, ids[:n]...)
			ids, outcomes = ids[n:], outcomes[:0]
			for _, id := range begun {
				outcomes = append(outcomes, Outcome{ID: id, Status: Recorded, Attempts: 1})
			}
		}
	}
}

// One record, with all that a single run of the program has to do.
func BenchmarkSingle(b *testing.B) {
	path := b.TempDir() + "/ledger.db"
	for b.Loop() {
		l, err := Open(b.Context(), Options{Path: path})
		if err != nil {
			b.Fatal(err)
		}
		s, err := l.Session(b.Context(), SessionOptions{Server: host, Parallel: 1})
		if err != nil {
			b.Fatal(err)
		}
		id := add(b, s, drafts(1), 1)[0]
		advance(b, s, []Outcome{{ID: id, Status: Recorded, Attempts: 1}})
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddOnce(b *testing.B) {
	const portion = 1000
	l := open(b, Options{})
	s := session(b, l, SessionOptions{Once: 1})
	made := drafts(portion)
	b.ResetTimer()
	for left := b.N; left > 0; left -= portion {
		if _, err := s.Add(b.Context(), made[:min(left, portion)], 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHistory(b *testing.B) {
	l := open(b, Options{})
	s := session(b, l, SessionOptions{})
	add(b, s, drafts(10000), 0)
	b.ResetTimer()
	for left := b.N; left > 0; left -= 10000 {
		for _, err := range l.History(b.Context(), Filter{Limit: left}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
