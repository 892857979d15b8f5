package promotions

import (
	"context"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/suggest"
)

// seenFeeds are those of the named feeds that some promotion leads to or from:
// they exist, or did.
type seenFeeds map[string]bool

func (s *seenFeeds) add(p client.Promotion, named ...[]string) {
	for _, feeds := range named {
		for _, feed := range feeds {
			if !(*s)[feed] && (client.SameFeed(feed, p.FromFeed) || client.SameFeed(feed, p.ToFeed)) {
				if *s == nil {
					*s = seenFeeds{}
				}
				(*s)[feed] = true
			}
		}
	}
}

// unknown asks for those of the feeds that no promotion was seen of. The error
// is that of one that the server does not have (exit 5), with the nearest name;
// a query alone would find nothing there, and look like an answer. A feed that
// cannot be asked for is named in a warning.
func (s seenFeeds) unknown(ctx context.Context, io *cli.IO, server *cli.Server, feeds ...string) error {
	for _, feed := range feeds {
		if s[feed] {
			continue
		}
		_, err := server.Feeds.Info(ctx, feed)
		switch client.KindOf(err) {
		case "":
			continue
		case client.KindInterrupted:
			return err
		case client.KindNotFound:
			known, doubt := knownFeeds(ctx, server, err)
			if doubt {
				break
			}
			if !isOneOf(feed, known) || len(known) == 0 {
				return unknownFeed(feed, known)
			}
			continue
		}
		io.Warn("cannot check whether the server has a feed %q: these credentials may not ask, or the server is older than ProGet 2023", feed)
	}
	return nil
}

// knownFeeds are the names of all feeds, none if they may not be listed. A 404
// that does not speak of a feed is doubtful without them: a server before 2023
// answers so to the question itself.
func knownFeeds(ctx context.Context, server *cli.Server, asked error) (names []string, doubt bool) {
	all, err := server.Feeds.List(ctx)
	if err != nil {
		e := cli.ClientError(asked)
		return nil, e == nil || !strings.Contains(strings.ToLower(e.Server), "feed")
	}
	for _, feed := range all {
		names = append(names, feed.Name)
	}
	return names, false
}

func unknownFeed(feed string, known []string) error {
	f := &cli.Failure{Kind: client.KindNotFound, Lines: []string{fmt.Sprintf("the server has no feed %q", feed)}}
	if near := suggest.Nearest(feed, known); len(near) > 0 {
		f.Hint = fmt.Sprintf("did you mean %s?", strings.Join(near, " or "))
	} else {
		f.Hint = "check the feed's name; these credentials may not list the feeds, or none has a similar name"
	}
	return f
}
