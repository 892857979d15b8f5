package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strings"
)

// maxRows is how many rows of one table a page shows; a batch test may have recorded 50,000
// deployments.
const maxRows = 200

// pageKey names a package version within a feed, in the spelling that came first.
type pageKey struct{ feed, group, name, version string }

// pages are the web pages: what was recorded, the feeds, and their packages.
type pages struct{ *Server }

// answer serves the pages for people: / lists the latest deployments and the feeds, /feeds/{feed}
// is one feed, and /feeds/{feed}/{group…}/{package}/{version} a version's history, which ProGet
// shows on its History tab.
func (s pages) answer(x *exchange, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	rest = dropEmptyTail(rest)
	if len(rest) == 0 {
		s.indexPage(x)
		return
	}
	f := s.lookup(rest[0])
	if f == nil {
		feedNotFound(x, rest[0])
		return
	}
	switch n := len(rest); {
	case n == 1:
		s.feedPage(x, f)
	case n == 2:
		x.text(http.StatusNotFound, "Not found.")
	default:
		s.historyPage(x, f, pageKey{f.Name, strings.Join(rest[1:n-2], "/"), rest[n-2], rest[n-1]})
	}
}

// indexPage shows a person who has just run a command whether it arrived.
func (s pages) indexPage(x *exchange) {
	d := s.document(siteName)
	d.paragraph("A fake ProGet for demos and tests. Everything is gone when it stops.")
	d.heading("Latest deployments")
	d.deployments(s.Deployments(), true)
	d.heading("Feeds")
	d.table([]string{"Feed", "Type", "Packages"}, func(row func(...cell)) {
		for _, f := range s.allFeeds() {
			row(d.link(f.Name, "feeds", f.Name), plain(f.Type), number(len(s.versionsOf(f))))
		}
	})
	d.send(x, http.StatusOK)
}

func (s pages) feedPage(x *exchange, f *feed) {
	d := s.document(f.Name)
	d.paragraph("Feed of type " + f.Type + ".")
	d.heading("Latest deployments")
	d.deployments(slices.DeleteFunc(s.Deployments(), func(item Deployment) bool { return item.FeedName != f.Name }), true)
	d.heading("Packages")
	deployed, promoted := s.countDeployments(f), s.countPromotions(f)
	d.table([]string{"Package", "Version", "Deployments", "Promotions"}, func(row func(...cell)) {
		for _, key := range s.versionsOf(f) {
			row(d.versionLink(key, fullName(key.group, key.name)), d.versionLink(key, key.version),
				number(deployed[key.folded()]), number(promoted[key.folded()]))
		}
	})
	d.send(x, http.StatusOK)
}

// historyPage is a 404 only for a version of which the feed has neither a package nor records.
func (s pages) historyPage(x *exchange, f *feed, key pageKey) {
	deployments := slices.DeleteFunc(s.Deployments(), func(d Deployment) bool {
		return d.key().folded() != key.folded()
	})
	steps := s.stepsOf(key)
	found := s.list(f, func(p *stored) bool { return keyOf(f, p).folded() == key.folded() })
	status := http.StatusOK
	if len(found) == 0 && len(deployments) == 0 && len(steps) == 0 {
		status = http.StatusNotFound
	}
	d := s.document(fullName(key.group, key.name) + " " + key.version)
	d.crumb(d.link(f.Name, "feeds", f.Name))
	if len(found) == 0 {
		d.paragraph("The feed has no such package.")
	}
	for _, p := range found {
		d.paragraph(p.FileName + ", published " + stamp(p.Published))
	}
	d.heading("Deployments")
	d.deployments(deployments, false)
	d.heading("Promotions")
	d.table([]string{"Date", "From", "To", "User", "Comments"}, func(row func(...cell)) {
		for _, step := range steps {
			row(plain(stamp(step.Date)), plain(step.FromFeed), plain(step.ToFeed), plain(step.User), plain(step.Comments))
		}
	})
	d.send(x, status)
}

// stepsOf finds the promotions of a version out of or into a feed.
func (s pages) stepsOf(key pageKey) []Promotion {
	var steps []Promotion
	for p := range s.Promoted() {
		for _, step := range p.Promotions {
			from := pageKey{step.FromFeed, p.Group, p.Name, p.Version}
			to := pageKey{step.ToFeed, p.Group, p.Name, p.Version}
			if from.folded() == key.folded() || to.folded() == key.folded() {
				steps = append(steps, step)
			}
		}
	}
	return steps
}

// versionsOf lists the packages of a feed, and what was deployed from it without being in it.
func (s pages) versionsOf(f *feed) []pageKey {
	var keys []pageKey
	seen := map[pageKey]bool{}
	add := func(key pageKey) {
		if !seen[key.folded()] {
			seen[key.folded()] = true
			keys = append(keys, key)
		}
	}
	for _, p := range s.list(f, func(*stored) bool { return true }) {
		add(keyOf(f, p))
	}
	for _, d := range s.Deployments() {
		if d.FeedName == f.Name {
			add(d.key())
		}
	}
	sort.SliceStable(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		return cmp.Or(
			cmp.Compare(strings.ToLower(fullName(a.group, a.name)), strings.ToLower(fullName(b.group, b.name))),
			compareVersions(b.version, a.version)) < 0
	})
	return keys
}

// countDeployments counts once for the whole feed: a query for each row would be quadratic.
func (s pages) countDeployments(f *feed) map[pageKey]int {
	count := map[pageKey]int{}
	for _, d := range s.Deployments() {
		if d.FeedName == f.Name {
			count[d.key().folded()]++
		}
	}
	return count
}

func (s pages) countPromotions(f *feed) map[pageKey]int {
	count := map[pageKey]int{}
	for p := range s.Promoted() {
		for _, step := range p.Promotions {
			if strings.EqualFold(step.FromFeed, f.Name) || strings.EqualFold(step.ToFeed, f.Name) {
				count[pageKey{f.Name, p.Group, p.Name, p.Version}.folded()]++
			}
		}
	}
	return count
}

func keyOf(f *feed, p *stored) pageKey { return pageKey{f.Name, p.Group, p.Name, p.Version} }

func (d Deployment) key() pageKey { return pageKey{d.FeedName, d.GroupName, d.PackageName, d.Version} }

// folded is the form in which keys are compared: without case and without an npm scope's @.
func (k pageKey) folded() pageKey {
	return pageKey{
		strings.ToLower(k.feed), strings.ToLower(strings.TrimPrefix(k.group, "@")),
		strings.ToLower(k.name), strings.ToLower(k.version),
	}
}

// fullName joins as npm and universal packages do; Maven's colon is not needed on a page.
func fullName(group, name string) string {
	if group == "" {
		return name
	}
	return group + "/" + name
}
