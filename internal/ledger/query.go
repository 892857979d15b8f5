package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"hash/maphash"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// pending is the condition of what a flush or a person has still to settle: an open state that nobody is changing.
func (l *Ledger) pending() string {
	return openStates + " AND id NOT IN (" + l.db.SQL().InFlight + ")"
}

// Pending yields what a flush or a person has still to settle, of all servers, oldest first: queued, uncertain, and what a flush saw
// refused (failed). Other methods may be called while it runs.
func (l *Ledger) Pending(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		l.pages(ctx, l.pending(), nil, false, yield)
	}
}

// Backlog counts what is pending at one server.
type Backlog struct {
	Server                     string
	Queued, Uncertain, Refused int
	// Planned were written down by processes that ended before they sent them: nobody will, unless their input is given
	// again.
	Planned int
}

// abandonedPlans selects the servers and states of what nobody will send.
func (l *Ledger) abandonedPlans() string {
	return "SELECT d.server, d.state FROM " + l.db.SQL().Abandoned + " AND d.state = 'planned' AND d.owner NOT IN (SELECT id FROM owner)"
}

// Backlogs counts what is pending, by server, in the order of their addresses.
func (l *Ledger) Backlogs(ctx context.Context) (all []Backlog, err error) {
	err = l.read(ctx, func(t *txn) error {
		return t.each(func(rows *sql.Rows) error {
			var b Backlog
			err := rows.Scan(&b.Server, &b.Queued, &b.Uncertain, &b.Refused, &b.Planned)
			all = append(all, b)
			return err
		}, `SELECT server, count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'uncertain'),
				count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE state = 'planned') FROM (
				SELECT server, state FROM deployment WHERE `+l.pending()+` UNION ALL `+l.abandonedPlans()+`) AS waiting
			GROUP BY server ORDER BY server`)
	})
	return all, err
}

// Filter says which entries [Ledger.History] yields: those that meet everything that is given. Names compare without
// regard to the case of ASCII letters, a group with or without its @.
type Filter struct {
	Application, Target, Feed, Group, Package, Version string
	// Type is that of Package if it is known. Versions compare by the rules of its ecosystem, or of the entry's own.
	Type ecosystem.Type

	Server string // in the form of [Server]
	Status Status
	Since  time.Time // made at this time or later
	Until  time.Time // made before this time
	Limit  int       // 0 is no limit
	// Latest is the newest of each package (server, type or, where that is not known, feed, group and name) and target,
	// among what was recorded, queued, uncertain or retired, chosen before Version, Status and Since narrow the list.
	Latest bool
}

// History yields entries of all kinds, newest first, in constant memory (of one package: 32 bytes for each record of it;
// with Latest: in proportion to the packages and targets). Other methods may be called while it runs.
func (l *Ledger) History(ctx context.Context, f Filter) iter.Seq2[Entry, error] {
	if f.Latest {
		return l.historyLatest(ctx, f)
	}
	return func(yield func(Entry, error) bool) {
		count := 0
		next := func(e Entry, err error) bool {
			if err == nil && !f.hasVersion(e) {
				return true
			}
			count++
			return yield(e, err) && count != f.Limit
		}
		where, args := f.condition(l.db.SQL())
		if f.Package != "" {
			l.ofPackage(ctx, f, where, args, next)
			return
		}
		l.pages(ctx, where, args, true, next)
	}
}

// historyLatest yields the newest of each package and target. Version, status and beginning narrow the list afterwards:
// else a version that another one followed would be called the latest.
func (l *Ledger) historyLatest(ctx context.Context, f Filter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		all, err := l.latest(ctx, f)
		types := map[Feed]ecosystem.Type{}
		if err == nil {
			types, err = l.feedTypes(ctx)
		}
		if err != nil {
			yield(Entry{}, err)
			return
		}
		seen, count := newNewest(len(all)), 0
		for i := range all {
			e := *all[i]
			all[i] = nil // it is the caller's from here on
			if e.Type == "" && len(types) > 0 {
				e.Type = types[e.Feed().fold()]
			}
			if seen.has(e) || f.Status != "" && f.Status != e.Status || !f.covers(e.MadeAt.Unix()) || !f.hasVersion(e) {
				continue
			}
			count++
			if !yield(e, nil) || count == f.Limit {
				return
			}
		}
	}
}

// hasVersion compares by the rules of the ecosystem if the type is known.
func (f Filter) hasVersion(e Entry) bool {
	t := cmp.Or(f.Type, e.Type)
	return f.Version == "" || strings.EqualFold(e.Record.Version, f.Version) ||
		t != "" && ecosystem.SameVersion(t, e.Record.Version, f.Version)
}

