package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"hash/fnv"
	"strings"

	"github.com/progetctl/progetctl/internal/records"
)

// identity is a number that equal deployments share (and, once in many billions, different ones): an index of numbers is
// a fifth of the size of one over six columns.
func identity(server string, r records.Record) int64 {
	sum := fnv.New128a()
	for _, part := range append([]string{server}, key(r)...) {
		// The length keeps "ab"+"c" from "a"+"bc".
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		sum.Write([]byte(part))
	}
	return int64(binary.BigEndian.Uint64(sum.Sum(nil)))
}

// key is what makes two records the same deployment. ProGet compares names of feeds and packages without regard to
// case, and a group is the same with or without the @ of an npm scope; application and target are free text.
func key(r records.Record) []string {
	return []string{
		r.Application, r.Target, strings.ToLower(r.FeedName), strings.ToLower(strings.TrimPrefix(r.GroupName, "@")),
		strings.ToLower(r.PackageName), strings.ToLower(r.Version),
	}
}

// same compares for real what identity only suggests, and the date where the new record has one.
func same(known, made records.Record) bool {
	a, b := key(known), key(made)
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return made.Date == "" || made.Date == known.Date
}

// Lookup finds what this ledger knows of drafts, as [Session.Add] would, and changes nothing. The Action of one that it
// does not know is "".
func (s *Session) Lookup(ctx context.Context, drafts []records.Item) ([]Added, error) {
	found := make([]Added, len(drafts))
	err := s.l.read(ctx, func(t *txn) (err error) {
		for i, draft := range drafts {
			if found[i], err = s.known(t, draft); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// known finds the record that a draft stands for: by its id, else with SessionOptions.Once as the same deployment. The
// zero Action means that there is none.
func (s *Session) known(t *txn, draft records.Item) (found Added, err error) {
	if draft.ID != "" {
		found, err = s.knownByID(t, draft)
	}
	if err == nil && found.Action == "" && s.o.Once > 0 {
		found, err = s.knownDeployment(t, draft.Record)
	}
	found.Known = found.Action != ""
	return found, err
}

// knownByID finds the record that an earlier run wrote under an id. One whose properties were changed since is another.
func (s *Session) knownByID(t *txn, draft records.Item) (found Added, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var state Status
		var owned bool
		e, err := scan(rows, &state, &owned)
		if err != nil || e.Server != s.o.Server || !same(e.Record, draft.Record) {
			return err
		}
		action, _ := s.rank(state, owned)
		if action == "" { // it failed
			action = Send
		}
		found = Added{Action: action, Entry: e}
		return nil
	}, "SELECT "+columns()+", state, owner IN (SELECT id FROM owner) FROM deployment WHERE id = ?", draft.ID)
	return found, err
}

// knownDeployment looks a deployment up among those written down within the window: by the time in their ids, because
// made_at may be a date of long ago. Failed ones don't count.
func (s *Session) knownDeployment(t *txn, r records.Record) (Added, error) {
	var best Added
	highest := 0
	err := t.each(func(rows *sql.Rows) error {
		var state Status
		var owned bool
		e, err := scan(rows, &state, &owned)
		if err != nil || !same(e.Record, r) {
			return err
		}
		if action, n := s.rank(state, owned); n > highest {
			best, highest = Added{Action: action, Entry: e}, n
		}
		return nil
	}, "SELECT "+columns()+`, state, owner IN (SELECT id FROM owner)
		FROM deployment WHERE identity = ? AND server = ? AND id >= ? ORDER BY id DESC`,
		identity(s.o.Server, r), s.o.Server, firstID(s.l.now().Add(-s.o.Once)))
	return best, err
}

// rank orders what is known: of several records of one deployment, the one that speaks most against sending decides.
func (s *Session) rank(state Status, owned bool) (Action, int) {
	switch {
	case state == Recorded:
		return Skip, 6
	case state == Dropped:
		return Skip, 5
	case owned:
		return Wait, 4
	case state == Uncertain && !s.o.Resend:
		return Leave, 3
	case state == Uncertain:
		return Send, 3
	case state == Queued:
		return Send, 2
	case state == Planned:
		return Send, 1
	}
	return "", 0
}
