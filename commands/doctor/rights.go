package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// checkKey asks for what every key should be allowed to, and changes nothing.
func (e examination) checkKey() check {
	const name = "key"
	s := e.server
	from := "no credentials were given"
	if s.KeyFrom != "" {
		from = "credentials from " + s.KeyFrom
	}
	err := s.WithCredentialHint(mayQuery(e.ctx, s.Client))
	switch kind := client.KindOf(err); {
	case kind == client.KindAuth || kind == client.KindInterrupted:
		return fault(name, err)
	case err != nil:
		return doubt(name, from+"; whether they may query promotions cannot be told: "+errorMessageOf(err), remedyOf(err))
	case s.KeyFrom != "" && e.anyoneMayQuery():
		return doubt(name, from+"; anyone may query promotions here, so whether they are right cannot be told",
			"in ProGet, look at what Anonymous may do")
	}
	return fine(name, from+"; promotions may be queried")
}

// mayQuery asks for the promotions of a name that no package has: the answer is
// short.
func mayQuery(ctx context.Context, asker *client.Client) error {
	for _, err := range asker.Promotions.List(ctx, client.PromotionQuery{Package: "progetctl-doctor"}) {
		return err
	}
	return nil
}

// anyoneMayQuery tells whether the server lets in who has no credentials: a
// fresh ProGet makes them administrators, and takes any wrong key.
func (e examination) anyoneMayQuery() bool {
	stranger, err := e.server.Anonymous()
	return err == nil && mayQuery(e.ctx, stranger) == nil
}

// checkFeed looks at a feed: "feed" is whether it is there, "records" whether
// it keeps deployment records.
func (e examination) checkFeed(feed string) []check {
	if feed == "" {
		const remedy = "name a feed with --feed"
		return []check{doubt("feed", "none was named", remedy), doubt("records", "no feed was named", remedy)}
	}
	s := e.server
	info, infoErr := s.Feeds.Info(e.ctx, feed)
	settings, err := s.Feeds.Settings(e.ctx, feed)
	return []check{checkFeedType(s, feed, info, infoErr, err), checkRecords(feed, settings, err)}
}

func checkFeedType(s *cli.Server, feed string, info client.Feed, err, settingsErr error) check {
	const name = "feed"
	switch {
	case err == nil:
		return fine(name, fmt.Sprintf("%s is there, and may be used: its type is %s", feed, info.Type))
	case client.KindOf(err) == client.KindNotFound && settingsErr == nil:
		return doubt(name, feed+" is there, but the server cannot tell its type", "name it with --type; ProGet tells it from 2023 on")
	case client.KindOf(err) == client.KindAuth:
		return fault(name, s.WithCredentialHint(err))
	case client.KindOf(err) == client.KindNotFound:
		k := fault(name, err)
		k.Remedy = "check the name of the feed; ProGet before 2023 cannot be asked"
		return k
	}
	return fault(name, err)
}

// checkRecords tells whether a record would be kept. A server that may not be
// asked is no failure: few keys may look at settings.
func checkRecords(feed string, settings client.FeedSettings, err error) check {
	const name = "records"
	const look = "look at the feed's settings in ProGet: Deployment Records"
	switch {
	case client.KindOf(err) == client.KindAuth:
		return doubt(name, "these credentials may not look at the settings of "+feed, look)
	case err != nil:
		return doubt(name, "the settings of "+feed+" cannot be asked: "+errorMessageOf(err), look)
	case settings.RecordsEnabled == nil:
		return doubt(name, "the server does not tell whether "+feed+" keeps deployment records", look)
	case !*settings.RecordsEnabled:
		return check{
			Check: name, Status: checkFailure, Message: feed + " keeps no deployment records", kind: client.KindRejected,
			Remedy: "switch deployment records on in the feed's settings in ProGet",
		}
	}
	return fine(name, feed+" keeps deployment records")
}

// errorMessageOf is an error without the request that it came from, which a
// check has told already.
func errorMessageOf(err error) string {
	if e, ok := errors.AsType[*client.Error](err); ok {
		return strings.TrimSuffix(e.Message+": "+e.Server, ": ")
	}
	return err.Error()
}
