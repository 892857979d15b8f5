package commands

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
)

// noteNearby tells a person what was asked without an answer, and what the
// server does know.
func (c *call) noteNearby(s *server, q promotionQuestion) {
	c.note("nothing was promoted that matches: %s", q)
	for _, feed := range c.unknownFeeds(s, q.FromFeed, q.ToFeed) {
		c.note("the server knows no feed %q, or is too old to say", feed)
	}
	if near := c.nearby(s, q); near != "" {
		c.note("%s", near)
	}
}

// unknownFeeds gives those of the feeds that the server says it does not know:
// a query names no feed as unknown, it finds nothing.
func (c *call) unknownFeeds(s *server, feeds ...string) []string {
	var unknown []string
	for _, feed := range feeds {
		if feed == "" {
			continue
		}
		// Any other error says nothing of the feed.
		if _, err := s.Feeds.Info(c.ctx, feed); client.KindOf(err) == client.KindNotFound {
			unknown = append(unknown, feed)
		}
	}
	return unknown
}

// nearby says what the server knows of the package of a question without an
// answer: where that version was promoted to, and which versions are where it
// was looked for. It is empty where no package was named, and where the server
// cannot be asked again, for it only helps.
func (c *call) nearby(s *server, q promotionQuestion) string {
	if q.Package == "" {
		return ""
	}
	found := neighbours{question: q, steps: map[string]bool{}, versions: map[string]promotedPackage{}}
	wide := client.PromotionQuery{Group: q.Group, Package: q.Package, Type: q.Type}
	for p, err := range s.Promotions.List(c.ctx, wide) {
		if err != nil {
			return ""
		}
		found.add(p)
	}
	return found.String()
}

// neighbours are the promotions near one that is not there.
type neighbours struct {
	question promotionQuestion
	steps    map[string]bool            // "FROM to FEED" of the version that was asked for
	versions map[string]promotedPackage // others, promoted to the feed that was asked for
}

func (n *neighbours) add(p promotedPackage) {
	q := n.question
	same := q.Version == "" || ecosystem.SameVersion(p.Type, p.Version, q.Version)
	for _, promotion := range p.Promotions {
		switch {
		case same:
			n.steps[fmt.Sprintf("from %s to %s on %s", promotion.FromFeed, promotion.ToFeed, shownDate(promotion.Date))] = true
		case q.ToFeed == "" || client.SameFeed(q.ToFeed, promotion.ToFeed):
			n.versions[p.Version] = promotedPackage{Type: p.Type, Version: p.Version}
		}
	}
}

// mostNeighbours keeps a hint to a line or two.
const mostNeighbours = 3

// String gives the steps, else the versions, newest first.
func (n *neighbours) String() string {
	name := ecosystem.JoinName(n.question.Type, n.question.Group, n.question.Package)
	if len(n.steps) > 0 {
		return strings.TrimSpace(name+" "+n.question.Version) + " was promoted " + few(slices.Sorted(maps.Keys(n.steps)))
	}
	if len(n.versions) == 0 {
		return "the server knows no promotion of " + name + " like it"
	}
	others := slices.SortedFunc(maps.Values(n.versions), func(a, b promotedPackage) int {
		return ecosystem.CompareVersions(b.Type, b.Version, a.Version)
	})
	var versions []string
	for _, p := range others {
		versions = append(versions, p.Version)
	}
	where := n.question.ToFeed
	if where == "" {
		where = "other feeds"
	}
	return fmt.Sprintf("of %s, other versions were promoted to %s: %s", name, where, few(versions))
}

// few joins the first of some texts and counts the rest.
func few(texts []string) string {
	if len(texts) <= mostNeighbours {
		return strings.Join(texts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(texts[:mostNeighbours], ", "), len(texts)-mostNeighbours)
}
