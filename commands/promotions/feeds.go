package promotions

import (
	"context"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// seenFeeds are those of the named feeds that some promotion leads to or from: they exist, or did.
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

// unknown asks for those of the feeds that no promotion was seen of. The error is that of one that
// the server does not have (exit 5), with the nearest name; a query alone would find nothing there,
// and look like an answer. A feed that cannot be asked for is named in a warning.
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
			missing, doubt := server.MissingFeed(ctx, feed, err)
			if missing != nil {
				return missing
			}
			if !doubt {
				continue
			}
		}
		io.Warn("cannot check whether the server has a feed %q: these credentials may not ask, or the server is older than ProGet 2023", feed)
	}
	return nil
}
