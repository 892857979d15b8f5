package promotions

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// query is what is asked: the package, the feeds, and a window of dates. The server can be asked
// for one feed of each kind; the rest is filtered here.
type query struct {
	pkg              cli.Package
	fromFeed, toFeed []string
	since, until     time.Time
	// ungrouped takes a package without a group for one that has none.
	ungrouped bool
}

// declare declares the filters that all questions share.
func (q *query) declare(f *cli.Flags) {
	f.PackageFilter(&q.pkg, false)
	f.Check(func(*cli.Problems) {
		// A package URL without a namespace says that there is none.
		q.ungrouped = q.ungrouped || q.pkg.URL != ""
	})
}

// declareFeeds declares the feeds of a list.
func (q *query) declareFeeds(f *cli.Flags) {
	f.Group("Filter")
	f.Feeds(&q.fromFeed, cli.Flag{Name: "from-feed", Usage: "only promotions from this feed"})
	f.Feeds(&q.toFeed, cli.Flag{Name: "to-feed", Usage: "only promotions to this feed"})
}

// declarePeriod declares the window of dates.
func (q *query) declarePeriod(f *cli.Flags) {
	f.Group("Filter")
	f.Period(&q.since, &q.until,
		cli.Flag{Usage: "only promotions since this date, or within this long: 2026-11-21, today, 24h, 7d"},
		cli.Flag{Usage: "only promotions up to this date; a date without a time is the whole day, UTC"})
}

// String says in words what is asked.
func (q query) String() string { return q.subject() + q.conditions() }

// waitedFor says what check --wait waits for.
func (q query) waitedFor() string { return q.subject() + " to be promoted" + q.conditions() }

// subject is what may have been promoted.
func (q query) subject() string {
	what := "anything"
	switch {
	case q.pkg.Name != "":
		what = ecosystem.JoinName(q.pkg.Type, q.pkg.Group, q.pkg.Name)
	case q.pkg.Group != "":
		what = "packages of " + q.pkg.Group
	}
	return strings.TrimSpace(what + " " + q.pkg.Version)
}

// conditions are where it was promoted from and to, and when.
func (q query) conditions() string {
	var text strings.Builder
	for _, w := range []struct{ word, value string }{
		{"from", strings.Join(q.fromFeed, " or ")}, {"to", strings.Join(q.toFeed, " or ")},
		{"since", cli.SentenceDate(q.since)}, {"until", cli.SentenceDate(q.until)},
	} {
		if w.value != "" {
			text.WriteString(" " + w.word + " " + w.value)
		}
	}
	return text.String()
}

// wire is the part of the query that the server is asked.
func (q query) wire() client.PromotionQuery {
	wire := client.PromotionQuery{
		Group: q.pkg.Group, Package: q.pkg.Name, Version: q.pkg.Version, Type: q.pkg.Type, Ungrouped: q.ungrouped,
	}
	if len(q.fromFeed) == 1 {
		wire.FromFeed = q.fromFeed[0]
	}
	if len(q.toFeed) == 1 {
		wire.ToFeed = q.toFeed[0]
	}
	return wire
}

func (q query) windowed() bool { return !q.since.IsZero() || !q.until.IsZero() }

// holds reports whether a promotion matches the feeds and the window. A date that cannot be read
// lies in no window, because a gate must not open on a doubt.
func (q query) holds(p client.Promotion) bool {
	if !isOneOf(p.FromFeed, q.fromFeed) || !isOneOf(p.ToFeed, q.toFeed) {
		return false
	}
	if !q.windowed() {
		return true
	}
	return !p.Date.IsZero() && !p.Date.Before(q.since) && (q.until.IsZero() || !p.Date.After(q.until))
}

// isOneOf reports whether a feed is among those that were named; none is any.
func isOneOf(feed string, named []string) bool {
	return len(named) == 0 || slices.ContainsFunc(named, func(name string) bool { return client.SameFeed(name, feed) })
}

// reader asks the query, and counts what it could not date.
type reader struct {
	server  *cli.Server
	query   query
	undated int
	seen    seenFeeds
}

// packages yields what matches the query, in the server's order and in constant memory. The
// promotions of a package are valid until the next one.
func (r *reader) packages(ctx context.Context) iter.Seq2[promotedPackage, error] {
	return func(yield func(promotedPackage, error) bool) {
		r.undated = 0
		for p, err := range r.server.Promotions.List(ctx, r.query.wire()) {
			if err != nil {
				yield(p, r.server.WithCredentialHint(err))
				return
			}
			if p.Promotions = r.filter(p.Promotions); len(p.Promotions) > 0 && !yield(p, nil) {
				return
			}
		}
	}
}

func (r *reader) filter(promotions []client.Promotion) []client.Promotion {
	kept := promotions[:0]
	for _, p := range promotions {
		r.seen.add(p, r.query.fromFeed, r.query.toFeed)
		if p.Date.IsZero() {
			r.undated++
		}
		if r.query.holds(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// warn says how many promotions have no date.
func (r *reader) warn(io *cli.IO) {
	if r.undated == 0 {
		return
	}
	consequence := ""
	if r.query.windowed() {
		consequence = "; left out, because it is unknown whether they lie between --since and --until"
	}
	io.Warn("%s no date that can be read%s", cli.Plural(r.undated, "promotion has", "promotions have"), consequence)
}
