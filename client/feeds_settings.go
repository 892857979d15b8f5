package client

import (
	"context"
	"net/url"
)

// FeedSettings are the settings of a feed that concern deployments.
type FeedSettings struct {
	Name string `json:"name"`
	// RecordsEnabled tells whether the feed keeps deployment records; nil where
	// the server does not say, which it does from 2022.26 on.
	RecordsEnabled *bool `json:"deploymentRecordsEnabled"`
}

// Settings asks for the settings of a feed: GET /api/management/feeds/get/{feed}
// (Inedo docs, proget/api/feeds/get). [KindAuth] is common: many keys may use a
// feed and not look at its settings.
func (s *FeedsService) Settings(ctx context.Context, feed string) (FeedSettings, error) {
	var f FeedSettings
	err := s.c.readJSON(ctx, "api/management/feeds/get/"+url.PathEscape(feed), "the settings of a feed", &f)
	return f, err
}

// List asks for all feeds: GET /api/management/feeds/list (Inedo docs,
// proget/api/feeds/list), which needs the right to manage feeds.
func (s *FeedsService) List(ctx context.Context) ([]Feed, error) {
	var all []Feed
	err := s.c.readJSON(ctx, "api/management/feeds/list", "a list of feeds", &all)
	return all, err
}

// Latest asks for the newest version of each package of a feed: GET
// /api/packages/{feed}/latest (Inedo docs, proget/api/packages/list-latest).
func (s *FeedsService) Latest(ctx context.Context, feed string) ([]PackageVersion, error) {
	var answer versionList
	err := s.c.readJSON(ctx, "api/packages/"+url.PathEscape(feed)+"/latest", "a list of packages", &answer)
	return answer, err
}
