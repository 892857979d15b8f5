package client

import (
	"context"
	"fmt"
	"net/url"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// smallDocumentLimit is 4 MiB, for answers that describe one feed or one package.
const smallDocumentLimit = 4 << 20

// FeedsService looks at feeds.
type FeedsService service

// Feed is what the server says of a feed.
type Feed struct {
	Name string         `json:"name"`
	Type ecosystem.Type `json:"feedType"`
}

// Info asks for the type of a feed: GET /api/packages/{feed}, which ProGet has from 2023 on.
// [KindNotFound] means that there is no such feed, or that the server is older; an answer without
// a type is one of [KindUnavailable].
func (s *FeedsService) Info(ctx context.Context, feed string) (Feed, error) {
	var f Feed
	err := s.c.readJSON(ctx, "api/packages/"+url.PathEscape(feed), "a feed", &f)
	f.Type = ecosystem.ParseType(string(f.Type))
	if err == nil && f.Type == "" {
		err = &Error{
			Kind: KindUnavailable, Reason: ReasonNoFeedType, Message: fmt.Sprintf("the server's answer does not give the type of the feed %q", feed),
		}
	}
	return f, err
}

// FeedSettings are the settings of a feed that concern deployments.
type FeedSettings struct {
	Name string `json:"name"`
	// RecordsEnabled is true if the feed stores deployment records; nil if the server does not say,
	// which it does from 2022.26 on.
	RecordsEnabled *bool `json:"deploymentRecordsEnabled"`
}

// Settings asks for the settings of a feed: GET /api/management/feeds/get/{feed} (Inedo docs,
// proget/api/feeds/get). [KindAuth] is common: many keys may use a feed and not look at its
// settings.
func (s *FeedsService) Settings(ctx context.Context, feed string) (FeedSettings, error) {
	var f FeedSettings
	err := s.c.readJSON(ctx, "api/management/feeds/get/"+url.PathEscape(feed), "the settings of a feed", &f)
	return f, err
}

// List asks for all feeds: GET /api/management/feeds/list (Inedo docs, proget/api/feeds/list),
// which requires the right to manage feeds.
func (s *FeedsService) List(ctx context.Context) ([]Feed, error) {
	var all []Feed
	err := s.c.readJSON(ctx, "api/management/feeds/list", "a list of feeds", &all)
	return all, err
}
