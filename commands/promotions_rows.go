package commands

import (
	"iter"
	"math"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
)

// promotionRow is a promotion in 56 bytes beside its comments: half a million
// of them must not fill a build agent's memory.
type promotionRow struct {
	date           int64 // seconds since 1970; undated where there is none
	id             int64
	seq            uint32 // place in the server's order
	pkg            uint32 // index in promotionRows.packages
	from, to, user uint32 // indexes in promotionRows.words
	comments       string
}

// undated comes before every date.
const undated = math.MinInt64

// promotionRows keeps promotions to put them in order. Texts that repeat are
// kept once.
type promotionRows struct {
	packages []promotedPackage // without promotions
	rows     []promotionRow
	words    []string
	known    map[string]uint32 // indexes in words
}

// add keeps a package with its promotions.
func (r *promotionRows) add(p promotedPackage) {
	for _, promotion := range p.Promotions {
		row := promotionRow{
			date: undated, id: promotion.ID, seq: uint32(len(r.rows)), pkg: uint32(len(r.packages)),
			from: r.word(promotion.FromFeed), to: r.word(promotion.ToFeed), user: r.word(promotion.User),
			comments: promotion.Comments,
		}
		if !promotion.Date.IsZero() {
			row.date = promotion.Date.Unix()
		}
		r.rows = append(r.rows, row)
	}
	p.Group, p.Name, p.Version = r.words[r.word(p.Group)], r.words[r.word(p.Name)], r.words[r.word(p.Version)]
	p.Promotions = nil
	r.packages = append(r.packages, p)
}

// word gives the index of a text in words.
func (r *promotionRows) word(text string) uint32 {
	if index, known := r.known[text]; known {
		return index
	}
	if r.known == nil {
		r.known = map[string]uint32{}
	}
	index := uint32(len(r.words))
	r.words = append(r.words, text)
	r.known[text] = index
	return index
}

// keepLatest drops all but the newest promotion of each package to each feed,
// whatever the version.
func (r *promotionRows) keepLatest() {
	type arrival struct {
		kind      ecosystem.Type
		name, dst string
	}
	r.sort(byDate)
	seen := map[arrival]bool{}
	kept := r.rows[:0]
	for _, row := range r.rows {
		p := &r.packages[row.pkg]
		key := arrival{p.Type, ecosystem.PackageKey(p.Type, p.Group, p.Name), strings.ToLower(r.words[row.to])}
		if !seen[key] {
			seen[key] = true
			kept = append(kept, row)
		}
	}
	r.rows = kept
}

// limit drops all but the first n rows; 0 is no limit.
func (r *promotionRows) limit(n int) {
	if n > 0 && n < len(r.rows) {
		r.rows = r.rows[:n]
	}
}

// each yields a package with one promotion for each row. The promotion is good
// until the next one.
func (r *promotionRows) each() iter.Seq[promotedPackage] {
	return func(yield func(promotedPackage) bool) {
		var one [1]client.Promotion
		for _, row := range r.rows {
			p := r.packages[row.pkg]
			one[0] = r.promotion(row)
			p.Promotions = one[:]
			if !yield(p) {
				return
			}
		}
	}
}

// grouped yields each package once, in the order of their first rows, with all
// its promotions.
func (r *promotionRows) grouped() iter.Seq[promotedPackage] {
	return func(yield func(promotedPackage) bool) {
		ranks := r.ranks(byPackage)
		members := make([][]promotionRow, len(r.packages))
		var order []uint32
		for _, row := range r.rows {
			rank := ranks[row.pkg]
			if members[rank] == nil {
				order = append(order, rank)
			}
			members[rank] = append(members[rank], row)
		}
		for _, rank := range order {
			p := r.packages[members[rank][0].pkg]
			for _, row := range members[rank] {
				p.Promotions = append(p.Promotions, r.promotion(row))
			}
			if !yield(p) {
				return
			}
		}
	}
}

func (r *promotionRows) promotion(row promotionRow) client.Promotion {
	return client.Promotion{
		FromFeed: r.words[row.from], ToFeed: r.words[row.to], Date: row.when(),
		User: r.words[row.user], Comments: row.comments, ID: row.id,
	}
}

// when is the date of the promotion, the zero time where it has none.
func (row promotionRow) when() time.Time {
	if row.date == undated {
		return time.Time{}
	}
	return time.Unix(row.date, 0).UTC()
}

// newest is the date of the newest promotion, the zero time where none has one.
func (r *promotionRows) newest() time.Time {
	newest := promotionRow{date: undated}
	for _, row := range r.rows {
		newest.date = max(newest.date, row.date)
	}
	return newest.when()
}
