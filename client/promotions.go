package client

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// promotionsPath is the endpoint of Inedo docs, proget/packages/promotion-query.
const promotionsPath = "api/promotions/list"

// PromotionsService queries promotions.
type PromotionsService service

// PromotionQuery narrows a list of promotions; what is empty does not.
type PromotionQuery struct {
	FromFeed string
	ToFeed   string
	Group    string         // npm scopes with or without @
	Package  string         // name without its group
	Version  string         // compared as the package's ecosystem does
	Type     ecosystem.Type // ecosystem of the package, if it is known
	// Ungrouped takes an empty Group for the statement that the package has none; else it means
	// any.
	Ungrouped bool
}

// Promotion is one promotion of a package from a feed to another.
type Promotion struct {
	FromFeed string    `json:"fromFeed"`
	ToFeed   string    `json:"toFeed"`
	Date     time.Time `json:"date,omitzero"` // UTC, whole seconds; zero where the server's is missing or cannot be read
	User     string    `json:"user"`
	Comments string    `json:"comments"`
	ID       int64     `json:"id,omitzero"`
}

// PromotedPackage is one version of a package with its promotions.
type PromotedPackage struct {
	Name       string         `json:"packageName"`
	Group      string         `json:"groupName,omitempty"` // an npm scope is without @
	Type       ecosystem.Type `json:"packageType"`
	Version    string         `json:"version"`
	Promotions []Promotion    `json:"promotions"`
}

// List asks for promotions and yields the packages that match q, each with the promotions that
// match, in the server's order and in constant memory: GET /api/promotions/list. An error ends the
// sequence; the packages before it stand, but the list is not whole.
//
// The filters are sent in both spellings that ProGet's documentation has had, and applied again
// here, whatever the server did with them. When nothing matches a query with a group or a version,
// the server is asked once more with the package's name and the feeds alone: it is known to miss
// packages with a group. A missing package is an empty sequence, not an error.
func (s *PromotionsService) List(ctx context.Context, q PromotionQuery) iter.Seq2[PromotedPackage, error] {
	return func(yield func(PromotedPackage, error) bool) {
		match := newMatcher(q)
		found, err := s.list(ctx, q, match, yield)
		if err == nil && !found && (q.Group != "" || q.Version != "") {
			wide := PromotionQuery{FromFeed: q.FromFeed, ToFeed: q.ToFeed, Package: q.Package}
			_, err = s.list(ctx, wide, match, yield)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(PromotedPackage{}, err)
		}
	}
}

// Edition is the edition that the server named with its last answer to a query of promotions:
// "free", "basic" or "enterprise", "" if it named none. ProGet Free has no promotions, and answers
// with none (Inedo docs, proget/packages/package-promotion; the header is X-ProGet-Edition).
func (s *PromotionsService) Edition() string {
	if edition := s.c.edition.Load(); edition != nil {
		return *edition
	}
	return ""
}

// errStopped is the error if the consumer has stopped.
var errStopped = errors.New("stopped by the consumer")

// list asks once and yields what matches.
func (s *PromotionsService) list(ctx context.Context, q PromotionQuery, match *matcher, yield func(PromotedPackage, error) bool) (found bool, err error) {
	resp, err := s.c.read(ctx, strings.TrimSuffix(promotionsPath+"?"+q.encode(), "?"), "application/json")
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	edition := resp.Header.Get("X-ProGet-Edition")
	s.c.edition.Store(&edition)
	err = decodePromotions(resp.Body, func(p PromotedPackage) error {
		if p.Name == "" { // a message, perhaps: passed over, it would say that nothing was promoted
			return shapeError("one of its elements has no package name")
		}
		if !match.filter(&p) {
			return nil
		}
		found = true
		if !yield(p, nil) {
			return errStopped
		}
		return nil
	})
	if err == nil || errors.Is(err, errStopped) {
		return found, err
	}
	return found, s.c.failures.unreadable(ctx, resp, "a JSON array of promoted packages", err)
}

// shapeError says that an answer is JSON, but not of the shape that was asked for.
type shapeError string

func (e shapeError) Error() string { return string(e) }

// encode gives the query string, each name in both of its spellings.
func (q PromotionQuery) encode() string {
	var parts []string
	for _, p := range []Property{
		{"fromFeed", q.FromFeed}, {"toFeed", q.ToFeed}, {"group", q.Group}, {"groupName", q.Group},
		{"package", q.Package}, {"packageName", q.Package}, {"version", q.Version},
	} {
		if p.Value != "" {
			parts = append(parts, p.Name+"="+url.QueryEscape(p.Value))
		}
	}
	return strings.Join(parts, "&")
}