// newest are the packages and targets of which an entry was seen, reading from the newest. What can run beside each other
// is told apart: packages of different servers and types. Where one of two entries has no type, because it is older or
// nobody could tell, the two are of one package if they share the feed.
type newest struct {
	seed maphash.Seed
	seen map[uint64]struct{} // hashes of names
}

// names are what tells packages and targets apart.
type names struct{ server, group, pkg, target, property, value string }

// newNewest expects a number of entries.
func newNewest(entries int) newest {
	return newest{maphash.MakeSeed(), make(map[uint64]struct{}, entries)}
}

// has reports whether a newer entry of e's package and target was seen, and notes e.
func (n newest) has(e Entry) bool {
	r := e.Record
	name := names{
		e.Server, strings.ToLower(strings.TrimPrefix(r.GroupName, "@")), strings.ToLower(r.PackageName), strings.ToLower(r.Target),
		"feed", strings.ToLower(r.FeedName),
	}
	seen := n.note(name)
	if e.Type != "" {
		name.property, name.value = "type", string(e.Type)
		seen = n.note(name) || seen
	}
	return seen
}

// note remembers names, and reports whether they were there.
func (n newest) note(name names) bool {
	hash := maphash.Comparable(n.seed, name)
	_, seen := n.seen[hash]
	n.seen[hash] = struct{}{}
	return seen
}

// condition is the filter in SQL; times are half open, as people mean "until" with a date that stands for a whole day.
func (f Filter) condition(d engine.Dialect) (string, []any) {
	terms, args := []string{"TRUE"}, []any{}
	add := func(term string, given bool, values ...any) {
		if given {
			terms, args = append(terms, term), append(args, values...)
		}
	}
	add("lower(application) = ?", f.Application != "", lower(f.Application))
	add("lower(target) = ?", f.Target != "", lower(f.Target))
	add("lower(feed) = ?", f.Feed != "", lower(f.Feed))
	add("lower(package) = ?", f.Package != "", lower(f.Package))
	add("(lower(version) = ? OR type <> '')", f.Version != "" && f.Type == "", lower(f.Version))
	add("lower(ltrim(grp, '@')) = ?", f.Group != "", lower(strings.TrimLeft(f.Group, "@")))
	add("server = ?", f.Server != "", f.Server)
	add("made_at >= ?", !f.Since.IsZero(), ceil(f.Since))
	add("made_at < ?", !f.Until.IsZero(), ceil(f.Until))
	if f.Status != "" {
		var wanted []any
		for _, s := range states(f.Status) {
			wanted = append(wanted, s)
		}
		add(stateNow(d)+" IN ("+marks(len(wanted))+")", true, wanted...)
	}
	return strings.Join(terms, " AND "), args
}

// lower is the text with its ASCII letters in lower case, as the databases' own lower does with these columns.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// ceil is the first whole second that is not before t.
func ceil(t time.Time) int64 { return t.Add(time.Second - time.Nanosecond).Unix() }

// cursor is a place in the order of time.
type cursor struct {
	madeAt int64
	id     string
}

func first() cursor { return cursor{madeAt: math.MinInt64} }

// last is behind every id, whose letters all sort before "~".
func last() cursor { return cursor{madeAt: math.MaxInt64, id: "~"} }

// pages yields rows in the order of time, a page at a time: the ledger has one connection, and whoever is in the middle
// of a list must be able to settle what he reads.
func (l *Ledger) pages(ctx context.Context, where string, args []any, down bool, yield func(Entry, error) bool) {
	const page = 500 // rows; some 300 KB
	at, order := first(), "AND (made_at, id) > (?, ?) ORDER BY made_at, id LIMIT ?"
	if down {
		at, order = last(), "AND (made_at, id) < (?, ?) ORDER BY made_at DESC, id DESC LIMIT ?"
	}
	query := "SELECT " + columns(l.db.SQL()) + " FROM deployment WHERE " + where + " " + order
	for {
		entries, err := l.page(ctx, page, query, append(args[:len(args):len(args)], at.madeAt, at.id, page))
		if err != nil {
			yield(Entry{}, err)
			return
		}
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
			at = cursor{e.MadeAt.Unix(), e.ID}
		}
		if len(entries) < page {
			return
		}
	}
}

// page reads at most n entries.
func (l *Ledger) page(ctx context.Context, n int, query string, args []any) (entries []Entry, err error) {
	entries = make([]Entry, 0, n)
	s := newScanner()
	err = l.read(ctx, func(t *txn) error {
		return t.each(func(rows *sql.Rows) error {
			e, err := s.scan(rows)
			entries = append(entries, e)
			return err
		}, query, args...)
	})
	return entries, err
}
