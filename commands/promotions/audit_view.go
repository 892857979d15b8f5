package promotions

import (
	"iter"
	"slices"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// findings are what a feed holds beside how it came there.
type findings struct {
	held            *inventory
	promoted        *arrivals
	feed            string
	all             bool
	total, uploaded int
	undated         int // of a total that only the date narrows
}

// compare leaves the versions that are asked about, and looks for the promotion of each.
func (v *inventory) compare(promoted *arrivals, all bool) *findings {
	f := &findings{held: v, promoted: promoted, feed: v.feed.Name, all: all}
	for _, p := range v.packages {
		p.versions = slices.DeleteFunc(p.versions, func(version heldVersion) bool { return !v.holds(version) })
		group, name := v.split(p)
		for i := range p.versions {
			version := &p.versions[i]
			if version.arrival = promoted.find(group, name, version.version); version.arrival == neverArrived {
				f.uploaded++
			}
			if version.published == undated && !v.options.since.IsZero() {
				f.undated++
			}
		}
		f.total += len(p.versions)
	}
	return f
}

// split gives the group and the name of a package as its ecosystem writes them.
func (v *inventory) split(p *heldPackage) (group, name string) {
	return ecosystem.SplitName(v.feed.Type, ecosystem.JoinName(v.feed.Type, p.group, p.name))
}

// rows yields what is listed, by package, the newest version first: what was not promoted, or all.
func (f *findings) rows() iter.Seq[*auditRow] {
	return func(yield func(*auditRow) bool) {
		for _, p := range f.held.packages {
			group, name := f.held.split(p)
			for _, v := range p.versions {
				if v.arrival != neverArrived && !f.all {
					continue
				}
				row := &auditRow{
					kind: f.held.feed.Type, group: group, Name: name, Version: v.version, Feed: f.feed,
					PublishedBy: f.held.users.words[v.by], Promotion: f.promoted.promotion(v.arrival),
				}
				if v.published != undated {
					row.Published = time.Unix(v.published, 0).UTC()
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

// auditRow is a version in a feed.
type auditRow struct {
	kind  ecosystem.Type
	group string // as its ecosystem writes it: an npm scope has its @

	PURL        string            `json:"purl"`
	Name        string            `json:"packageName"`
	Group       string            `json:"groupName,omitempty"` // an npm scope is without @
	Version     string            `json:"version"`
	Feed        string            `json:"feed"`
	Published   time.Time         `json:"published,omitzero"`
	PublishedBy string            `json:"publishedBy"`
	Status      string            `json:"status"`
	Promotion   *client.Promotion `json:"promotion"`
}

// The values of status.
const (
	statusPromoted = "promoted"
	statusUploaded = "uploaded"
)

func (r *auditRow) status() string {
	if r.Promotion == nil {
		return statusUploaded
	}
	return statusPromoted
}

func (r *auditRow) purl() string {
	return ecosystem.Package{Type: r.kind, Group: r.group, Name: r.Name, Version: r.Version}.PURL()
}

// asJSON completes the row with what only JSON has.
func (r *auditRow) asJSON() any {
	r.PURL, r.Status, r.Group = r.purl(), r.status(), ecosystem.BareScope(r.group)
	return r
}

// promotion is the promotion, or one without anything.
func (r *auditRow) promotion() client.Promotion {
	if r.Promotion == nil {
		return client.Promotion{}
	}
	return *r.Promotion
}

// auditView shows versions and how they came into the feed; empty is the sentence for none.
func auditView(empty string) output.View[*auditRow] {
	type column = output.Column[*auditRow]
	version := column{Header: "version", Cell: func(r *auditRow) string { return r.Version }}
	from := func(r *auditRow) string { return r.promotion().FromFeed }
	user := func(r *auditRow) string { return r.promotion().User }
	comments := func(r *auditRow) string { return r.promotion().Comments }
	published := func(r *auditRow) string { return shownDate(r.Published) }
	promoted := func(r *auditRow) string { return shownDate(r.promotion().Date) }
	by := func(r *auditRow) string { return r.PublishedBy }
	return output.View[*auditRow]{JSON: (*auditRow).asJSON, Empty: empty, Columns: []column{
		{Header: "PACKAGE", Cell: func(r *auditRow) string { return ecosystem.JoinName(r.kind, r.group, r.Name) }, Shrink: output.ShrinkLast},
		{Header: "VERSION", Cell: version.Cell, Shrink: output.ShrinkLast},
		{Header: "STATUS", Cell: (*auditRow).status, Style: (*auditRow).style},
		{Header: "PUBLISHED", Cell: published, Brief: func(r *auditRow) string { return cli.ShortDate(r.Published) }, Shrink: output.ShrinkDate},
		{Header: "BY", Cell: by, Prose: true, Shrink: output.ShrinkLate},
		{Header: "FROM", Cell: from, Shrink: output.ShrinkLate, Spare: 3},
		{Header: "PROMOTED", Cell: promoted, Brief: func(r *auditRow) string { return cli.ShortDate(r.promotion().Date) }, Shrink: output.ShrinkDate},
		{Header: "USER", Cell: user, Prose: true, Shrink: output.ShrinkLate, Spare: 1},
		{Header: "COMMENTS", Cell: comments, Prose: true, Shrink: output.ShrinkEarly, Spare: 2},
	}, CSV: []column{
		{Header: "purl", Cell: (*auditRow).purl},
		{Header: "packageName", Cell: func(r *auditRow) string { return r.Name }},
		{Header: "groupName", Cell: func(r *auditRow) string { return ecosystem.BareScope(r.group) }},
		version,
		{Header: "feed", Cell: func(r *auditRow) string { return r.Feed }},
		{Header: "published", Cell: published},
		{Header: "publishedBy", Cell: by},
		{Header: "status", Cell: (*auditRow).status},
		{Header: "fromFeed", Cell: from},
		{Header: "date", Cell: promoted},
		{Header: "user", Cell: user},
		{Header: "comments", Cell: comments},
		{Header: "id", Cell: func(r *auditRow) string { return shownID(r.promotion().ID) }},
	}}
}

// style makes what nobody promoted stand out.
func (r *auditRow) style() output.Style {
	if r.Promotion == nil {
		return output.Red
	}
	return output.Plain
}
