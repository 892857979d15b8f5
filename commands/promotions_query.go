package commands

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
)

// promotionFilters are the flags that narrow a question about promotions.
type promotionFilters struct {
	pkg   packageFlags
	texts [4]string
}

func (f *promotionFilters) register(cmd *cobra.Command) {
	f.pkg.register(cmd)
	for i, t := range []struct{ name, kind, usage string }{
		{"from-feed", "FEED", "only promotions from this feed"},
		{"to-feed", "FEED", "only promotions to this feed"},
		{"since", "WHEN", "only promotions at or after this date, or that long ago: 2026-11-21, 24h, 7d"},
		{"until", "WHEN", "only promotions at or before this date; a date alone is its whole day, UTC"},
	} {
		cmd.Flags().Var(rawValue{&f.texts[i], t.kind}, t.name, t.usage)
	}
}

// promotionQuestion is what is asked: the query for the server, and a window of
// dates, which the server cannot be asked for.
type promotionQuestion struct {
	client.PromotionQuery
	since, until time.Time
}

// promotionQuestion reads the filters.
func (c *call) promotionQuestion(required ...string) promotionQuestion {
	pkg, purl := c.identity()
	c.requireIdentity(required...)
	q := promotionQuestion{PromotionQuery: client.PromotionQuery{
		FromFeed: c.setting("from-feed").text, ToFeed: c.setting("to-feed").text,
		Group: pkg.Group, Package: pkg.Name, Version: pkg.Version, Type: pkg.Type,
		// A package URL without a namespace says that there is none.
		Ungrouped: purl,
	}}
	q.since, q.until = c.period(c.setting("since"), c.setting("until"))
	return q
}

// String says in words what is asked.
func (q promotionQuestion) String() string {
	var words []string
	switch {
	case q.Package != "":
		words = append(words, ecosystem.JoinName(q.Type, q.Group, q.Package))
	case q.Group != "":
		words = append(words, "packages of "+q.Group)
	default:
		words = append(words, "anything")
	}
	if q.Version != "" {
		words = append(words, q.Version)
	}
	for _, w := range []struct{ word, value string }{
		{"from", q.FromFeed}, {"to", q.ToFeed}, {"since", shownDate(q.since)}, {"until", shownDate(q.until)},
	} {
		if w.value != "" {
			words = append(words, w.word, w.value)
		}
	}
	return strings.Join(words, " ")
}

func (q promotionQuestion) windowed() bool { return !q.since.IsZero() || !q.until.IsZero() }

// holds tells whether a date lies in the window. One that cannot be read lies
// in none, for a gate must not open on a doubt.
func (q promotionQuestion) holds(date time.Time) bool {
	if !q.windowed() {
		return true
	}
	return !date.IsZero() && !date.Before(q.since) && (q.until.IsZero() || !date.After(q.until))
}

// promotionReader asks the question and counts what it could not date.
type promotionReader struct {
	question promotionQuestion
	undated  int
}

// packages yields what matches the question, in the server's order and in
// constant memory. The promotions of a package are good until the next one.
func (r *promotionReader) packages(ctx context.Context, s *server) iter.Seq2[promotedPackage, error] {
	return func(yield func(promotedPackage, error) bool) {
		for p, err := range s.Promotions.List(ctx, r.question.PromotionQuery) {
			if err != nil {
				yield(p, s.WithCredentialHint(err))
				return
			}
			if p.Promotions = r.filter(p.Promotions); len(p.Promotions) > 0 && !yield(p, nil) {
				return
			}
		}
	}
}

func (r *promotionReader) filter(promotions []client.Promotion) []client.Promotion {
	kept := promotions[:0]
	for _, p := range promotions {
		if p.Date.IsZero() {
			r.undated++
		}
		if r.question.holds(p.Date) {
			kept = append(kept, p)
		}
	}
	return kept
}

// warn says how many promotions have no date.
func (r *promotionReader) warn(c *call) {
	if r.undated == 0 {
		return
	}
	consequence := ""
	if r.question.windowed() {
		consequence = ": left out, for nobody knows whether they lie between --since and --until"
	}
	c.warn("%s no date that can be read%s", plural(r.undated, "promotion has", "promotions have"), consequence)
}
