package ledger

import (
	"context"
	"hash/maphash"
	"iter"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// historyEntries is [Ledger.History].
func historyEntries(ctx context.Context, l *Ledger, f Filter) iter.Seq2[Entry, error] {
	if f.Latest {
		return values(historyLatest(ctx, l, f))
	}
	return func(yield func(Entry, error) bool) {
		count := 0
		next := func(e Entry, err error) bool {
			if err == nil && (!f.hasType(&e) || !f.hasVersion(&e) || !f.names(&e)) {
				return true
			}
			count++
			return yield(e, err) && count != f.Limit
		}
		where, args := f.condition(l.db.SQL())
		if f.Package != "" && !f.respelled() {
			historyOfPackage(ctx, l, f, where, args, next)
			return
		}
		eachPage(ctx, l, where, args, true, next)
	}
}

// values are the entries themselves.
func values(all iter.Seq2[*Entry, error]) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for e, err := range all {
			if err != nil {
				e = &Entry{}
			}
			if !yield(*e, err) {
				return
			}
		}
	}
}

// historyLatest yields the newest of each package and target. Version, status and start narrow the
// list afterwards: otherwise a version that was replaced by another would be called the latest.
func historyLatest(ctx context.Context, l *Ledger, f Filter) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		all, err := latestEntries(ctx, l, f)
		types := map[Feed]ecosystem.Type{}
		if err == nil {
			types, err = feedTypes(ctx, l)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		seen, count := newNewest(len(all)), 0
		for i, e := range all {
			all[i] = nil // the caller may change it from here on
			if e.Type == "" && len(types) > 0 {
				e.Type = types[e.Feed().fold()]
			}
			if seen.has(e) || f.Status != "" && f.Status != e.Status || !f.covers(e.MadeAt.Unix()) || !f.hasType(e) || !f.hasVersion(e) {
				continue
			}
			count++
			if !yield(e, nil) || count == f.Limit {
				return
			}
		}
	}
}

// condition is the filter in SQL. Time ranges are half open, so that "until" a date, which is a
// whole day, means what people expect.
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
	add("type IN ('', ?)", f.respelled(), string(f.Type))
	add("(lower(version) = ? OR type <> '')", f.Version != "" && f.Type == "", lower(f.Version))
	term, values := f.packageCondition()
	add(term, true, values...)
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

// packageCondition is what [Filter.names] says of the package, in SQL, as far as names compare
// there.
func (f Filter) packageCondition() (string, []any) {
	const packageIs, groupIs = "lower(package) = ?", "lower(ltrim(grp, '@')) = ?"
	term, values := "TRUE", []any(nil)
	if f.Package != "" && !f.respelled() {
		term, values = packageIs, append(values, lower(f.Package))
	}
	switch {
	case f.Group != "":
		term, values = term+" AND "+groupIs, append(values, lower(strings.TrimLeft(f.Group, "@")))
	case f.noGroup():
		term += " AND grp = ''"
	}
	for _, s := range f.otherSpellings() {
		term, values = term+" OR "+packageIs+" AND "+groupIs, append(values, lower(s.name), lower(s.group))
	}
	return "(" + term + ")", values
}

// lower is the text with its ASCII letters in lower case, as the database's lower does with these
// columns.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// historyOfPackage yields the records of one package, newest first: the digest says which ones to
// read.
func historyOfPackage(ctx context.Context, l *Ledger, f Filter, where string, args []any, yield func(Entry, error) bool) {
	wanted := f.packageHashes()
	var all []place
	err := withDigest(ctx, l, func() error {
		all = nil
		return eachPlace(ctx, l, func(p place) {
			if slices.Contains(wanted, p.hash&packageBits) && f.covers(p.madeAt) {
				all = append(all, p)
			}
		})
	})
	if err != nil {
		yield(Entry{}, err)
		return
	}
	newestFirst(all)
	for some := range slices.Chunk(all, portion) {
		entries, err := entriesAt(ctx, l, some, where, args)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		found := byID(entries)
		for _, p := range some {
			if e, ok := found[p.id]; ok && !yield(*e, nil) {
				return
			}
		}
	}
}

// running is [Ledger.Running].
func running(ctx context.Context, l *Ledger, f Filter) iter.Seq2[*Entry, error] {
	narrow := f
	f.Latest, f.Application, f.Feed, f.Version, f.Status, f.Limit = true, "", "", "", "", 0
	return func(yield func(*Entry, error) bool) {
		for e, err := range historyLatest(ctx, l, f) {
			if err == nil && (e.Status == Retired || !narrow.counts(e) || !narrow.hasVersion(e)) {
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// newest are the packages and targets of which an entry was seen, reading from the newest. What can
// run beside each other is kept apart: packages of different servers and types. The entries are of
// different places, so those without a type, because they are older or it was unknown, are of no
// package that was seen.
type newest struct {
	seed maphash.Seed
	seen map[uint64]struct{} // hashes of names
}

// names identify a package and a target.
type names struct {
	server, pkg, target string
	kind                ecosystem.Type
}

// newNewest allocates for a number of entries.
func newNewest(entries int) newest {
	return newest{maphash.MakeSeed(), make(map[uint64]struct{}, entries)}
}

// has reports whether a newer entry of e's package and target was seen, and notes e.
func (n newest) has(e *Entry) bool {
	if e.Type == "" {
		return false
	}
	r := &e.Record
	hash := maphash.Comparable(n.seed, names{
		e.Server, ecosystem.PackageKey(e.Type, r.GroupName, r.PackageName), strings.ToLower(r.Target), e.Type,
	})
	_, seen := n.seen[hash]
	n.seen[hash] = struct{}{}
	return seen
}
