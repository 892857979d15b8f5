package promotions

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// versionKey stands for a version of a package: a feed may have a million of them, and whole keys
// would take the memory.
type versionKey [16]byte

func versionKeyOf(t ecosystem.Type, group, name, version string) versionKey {
	pkg := ecosystem.PackageKey(t, group, name)
	// With its length in front, no name can go on as another one's version.
	sum := sha256.Sum256([]byte(strconv.Itoa(len(pkg)) + ":" + pkg + ecosystem.VersionKey(t, version)))
	return versionKey(sum[:len(versionKey{})])
}

// arrivals are the promotions into a feed, the newest of each version.
type arrivals struct {
	wordList
	feed   client.Feed
	newest []arrival
	known  map[versionKey]uint32 // indexes in newest
}

// arrival is a promotion without what its key and feed say.
type arrival struct {
	date, id   int64 // seconds since 1970, undated for none
	from, user uint32
	comments   string
}

// arrivalBytes estimates what is held for each promotion, in bytes.
const arrivalBytes = 112

// gatherArrivals asks for the promotions into the feed. A Free server has none, and what it answers
// says nothing of the time before it was one.
func gatherArrivals(ctx context.Context, io *cli.IO, o auditOptions, feed client.Feed) (*arrivals, error) {
	r := &reader{server: o.server, query: o.query}
	// Versions are compared here, and whether the feed has the type is known.
	r.query.pkg.Version, r.query.pkg.Type = "", ""
	a := &arrivals{feed: feed, known: map[versionKey]uint32{}}
	for p, err := range r.packages(ctx) {
		if err != nil {
			return nil, missingPart(err, "the promotions into "+feed.Name)
		}
		if err := a.add(p); err != nil {
			return nil, err
		}
	}
	if freeEdition(o.server) {
		return nil, &cli.Failure{Kind: client.KindUnavailable, Lines: []string{noPromotions}}
	}
	return a, r.checkFeeds(ctx, io)
}

// add keeps the promotions of a package version that are newer than those it has. It is an error
// when there are more than fit.
func (a *arrivals) add(p promotedPackage) error {
	group, name := p.Group, p.Name
	if group == "" {
		group, name = ecosystem.SplitName(a.feed.Type, name)
	}
	key := versionKeyOf(a.feed.Type, group, name, p.Version)
	for _, promotion := range p.Promotions {
		date := int64(undated)
		if !promotion.Date.IsZero() {
			date = promotion.Date.Unix()
		}
		at, known := a.known[key]
		switch {
		case !known:
			at = uint32(len(a.newest))
			a.known[key], a.newest = at, append(a.newest, arrival{})
			a.held += arrivalBytes
		case a.newest[at].date >= date:
			continue
		}
		a.held += len(promotion.Comments) - len(a.newest[at].comments)
		a.newest[at] = arrival{date, promotion.ID, a.word(promotion.FromFeed), a.word(promotion.User), promotion.Comments}
	}
	if a.held > heldLimit {
		return tooMuchToAudit(fmt.Sprintf("%d promotions and more", len(a.newest)))
	}
	return nil
}

// tooMuchToAudit is the error of a feed that does not fit into the memory.
func tooMuchToAudit(what string) error {
	return &cli.Failure{
		Kind: client.KindUnavailable, Lines: []string{"the feed has more than can be audited in one run: " + what},
		Hint: "audit it in parts, with --group or --package",
	}
}

// neverArrived is the index of a version that was not promoted into the feed.
const neverArrived = math.MaxUint32

// find gives the index of a version's arrival.
func (a *arrivals) find(group, name, version string) uint32 {
	if at, known := a.known[versionKeyOf(a.feed.Type, group, name, version)]; known {
		return at
	}
	return neverArrived
}

// promotion is that of an arrival, nil for none.
func (a *arrivals) promotion(at uint32) *client.Promotion {
	if at == neverArrived {
		return nil
	}
	found := a.newest[at]
	p := &client.Promotion{
		FromFeed: a.words[found.from], ToFeed: a.feed.Name, User: a.words[found.user], Comments: found.comments, ID: found.id,
	}
	if found.date != undated {
		p.Date = time.Unix(found.date, 0).UTC()
	}
	return p
}
