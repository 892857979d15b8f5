package deploy

import (
	"context"
	"fmt"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
)

// learnTypes asks for the types of the feeds whose packages have none, once for each, and remembers
// them in the ledger. A feed that cannot be asked is a note. It reports whether a type was found.
func (f *running) learnTypes(ctx context.Context, l *ledger.Ledger) (learnt bool, err error) {
	feeds := f.untyped()
	if len(feeds) == 0 {
		return false, nil
	}
	server, address, why := f.asked(ctx)
	unknown := 0
	first := ""
	for _, feed := range feeds {
		reason := why
		if why == "" && feed.Server != address {
			reason = fmt.Sprintf("it is a feed of %s, and %s is the server that was asked", feed.Server, address)
		}
		if reason == "" {
			info, err := server.Feeds.Info(ctx, feed.Name)
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			if err == nil {
				learnt = f.learn(ctx, l, feed, info.Type) || learnt
				continue
			}
			reason = err.Error()
		}
		if unknown++; first == "" {
			first = fmt.Sprintf("%q: %s", feed.Name, reason)
		}
	}
	if unknown > 0 {
		f.notes = append(f.notes, fmt.Sprintf("%s packages cannot be compared; first error: %s",
			cli.Plural(unknown, "feed's type is unknown, so its", "feeds' types are unknown, so their"), first))
	}
	return learnt, nil
}

// untyped are the feeds of the rows without a type, in the order of the rows. A package URL gives
// its type to all of them.
func (f *running) untyped() (feeds []ledger.Feed) {
	if f.options.filter().Type != "" {
		return nil
	}
	seen := map[ledger.Feed]bool{}
	for _, r := range f.rows {
		if feed := r.Feed(); r.Type == "" && !seen[feed] {
			seen[feed] = true
			feeds = append(feeds, feed)
		}
	}
	return feeds
}

// asked is the server that can be asked, or why there is none: no server at all is needed for a
// ledger that has the types.
func (f *running) asked(ctx context.Context) (server *cli.Server, address, why string) {
	server, err := f.options.connect(ctx)
	if err != nil {
		return nil, "", err.Error()
	}
	address, err = ledger.Server(server.BaseURL())
	if err != nil {
		return nil, "", err.Error()
	}
	return server, address, ""
}

// learn stores the type of a feed in the ledger, and reports whether it could. If it can't be
// written, only the rows of this run have it.
func (f *running) learn(ctx context.Context, l *ledger.Ledger, feed ledger.Feed, t ecosystem.Type) bool {
	if l.Learn(ctx, feed, t) == nil {
		return true
	}
	for i := range f.rows {
		if f.rows[i].Type == "" && f.rows[i].Feed() == feed {
			f.rows[i].Type = t
		}
	}
	return false
}
