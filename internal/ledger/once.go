package ledger

import (
	"cmp"
	"database/sql"
	"math/bits"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

// identity is a number that equal deployments share (and, once in many billions, different ones):
// an index of numbers is a fifth of the size of one over six columns. Versions that some ecosystem
// treats as equal share it too, because the type of a package may be unknown; same distinguishes
// them.
func identity(server string, r records.Record) int64 {
	return hashed(server, key(r), looseVersion(r.Version))
}

// formerIdentity is the identity in rows of older ledgers.
func formerIdentity(server string, r records.Record) int64 {
	return hashed(server, key(r), strings.ToLower(r.Version))
}

// hashed is the upper half of FNV-1a of 128 bits: as hash/fnv has it, which takes four times as
// long behind its interface.
func hashed(server string, key []string, version string) int64 {
	sum := fnv128{0x6c62272e07bb0142, 0x62b821756295c58d} // the offset basis
	sum.add(server)
	for _, part := range key {
		sum.add(part)
	}
	sum.add(version)
	return int64(sum.hi)
}

type fnv128 struct{ hi, lo uint64 }

// add adds a part after its length, so that "ab"+"c" differs from "a"+"bc".
func (s *fnv128) add(part string) {
	for shift := 56; shift >= 0; shift -= 8 {
		s.addByte(byte(uint64(len(part)) >> shift))
	}
	for i := range len(part) {
		s.addByte(part[i])
	}
}

func (s *fnv128) addByte(b byte) {
	const primeHigh, primeLow = 1 << 24, 0x13b // the prime is 2^88 + 0x13b
	s.lo ^= uint64(b)
	carry, lo := bits.Mul64(s.lo, primeLow)
	s.hi, s.lo = carry+s.lo*primeHigh+s.hi*primeLow, lo
}

// key is what two records of the same deployment share, except for the version. ProGet compares
// names of feeds and packages without regard to case, and a group is the same with or without the @
// of an npm scope; application and target are free text.
func key(r records.Record) []string {
	return []string{
		r.Application, r.Target, strings.ToLower(r.FeedName), strings.ToLower(strings.TrimPrefix(r.GroupName, "@")),
		strings.ToLower(r.PackageName),
	}
}

// same compares exactly what identity only hashes: versions by the ecosystem if either record has a
// type, and the date if the new record has one.
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

// looseVersion is the same for all spellings of a version that some ecosystem treats as equal:
// numbers without leading zeros, no zeros before a word or at the end, no marks between, no build
// metadata, one letter for a word.
func looseVersion(v string) string {
	v, _, _ = strings.Cut(strings.ToLower(v), "+")
	v = strings.TrimPrefix(v, "v")
	var out []byte
	zeros := 0 // that are dropped unless a number follows
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

// looseWord is the first letter of a word; r for the words that PEP 440 reads as rc.
func looseWord(word string) byte {
	if word == "c" || strings.HasPrefix(word, "pre") {
		return 'r'
	}
	return word[0]
}

// known has the ledger's records that may be those of drafts.
type known struct {
	o          SessionOptions
	since      string // the lowest id of the window of SessionOptions.Once
	byID       map[string]*knownRecord
	byIdentity map[int64][]*knownRecord // the newest first
}

// knownRecord is a record, and whether a living process is about to send it.
type knownRecord struct {
	Entry
	state Status
	owned bool
}

// note adds a record that is newer than all others.
func (k *known) note(r *knownRecord) {
	if k != nil {
		number := identity(r.Server, r.Record)
		k.byIdentity[number] = append([]*knownRecord{r}, k.byIdentity[number]...)
	}
}

// lookUp reads the records that may be those of drafts, many with one query: the records with their
// ids, and with SessionOptions.Once those of the same identity that were saved within the window.
// The time in their ids decides that, because made_at may be a date of long ago.
func lookUp(t *txn, o SessionOptions, drafts []records.Item) (*known, error) {
	k := &known{o: o, since: firstID(t.l.now().Add(-o.Once)), byID: map[string]*knownRecord{}, byIdentity: map[int64][]*knownRecord{}}
	const chunk = 256 // drafts
	for some := range slices.Chunk(drafts, chunk) {
		var ids, identities []any
		for _, d := range some {
			if d.ID != "" {
				ids = append(ids, d.ID)
			}
			if o.Once > 0 {
				identities = append(identities, identity(o.Server, d.Record), formerIdentity(o.Server, d.Record))
			}
		}
		if len(ids) > 0 {
			if err := k.read(t, "id IN ("+marks(len(ids))+")", ids...); err != nil {
				return nil, err
			}
		}
		if len(identities) > 0 {
			args := append(identities, o.Server, k.since)
			err := k.read(t, "identity IN ("+marks(len(identities))+") AND server = ? AND id >= ?", args...)
			if err != nil {
				return nil, err
			}
		}
	}
	return k, nil
}

// read adds the records that meet a condition.
func (k *known) read(t *txn, condition string, args ...any) error {
	return t.each(func(rows *sql.Rows) error {
		r := &knownRecord{}
		var identity int64
		var err error
		if r.Entry, err = scan(rows, &r.state, &identity, &r.owned); err != nil || k.byID[r.ID] != nil {
			return err
		}
		k.byID[r.ID] = r
		k.byIdentity[identity] = append(k.byIdentity[identity], r)
		return nil
	}, "SELECT "+t.columns()+", state, identity, owner IN (SELECT id FROM owner) FROM deployment WHERE "+condition+" ORDER BY id DESC", args...)
}

// match finds the record of a draft, nil if there is none: by its id, otherwise with
// SessionOptions.Once as the same deployment. Of several records of one deployment, the one with
// the strongest reason not to send decides, and of these the newest. A record with the draft's id
// but other properties is a different one. Failed ones don't count unless they have the id.
func (k *known) match(draft records.Item) (best Action, found *knownRecord) {
	if k == nil {
		return "", nil
	}
	if r := k.byID[draft.ID]; draft.ID != "" && r != nil && r.Server == k.o.Server && same(r.Entry, draft) {
		action, _ := k.rank(r.state, r.owned)
		return cmp.Or(action, Send), r // one that failed is sent
	}
	if k.o.Once == 0 {
		return "", nil
	}
	highest := 0
	numbers := []int64{identity(k.o.Server, draft.Record), formerIdentity(k.o.Server, draft.Record)}
	for _, number := range slices.Compact(numbers) {
		for _, r := range k.byIdentity[number] {
			if !k.within(r) || !same(r.Entry, draft) {
				continue
			}
			if action, n := k.rank(r.state, r.owned); n > highest || n == highest && n > 0 && r.ID > found.ID {
				best, found, highest = action, r, n
			}
		}
	}
	return best, found
}

// within reports whether a record for the server was saved within the window.
func (k *known) within(r *knownRecord) bool {
	return r.Server == k.o.Server && r.ID >= k.since
}

// rank orders known records: of several records of one deployment, the one with the strongest
// reason not to send decides.
func (k *known) rank(state Status, owned bool) (Action, int) {
	switch {
	case state == Recorded:
		return Skip, 6
	case state == Dropped:
		return Skip, 5
	case owned:
		return Wait, 4
	case state == Uncertain && !k.o.Resend:
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
