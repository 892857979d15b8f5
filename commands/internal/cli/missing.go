package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/suggest"
)

// MissingFeed finds out what a 404 says of a feed. The error is that the server has no such feed
// (exit 5), with the nearest name; nil if the feed exists. Whether it does is in doubt if the
// feeds may not be listed and the 404 does not speak of a feed: a server before 2023 answers so to
// the question itself.
func (s *Server) MissingFeed(ctx context.Context, feed string, asked error) (missing error, doubt bool) {
	all, err := s.Feeds.List(ctx)
	if err != nil {
		e := ClientError(asked)
		if e == nil || !strings.Contains(strings.ToLower(e.Server), "feed") {
			return nil, true
		}
	}
	otherwise := "check the feed's name"
	if client.KindOf(err) == client.KindAuth {
		otherwise += "; these credentials can't list the feeds"
	}
	var names []string
	for _, known := range all {
		if client.SameFeed(known.Name, feed) {
			return nil, false
		}
		names = append(names, known.Name)
	}
	f := &Failure{Kind: client.KindNotFound, Lines: []string{fmt.Sprintf("the server has no feed %q", feed)}}
	f.Hint = DidYouMean(suggest.Nearest(feed, names), otherwise)
	return f, false
}

// explaining is how long a failure may take to be explained.
const explaining = 10 * time.Second

// ExplainMissing gives the error of a package that was not found a better hint, if the server has
// one: that it has no such feed, that the feed is of another type, or which versions of the package
// it has.
func (s *Server) ExplainMissing(ctx context.Context, feed string, pkg ecosystem.Package, err error) error {
	e := ClientError(err)
	if e == nil || e.Kind != client.KindNotFound || len(e.Choices) > 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, explaining)
	defer cancel()
	info, asked := s.Feeds.Info(ctx, feed)
	switch {
	case client.KindOf(asked) == client.KindNotFound:
		if missing, _ := s.MissingFeed(ctx, feed, asked); missing != nil {
			return WithHint(err, missing.Error()+"; "+HintOf(missing))
		}
	case asked == nil && pkg.Type != "" && !client.SameFamily(pkg.Type, info.Type):
		return WithHint(err, fmt.Sprintf("feed %q is of type %s, not %s", feed, info.Type, pkg.Type))
	case asked == nil:
		pkg.Type = cmp.Or(pkg.Type, info.Type)
		if has := s.versions(ctx, feed, pkg); has != "" {
			return WithHint(err, has)
		}
	}
	return err
}

// versions names the newest versions that the feed has of a package: "" if it has none, has the one
// that was asked for, or does not say.
func (s *Server) versions(ctx context.Context, feed string, pkg ecosystem.Package) string {
	const shown, most = 5, 1000
	asked := pkg.Version
	pkg.Version = ""
	var all []string
	for v, err := range s.Packages.Versions(ctx, feed, pkg) {
		if err != nil || len(all) == most || ecosystem.SameVersion(pkg.Type, v.Version, asked) {
			return ""
		}
		if !slices.Contains(all, v.Version) {
			all = append(all, v.Version)
		}
	}
	if len(all) == 0 {
		return ""
	}
	slices.SortStableFunc(all, func(a, b string) int { return ecosystem.CompareVersions(pkg.Type, b, a) })
	return "the feed has " + Few(all, shown)
}
