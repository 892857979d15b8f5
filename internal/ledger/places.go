package ledger

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"strings"
)

// portion is how many records one statement reads by their ids.
const portion = 1000

// text is the id as the table has it.
func (p place) text() string {
	return encodeID(binary.BigEndian.Uint64(p.id[:]), binary.BigEndian.Uint64(p.id[8:]))
}

// newestFirst sorts places as a history has them.
func newestFirst(all []place) {
	slices.SortFunc(all, func(a, b place) int { return b.compare(a) })
}

// entriesAt reads the records of some places, no more than a portion, that meet a condition.
func entriesAt(ctx context.Context, l *Ledger, some []place, where string, args []any) (map[[16]byte]*Entry, error) {
	ids := make([]any, 0, portion+len(args))
	for _, p := range slices.Backward(some) { // SQLite sorts them: it takes those that ascend at their end
		ids = append(ids, p.text())
	}
	for len(ids) < portion { // one statement for every number
		ids = append(ids, ids[0])
	}
	entries, err := readPage(ctx, l, portion, "SELECT "+columns(l.db.SQL())+" FROM deployment WHERE id IN ("+marks(portion)+") AND "+where, append(ids, args...))
	found := make(map[[16]byte]*Entry, len(entries))
	var id [16]byte
	for i := range entries {
		found[[16]byte(appendID(id[:0], entries[i].ID))] = &entries[i]
	}
	return found, err
}

// latestEntries reads the newest record of each place that names meet and that may have changed its
// target, newest first. Memory goes with the places, not with the records.
func latestEntries(ctx context.Context, l *Ledger, f Filter) (all []*Entry, err error) {
	err = withDigest(ctx, l, func() (err error) {
		all, err = latestByDigest(ctx, l, f)
		return err
	})
	return all, err
}

func latestByDigest(ctx context.Context, l *Ledger, f Filter) ([]*Entry, error) {
	var tops newestPlaces
	if err := eachPlace(ctx, l, f.placesOf(tops.add)); err != nil {
		return nil, err
	}
	all := tops.all()
	newestFirst(all)
	chosen, passedOver, err := chooseLatest(ctx, l, f, all, f.Until.IsZero())
	if err != nil || len(passedOver) == 0 {
		return chosen, err
	}
	// What the server refused, or was never sent, hides what is before it.
	var before []place
	err = eachPlace(ctx, l, f.placesOf(func(p place) {
		if top, open := passedOver[p.hash]; open && p.compare(top) < 0 {
			before = append(before, p)
		}
	}))
	if err != nil {
		return nil, err
	}
	newestFirst(before)
	more, _, err := chooseLatest(ctx, l, f, before, false)
	chosen = append(chosen, more...)
	slices.SortFunc(chosen, func(a, b *Entry) int {
		return cmp.Or(b.MadeAt.Compare(a.MadeAt), strings.Compare(b.ID, a.ID))
	})
	return chosen, err
}

// newestPlaces are the newest place of each hash, in a table of a power of two of them: the hash
// says where its place is, or the next that is free. A map takes four times as long for each record
// of the ledger.
type newestPlaces struct {
	table   []place // an empty one has no id
	used    int
	waiting []place // to be noted
}

// placesAtOnce are noted together.
const placesAtOnce = 32

// add notes a place, sooner or later.
func (n *newestPlaces) add(p place) {
	if n.waiting = append(n.waiting, p); len(n.waiting) == placesAtOnce {
		n.note()
	}
}

// note notes what waits. Most places have a former one in the table, which is larger than the
// processor's caches: asked for one right after the other, several come from memory together, in
// less than half of the time.
func (n *newestPlaces) note() {
	for 2*(n.used+len(n.waiting)) >= len(n.table) {
		n.grow()
	}
	last := uint64(len(n.table) - 1)
	var former [placesAtOnce]*place
	for i := range n.waiting {
		if slot := &n.table[n.waiting[i].hash&last]; slot.hash == n.waiting[i].hash {
			former[i] = slot
		}
	}
	for i := range n.waiting {
		p, slot := &n.waiting[i], former[i]
		if slot == nil {
			slot = n.slot(p.hash)
		}
		if slot.id == ([16]byte{}) {
			n.used++
			*slot = *p
		} else if p.compare(*slot) > 0 {
			*slot = *p
		}
	}
	n.waiting = n.waiting[:0]
}

// slot is where the place of a hash is, or is to be.
func (n *newestPlaces) slot(hash uint64) *place {
	last := uint64(len(n.table) - 1)
	for i := hash & last; ; i = (i + 1) & last {
		if slot := &n.table[i]; slot.hash == hash || slot.id == ([16]byte{}) {
			return slot
		}
	}
}

func (n *newestPlaces) grow() {
	former := n.table
	n.table = make([]place, max(2*len(former), 1<<10))
	for _, p := range former {
		if p.id != ([16]byte{}) {
			*n.slot(p.hash) = p
		}
	}
}

// all are the places, in any order, without the table, which may have four times as much space.
func (n *newestPlaces) all() []place {
	n.note()
	all := make([]place, 0, n.used)
	for _, p := range n.table {
		if p.id != ([16]byte{}) {
			all = append(all, p)
		}
	}
	n.table = nil
	return all
}

// placesOf passes on what may be of the filter's package and is not too new.
func (f Filter) placesOf(next func(place)) func(place) {
	wanted := packageHash(f.Package)
	return func(p place) {
		if (f.Package == "" || p.hash&packageBits == wanted) && (f.Until.IsZero() || p.madeAt < ceil(f.Until)) {
			next(p)
		}
	}
}

// chooseLatest reads the records of places, newest first, and takes the first of each that counts.
// passedOver are the places of which there was none, with the last that was looked at. A record
// must be of its place. With there, each must be there: a prune, which may be at work, removes none
// that is the newest.
func chooseLatest(ctx context.Context, l *Ledger, f Filter, all []place, there bool) (chosen []*Entry, passedOver map[uint64]place, err error) {
	passedOver = map[uint64]place{}
	done := map[uint64]bool{}
	some := make([]place, 0, portion)
	read := func() error {
		if len(some) == 0 {
			return nil
		}
		found, err := entriesAt(ctx, l, some, "TRUE", nil)
		for _, p := range some {
			switch e, ok := found[p.id]; {
			case ok && (p.madeAt != e.MadeAt.Unix() || p.hash != placeHash(e.Server, e.Record)):
				return errDigest
			case done[p.hash]:
				continue
			case ok && f.counts(*e):
				chosen = append(chosen, e)
				fallthrough
			case ok && !f.names(*e):
				done[p.hash] = true
				delete(passedOver, p.hash)
			case !ok && err == nil && there:
				err = errDigest
			default:
				passedOver[p.hash] = p
			}
		}
		some = some[:0]
		return err
	}
	for _, p := range all {
		if done[p.hash] {
			continue
		}
		if some = append(some, p); len(some) == portion {
			if err := read(); err != nil {
				return nil, nil, err
			}
		}
	}
	return chosen, passedOver, read()
}
