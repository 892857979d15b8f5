package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"slices"
	"strings"
)

// portion is how many records one statement reads by their ids, or the next multiple of it.
const portion = 1000

// text is the id as the table has it.
func (p place) text() string {
	return encodeID(binary.BigEndian.Uint64(p.id[:]), binary.BigEndian.Uint64(p.id[8:]))
}

// newestFirst sorts places as a history has them.
func newestFirst(all []place) {
	slices.SortFunc(all, func(a, b place) int { return b.compare(a) })
}

// entriesAt reads the records of some places, at most a few portions, that meet a condition.
func entriesAt(ctx context.Context, l *Ledger, some []place, where string, args []any) ([]*Entry, error) {
	ids := make([]any, 0, len(some)+portion+len(args))
	for _, p := range slices.Backward(some) { // SQLite sorts them: it takes those that ascend at their end
		ids = append(ids, p.text())
	}
	for len(ids)%portion != 0 { // few statements for all numbers
		ids = append(ids, ids[0])
	}
	found := make([]*Entry, 0, len(some))
	s := newScanner()
	err := l.read(ctx, func(t *txn) error {
		return t.each(func(rows *sql.Rows) error {
			e, err := s.scan(rows)
			found = append(found, &e)
			return err
		}, "SELECT "+t.columns()+" FROM deployment WHERE id IN ("+marks(len(ids))+") AND "+where, append(ids, args...)...)
	})
	return found, err
}

// byID are entries by the 128 bits of their ids.
func byID(entries []*Entry) map[[16]byte]*Entry {
	found := make(map[[16]byte]*Entry, len(entries))
	var id [16]byte
	for _, e := range entries {
		found[[16]byte(appendID(id[:0], e.ID))] = e
	}
	return found
}

// latestEntries reads the newest record of each place that matches names and that may have changed
// its target, newest first. The memory depends on the number of places, not of records.
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
	choice := choice{open: map[uint64]place{}}
	if err := choice.first(ctx, l, f, all); err != nil || len(choice.open) == 0 {
		return choice.chosen, err
	}
	// A record that the server refused, or that was never sent, must not hide the one before it.
	var before []place
	err := eachPlace(ctx, l, f.placesOf(func(p place) {
		if top, open := choice.open[p.hash]; open && p.compare(top) < 0 {
			before = append(before, p)
		}
	}))
	if err != nil {
		return nil, err
	}
	newestFirst(before)
	err = choice.next(ctx, l, f, before)
	slices.SortFunc(choice.chosen, func(a, b *Entry) int {
		return cmp.Or(b.MadeAt.Compare(a.MadeAt), strings.Compare(b.ID, a.ID))
	})
	return choice.chosen, err
}

// newestPlaces is a hash table with the newest place of each hash; its size is a power of two, and
// a collision takes the next free slot. A map takes four times as long for each record of the
// ledger.
type newestPlaces struct {
	table   []place // an empty one has no id
	used    int
	waiting []place // to be noted
}

// placesAtOnce are noted together.
const placesAtOnce = 32

// add collects a place, to be noted with others.
func (n *newestPlaces) add(p place) {
	if n.waiting = append(n.waiting, p); len(n.waiting) == placesAtOnce {
		n.note()
	}
}

// note notes the collected places. Most replace one in the table, which is larger than the
// processor's caches. Looking up several in a row takes less than half of the time, because the
// processor fetches them from memory concurrently.
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

// slot is where the place of a hash is, or where to put it.
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

// all returns the places in any order, without the table, which may take four times as much memory.
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
	wanted, all := f.packageHashes(), f.Package == "" || f.respelled()
	return func(p place) {
		if (all || slices.Contains(wanted, p.hash&packageBits)) && (f.Until.IsZero() || p.madeAt < ceil(f.Until)) {
			next(p)
		}
	}
}

// choice is the newest record that counts of each place.
type choice struct {
	chosen []*Entry
	// open are the places of which none was found yet, with the one that was looked at first.
	open map[uint64]place
}

// first looks at the newest record of each place. Without an end of time, each must be there: a
// prune, which may be at work, removes none that is the newest.
func (c *choice) first(ctx context.Context, l *Ledger, f Filter, all []place) error {
	type read struct {
		places  []place
		entries []*Entry
	}
	return beside(func(send func(read)) error {
		for some := range slices.Chunk(all, 4*portion) { // a tenth faster than one
			entries, err := entriesAt(ctx, l, some, "TRUE", nil)
			if err != nil {
				return err
			}
			send(read{some, entries})
		}
		return nil
	}, func(r read) error {
		found, err := matched(r.places, r.entries)
		if err != nil {
			return err
		}
		for _, p := range r.places {
			switch e := found[p.id]; {
			case e == nil && f.Until.IsZero():
				return errDigest
			case e != nil && f.counts(e):
				c.chosen = append(c.chosen, e)
			case e == nil || f.names(e):
				c.open[p.hash] = p
			}
		}
		return nil
	})
}

// next looks at former records of the open places, newest first, until it finds one that counts.
func (c *choice) next(ctx context.Context, l *Ledger, f Filter, before []place) error {
	some := make([]place, 0, portion)
	for i, p := range before {
		if _, open := c.open[p.hash]; open {
			some = append(some, p)
		}
		if len(some) == 0 || len(some) < portion && i < len(before)-1 {
			continue
		}
		entries, err := entriesAt(ctx, l, some, "TRUE", nil)
		if err != nil {
			return err
		}
		found, err := matched(some, entries)
		if err != nil {
			return err
		}
		for _, p := range some {
			_, open := c.open[p.hash]
			switch e := found[p.id]; {
			case e == nil || !open:
				continue
			case f.counts(e):
				c.chosen = append(c.chosen, e)
				delete(c.open, p.hash)
			case !f.names(e):
				delete(c.open, p.hash)
			}
		}
		some = some[:0]
	}
	return nil
}

// matched are entries by their ids. Each must be of its place.
func matched(some []place, entries []*Entry) (map[[16]byte]*Entry, error) {
	found := byID(entries)
	for _, p := range some {
		if e := found[p.id]; e != nil && (p.madeAt != e.MadeAt.Unix() || p.hash != placeHash(e.Server, e.Record)) {
			return nil, errDigest
		}
	}
	return found, nil
}

// beside calls take, in another goroutine, on each value that read sends, in order: the database
// and the work on what was read use a processor each. An error of take is returned after read has
// ended, and take is not called again.
func beside[T any](read func(send func(T)) error, take func(T) error) error {
	values, taken := make(chan T, 1), make(chan error, 1)
	go func() {
		var err error
		for v := range values {
			if err == nil {
				err = take(v)
			}
		}
		taken <- err
	}()
	err := read(func(v T) { values <- v })
	close(values)
	return cmp.Or(<-taken, err)
}
