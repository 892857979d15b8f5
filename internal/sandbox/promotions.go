package sandbox

import (
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// PromotedPackage is a version of a package with its promotions.
type PromotedPackage struct {
	// Type of the package: nuget, npm, upack, …
	Type    string
	Group   string
	Name    string
	Version string
	// Promotions in the order in which they are answered.
	Promotions []Promotion
}

// Promotion is one step of a package from a feed to another.
type Promotion struct {
	FromFeed, ToFeed string
	Date             time.Time
	User             string
	Comments         string
	ID               int
}

// promotionSource yields packages, from the beginning for each query.
type promotionSource = iter.Seq[PromotedPackage]

// promotionsAPI answers /api/promotions.
type promotionsAPI struct{ *Server }

// answer is GET /api/promotions/list (Inedo docs, proget/packages/package-promotion).
func (s promotionsAPI) answer(x *exchange, rest []string) {
	if len(rest) != 1 || !strings.EqualFold(rest[0], "list") {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	if !x.allow(http.MethodGet, http.MethodHead) || !s.admitPromotions(x) {
		return
	}
	x.Header().Set("Content-Type", "application/json; charset=utf-8")
	s.streamPromotions(x)
}

// admitPromotions differs from the other endpoints: without credentials the answer is a challenge,
// with wrong ones a 403 without a body.
func (s promotionsAPI) admitPromotions(x *exchange) bool {
	who := keysOf(x.r)
	if x.admit(who) {
		return true
	}
	if who.empty() {
		x.challenge("ProGet")
	} else {
		x.Header().Set("Content-Length", "0")
		x.WriteHeader(http.StatusForbidden)
	}
	return false
}

// chunk is how many bytes of the answer are collected before they are sent.
const chunk = 64 << 10

// streamPromotions writes the array package by package, so that its length costs no memory.
func (s promotionsAPI) streamPromotions(x *exchange) {
	filter := s.promotionFilter(x.r.URL.Query())
	form := s.promotionForm()
	buffer := []byte{'['}
	first := true
	for p := range s.Promoted() {
		if p, keep := filter.apply(p); keep {
			if !first {
				buffer = append(buffer, ',')
			}
			first = false
			buffer = form.appendPackage(buffer, p)
		}
		if len(buffer) < chunk {
			continue
		}
		if _, err := x.Write(buffer); err != nil {
			return
		}
		buffer = buffer[:0]
	}
	// An error here means that the client has gone.
	_, _ = x.Write(append(buffer, ']'))
}

// promotionFilter is a query; empty fields match everything.
type promotionFilter struct {
	fromFeed, toFeed, group, name, version string
	groupBug                               bool
}

// promotionFilter reads the parameters of the server's own dialect; it ignores the other dialect's
// names.
func (s promotionsAPI) promotionFilter(query url.Values) promotionFilter {
	if s.opts.IgnoreFilters {
		return promotionFilter{}
	}
	groupKey, nameKey := "group", "package"
	if s.opts.Dialect == DialectOld {
		groupKey, nameKey = "groupname", "packagename"
	}
	given := properties{}
	given.addValues(query)
	return promotionFilter{
		fromFeed: given["fromfeed"],
		toFeed:   given["tofeed"],
		group:    given[groupKey],
		name:     given[nameKey],
		version:  given["version"],
		groupBug: s.opts.GroupBug,
	}
}

// apply keeps a package if it matches and at least one of its promotions does; other promotions are
// dropped.
func (q promotionFilter) apply(p PromotedPackage) (PromotedPackage, bool) {
	if q.groupBug && q.group != "" && p.Group != "" {
		return p, false
	}
	if q.group != "" && !sameGroup(q.group, p.Group) || !asked(q.name, p.Name) || !asked(q.version, p.Version) {
		return p, false
	}
	if q.fromFeed == "" && q.toFeed == "" {
		return p, true
	}
	var kept []Promotion
	for _, step := range p.Promotions {
		if asked(q.fromFeed, step.FromFeed) && asked(q.toFeed, step.ToFeed) {
			kept = append(kept, step)
		}
	}
	p.Promotions = kept
	return p, len(kept) > 0
}

// asked reports whether a value is the one that a query asks for; an empty parameter matches all.
func asked(wanted, have string) bool {
	return wanted == "" || strings.EqualFold(wanted, have)
}

// promotionForm holds the names of the properties, ready to be written ("\"version\":"), and the
// date's layout.
type promotionForm struct {
	group, name, kind, version, promotions string
	from, to, date, user, comments, id     string
	layout                                 string
}

// promotionForm spells the answer in the server's dialect and case.
func (s promotionsAPI) promotionForm() promotionForm {
	spell := func(name string) string {
		if s.opts.PascalCase {
			name = strings.ToUpper(name[:1]) + name[1:]
		}
		return `"` + name + `":`
	}
	form := promotionForm{
		group: spell("group"), name: spell("package"), kind: spell("packageType"), version: spell("version"),
		promotions: spell("promotions"), from: spell("fromFeed"), to: spell("toFeed"), date: spell("date"),
		user: spell("user"), comments: spell("comments"), id: spell("id"), layout: "2006-01-02T15:04:05",
	}
	if s.opts.Dialect == DialectOld {
		form.group, form.name = spell("groupName"), spell("packageName")
		form.layout = "2006-01-02T15:04:05Z"
	}
	return form
}

// appendPackage writes by hand what encoding/json would write: the names differ by dialect and
// case, and a list may have hundreds of thousands of packages.
func (f promotionForm) appendPackage(b []byte, p PromotedPackage) []byte {
	b = appendText(append(b, '{'), f.group, p.Group)
	b = appendText(append(b, ','), f.name, p.Name)
	b = appendText(append(b, ','), f.kind, p.Type)
	b = appendText(append(b, ','), f.version, p.Version)
	b = append(append(b, ','), f.promotions...)
	b = append(b, '[')
	for i, step := range p.Promotions {
		if i > 0 {
			b = append(b, ',')
		}
		b = f.appendPromotion(b, step)
	}
	return append(b, "]}"...)
}

func (f promotionForm) appendPromotion(b []byte, p Promotion) []byte {
	b = appendText(append(b, '{'), f.from, p.FromFeed)
	b = appendText(append(b, ','), f.to, p.ToFeed)
	b = append(append(b, ','), f.date...)
	b = p.Date.UTC().AppendFormat(append(b, '"'), f.layout)
	b = appendText(append(b, `",`...), f.user, p.User)
	b = appendText(append(b, ','), f.comments, p.Comments)
	b = append(append(b, ','), f.id...)
	b = strconv.AppendInt(b, int64(p.ID), 10)
	return append(b, '}')
}

// appendText writes a name and a string; an empty one is null, as ProGet writes what is missing.
func appendText(b []byte, name, value string) []byte {
	b = append(b, name...)
	if value == "" {
		return append(b, "null"...)
	}
	// A string always marshals: bytes that are not UTF-8 become U+FFFD.
	quoted, _ := json.Marshal(value)
	return append(b, quoted...)
}
