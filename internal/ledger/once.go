package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

// identity is a number that equal deployments share (and, once in many billions, different ones): an index of numbers is
// a fifth of the size of one over six columns. Versions that an ecosystem may see as the same share it, too, because
// the type of a package need not be known; same tells them apart.
func identity(server string, r records.Record) int64 {
	return hashed(server, key(r), looseVersion(r.Version))
}

// formerIdentity is what ledgers were written with before, and what their rows still have.
func formerIdentity(server string, r records.Record) int64 {
	return hashed(server, key(r), strings.ToLower(r.Version))
}

func hashed(server string, key []string, version string) int64 {
	sum := fnv.New128a()
	for _, part := range append(append([]string{server}, key...), version) {
		// The length keeps "ab"+"c" from "a"+"bc".
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		sum.Write([]byte(part))
	}
	return int64(binary.BigEndian.Uint64(sum.Sum(nil)))
}

// key is what makes two records the same deployment, but for the version. ProGet compares names of feeds and packages
// without regard to case, and a group is the same with or without the @ of an npm scope; application and target are
// free text.
func key(r records.Record) []string {
	return []string{
		r.Application, r.Target, strings.ToLower(r.FeedName), strings.ToLower(strings.TrimPrefix(r.GroupName, "@")),
		strings.ToLower(r.PackageName),
	}
}

// same compares for real what identity only suggests, versions by the ecosystem if either knows it, and the date if the
// new record has one.
func same(entry Entry, draft records.Item) bool {
	known, made, t := entry.Record, draft.Record, cmp.Or(draft.Type, entry.Type)
	if !slices.Equal(key(known), key(made)) {
		return false
	}
	if !strings.EqualFold(known.Version, made.Version) && (t == "" || !ecosystem.SameVersion(t, known.Version, made.Version)) {
		return false
	}
	return made.Date == "" || made.Date == known.Date
}

// looseVersion is what all spellings of a version have in common that any ecosystem sees as the same: numbers without
// leading zeros, no zeros before a word or at the end, no marks between, no build metadata, one letter for a word.
func looseVersion(v string) string {
	v, _, _ = strings.Cut(strings.ToLower(v), "+")
	v = strings.TrimPrefix(v, "v")
	var out []byte
	zeros := 0 // that come to nothing unless a number follows
	for v != "" {
		n := strings.IndexFunc(v, func(r rune) bool { return r < '0' || r > '9' })
		if n < 0 {
			n = len(v)
		}
		if n > 0 {
			number := strings.TrimLeft(v[:n], "0")
			if v = v[n:]; number == "" {
				zeros++
				continue
			}
			out = append(out, strings.Repeat(".0", zeros)...)
			out, zeros = append(append(out, '.'), number...), 0
			continue
		}
		n = strings.IndexFunc(v, func(r rune) bool { return r >= '0' && r <= '9' })
		if n < 0 {
			n = len(v)
		}
		word := strings.Trim(v[:n], ".-_~ ")
		if v = v[n:]; word != "" && word != "post" && word != "rev" && word != "r" { // PEP 440 reads 1.0-1 as 1.0.post1
			out, zeros = append(append(out, '-'), looseWord(word)), 0
		}
	}
	return string(out)
}

// looseWord is the first letter of a word, and that of rc for what PEP 440 reads as one.
func looseWord(word string) byte {
	if word == "c" || strings.HasPrefix(word, "pre") {
		return 'r'
	}
	return word[0]
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
		found, err = s.knownDeployment(t, draft)
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
		if err != nil || e.Server != s.o.Server || !same(e, draft) {
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
func (s *Session) knownDeployment(t *txn, draft records.Item) (Added, error) {
	r := draft.Record
	var best Added
	highest := 0
	err := t.each(func(rows *sql.Rows) error {
		var state Status
		var owned bool
		e, err := scan(rows, &state, &owned)
		if err != nil || !same(e, draft) {
			return err
		}
		if action, n := s.rank(state, owned); n > highest {
			best, highest = Added{Action: action, Entry: e}, n
		}
		return nil
	}, "SELECT "+columns()+`, state, owner IN (SELECT id FROM owner)
		FROM deployment WHERE identity IN (?, ?) AND server = ? AND id >= ? ORDER BY id DESC`,
		identity(s.o.Server, r), formerIdentity(s.o.Server, r), s.o.Server, firstID(s.l.now().Add(-s.o.Once)))
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
