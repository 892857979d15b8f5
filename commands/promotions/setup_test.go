package promotions

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
)

// promotionsOf makes one package for each promotion that is described.
func promotionsOf(packages ...promotedPackage) *rowSet {
	rows := &rowSet{}
	for _, p := range packages {
		rows.add(p)
	}
	return rows
}

// promoted is a package with one promotion on a day of 2026, 0 for no date.
func promoted(kind ecosystem.Type, name, version, to string, day int) promotedPackage {
	promotion := client.Promotion{FromFeed: "dev", ToFeed: to}
	if day > 0 {
		promotion.Date = time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)
	}
	return promotedPackage{Type: kind, Name: name, Version: version, Promotions: []client.Promotion{promotion}}
}

// drawnPromotions are few enough words that much of what is drawn is alike.
func drawnPromotions(t *rapid.T) []promotedPackage {
	word := func(label string, words ...string) string { return rapid.SampledFrom(words).Draw(t, label) }
	var all []promotedPackage
	for range rapid.IntRange(0, 10).Draw(t, "packages") {
		p := promotedPackage{
			Type: ecosystem.Type(word("type", "nuget", "npm", "maven")), Group: word("group", "", "", "acme"), Name: word("name", "a", "A", "b"),
			Version: word("version", "9.0", "12.0", "12.0.0", "1.0-rc", "odd"),
		}
		for range rapid.IntRange(1, 3).Draw(t, "promotions") {
			promotion := client.Promotion{
				FromFeed: word("from", "dev", "test"), ToFeed: word("to", "test", "Test", "prod"), User: word("user", "", "x"),
				Comments: word("comments", "", "ok"), ID: rapid.Int64Range(0, 3).Draw(t, "id"),
			}
			if seconds := rapid.Int64Range(0, 3).Draw(t, "date"); seconds > 0 {
				promotion.Date = time.Unix(seconds, 0).UTC()
			}
			p.Promotions = append(p.Promotions, promotion)
		}
		all = append(all, p)
	}
	return all
}

// flatRows are the rows as they would be written.
func flatRows(rows *rowSet) []flatPromotion {
	var all []flatPromotion
	for p := range rows.each() {
		all = append(all, flatten(p))
	}
	return all
}

// flatten makes the flat object of a package with one promotion.
func flatten(p promotedPackage) flatPromotion { return *flattener()(p).(*flatPromotion) }

// versionsOf are the versions of the rows, in their order.
func versionsOf(rows *rowSet) []string {
	var versions []string
	for _, p := range flatRows(rows) {
		versions = append(versions, p.Version)
	}
	return slices.Clip(versions)
}
