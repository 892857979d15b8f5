package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client"
)

// checkKey asks for what every key should be allowed to, and changes nothing.
func (e examination) checkKey() *check {
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
		return doubt(name, from+"; can't check whether they may query promotions: "+errorMessageOf(err), remedyOf(err))
	case s.KeyFrom != "" && e.anyoneMayQuery():
		return doubt(name, from+", but anonymous users may query promotions too, so they can't be verified",
			"check the permissions of Anonymous in ProGet")
	}
	return fine(name, from+"; can query promotions")
}

// mayQuery asks for the promotions of a name that no package has: the answer is short.
func mayQuery(ctx context.Context, asker *client.Client) error {
	for _, err := range asker.Promotions.List(ctx, client.PromotionQuery{Package: "progetctl-doctor"}) {
		return err
	}
	return nil
}

// anyoneMayQuery reports whether anonymous users may query: a fresh ProGet makes them
// administrators, and accepts any wrong key.
func (e examination) anyoneMayQuery() bool {
	stranger, err := e.server.Anonymous()
	return err == nil && mayQuery(e.ctx, stranger) == nil
}

// checkFeed looks at a feed: "feed" is whether it exists, "records" whether it stores deployment
// records.
func (e examination) checkFeed(feed string) []*check {
	if feed == "" {
		const why, remedy = "no feed was given", "name a feed with --feed"
		return []*check{skip("feed", why, remedy), skip("records", why, remedy)}
	}
	s := e.server
	info, infoErr := s.Feeds.Info(e.ctx, feed)
	settings, err := s.Feeds.Settings(e.ctx, feed)
	exists := e.checkFeedType(feed, info, infoErr, err)
	if exists.Status == checkFailure && err != nil {
		return []*check{exists, skip("records", "the feed can't be read", "")}
	}
	return []*check{exists, checkRecords(feed, settings, err)}
}

func (e examination) checkFeedType(feed string, info client.Feed, err, settingsErr error) *check {
	const name = "feed"
	switch {
	case err == nil:
		return fine(name, fmt.Sprintf("%s exists and is readable (%s)", feed, info.Type))
	case client.KindOf(err) == client.KindNotFound && settingsErr == nil:
		return doubt(name, feed+" exists, but the server can't report its type", "pass --type to `progetctl feed get`; ProGet reports types since 2023")
	case client.KindOf(err) == client.KindAuth:
		return fault(name, e.server.WithCredentialHint(err))
	case client.KindOf(err) == client.KindNotFound:
		if missing, _ := e.server.MissingFeed(e.ctx, feed, err); missing != nil {
			return &check{Check: name, Status: checkFailure, Message: missing.Error(), Remedy: remedyOf(missing), kind: client.KindNotFound}
		}
		k := fault(name, err)
		k.Remedy = "check the name of the feed; ProGet before 2023 can't be asked"
		return k
	}
	return fault(name, err)
}

// checkRecords reports whether a record would be stored. Settings that may not be read are not a
// failure, because few keys may read them.
func checkRecords(feed string, settings client.FeedSettings, err error) *check {
	const name = "records"
	const look = "check the feed's settings in ProGet: Deployment Records"
	switch {
	case client.KindOf(err) == client.KindAuth:
		return doubt(name, "these credentials may not read the settings of "+feed, look)
	case err != nil:
		return doubt(name, "can't read the settings of "+feed+": "+errorMessageOf(err), look)
	case settings.RecordsEnabled == nil:
		return doubt(name, "the server doesn't report whether "+feed+" stores deployment records", look)
	case !*settings.RecordsEnabled:
		return &check{
			Check: name, Status: checkFailure, Message: feed + " doesn't store deployment records", kind: client.KindRejected,
			Remedy: "turn on deployment records in the feed's settings in ProGet",
		}
	}
	return fine(name, feed+" stores deployment records")
}

// errorMessageOf is an error without the request that it came from, which the check names.
func errorMessageOf(err error) string {
	if e, ok := errors.AsType[*client.Error](err); ok {
		return strings.TrimSuffix(e.Message+": "+e.Server, ": ")
	}
	return err.Error()
}
