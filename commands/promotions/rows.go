package promotions

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// row is a promotion in 48 bytes beside its comments: half a million of them must not fill a build
// agent's memory. It has no pointers, so that the garbage collector does not look at each of them
// again and again.
type row struct {
	date           int64 // seconds since 1970; undated if there is none
	id             int64
	seq            uint32 // place in the server's order
	pkg            uint32 // index in rowSet.packages
	from, to, user uint32 // indexes in rowSet.words
	comments       textPlace
}

// packageRow is a package without its promotions, as indexes in rowSet.words.
type packageRow struct{ kind, group, name, version uint32 }

// undated comes before every date.
const undated = math.MinInt64

// Bounds on what is held to put it in order. A list without an end must end here.
const (
	rowsLimit = 800_000
	heldLimit = 104 << 20 // bytes, as they are estimated below
	// groupLimit is the most promotions of one version of a package in one object: as many as the
	// server may put into one (see client).
	groupLimit = 10_000
)

// Estimates of what is held for each promotion, package and text, in bytes.
const (
	rowBytes        = 72 // with the room to grow, and the key that it is ordered by
	packageRowBytes = 56 // with the keys that it is ordered by
	wordBytes       = 56 // with its place in the map
	// What is longer than a usual version takes four times its length: a key to compare it by is
	// made for each package that has it.
	usualVersion = 32
	keyGrowth    = 4
)

// rowSet keeps promotions to put them in order. Texts that repeat are kept once.
type rowSet struct {
	packages []packageRow
	rows     []row
	wordList
	comments textStore
}

// wordList keeps texts that repeat once.
type wordList struct {
	words []string
	known map[string]uint32 // indexes in words
	held  int               // bytes, of what refers to the words too
}

// add keeps a package with its promotions. It is an error when that would be more than fits.
func (r *rowSet) add(p promotedPackage) error {
	for _, promotion := range p.Promotions {
		added := row{
			date: undated, id: promotion.ID, seq: uint32(len(r.rows)), pkg: uint32(len(r.packages)),
			from: r.word(promotion.FromFeed), to: r.word(promotion.ToFeed), user: r.word(promotion.User),
			comments: r.comments.add(promotion.Comments),
		}
		if !promotion.Date.IsZero() {
			added.date = promotion.Date.Unix()
		}
		r.rows = append(r.rows, added)
		r.held += rowBytes + len(promotion.Comments)
	}
	r.packages = append(r.packages, packageRow{r.word(string(p.Type)), r.word(p.Group), r.word(p.Name), r.word(p.Version)})
	r.held += packageRowBytes + keyGrowth*max(0, len(p.Version)-usualVersion)
	if r.held > heldLimit || len(r.rows) > rowsLimit {
		return tooManyPromotions(len(r.rows))
	}
	return nil
}

// tooManyPromotions is the error of a list that does not fit into the memory.
func tooManyPromotions(n int) error {
	return &cli.Failure{
		Kind:  client.KindUnavailable,
		Lines: []string{fmt.Sprintf("the server's list has more promotions than can be put in order: %d and more", n)},
		Hint:  "narrow it with --package, --from-feed or --to-feed, or use --sort none with -o ndjson or csv",
	}
}

// tooManyOfOne is the error of a package whose promotions do not fit into one object.
func tooManyOfOne(p promotedPackage) error {
	return &cli.Failure{
		Kind: client.KindUnavailable,
		Lines: []string{fmt.Sprintf("the server's list has more than %d promotions of %s %s", groupLimit,
			ecosystem.JoinName(p.Type, p.Group, p.Name), p.Version)},
		Hint: "use --flat, which writes an object for each promotion",
	}
}

// word gives the index of a text in words.
func (l *wordList) word(text string) uint32 {
	if index, known := l.known[text]; known {
		return index
	}
	if l.known == nil {
		l.known = map[string]uint32{}
	}
	index := uint32(len(l.words))
	l.words = append(l.words, text)
	l.known[text] = index
	l.held += wordBytes + len(text)
	return index
}

// pkg gives a package without its promotions.
func (r *rowSet) pkg(index uint32) promotedPackage {
	p := r.packages[index]
	return promotedPackage{
		Type: ecosystem.Type(r.words[p.kind]), Group: r.words[p.group], Name: r.words[p.name], Version: r.words[p.version],
	}
}

// keepLatest drops all but the newest promotion of each package to each feed, whatever the version.
func (r *rowSet) keepLatest() {
	type arrival struct {
		kind      ecosystem.Type
		name, dst string
	}
	r.sort(byDate)
	seen := map[arrival]bool{}
	kept := r.rows[:0]
	for _, row := range r.rows {
		p := r.pkg(row.pkg)
		key := arrival{p.Type, ecosystem.PackageKey(p.Type, p.Group, p.Name), strings.ToLower(r.words[row.to])}
		if !seen[key] {
			seen[key] = true
			kept = append(kept, row)
		}
	}
	r.rows = kept
}

// keep drops the rows of other versions than that of the query, and those before its window.
func (r *rowSet) keep(q query) {
	r.rows = slices.DeleteFunc(r.rows, func(kept row) bool {
		p := r.pkg(kept.pkg)
		return q.pkg.Version != "" && !ecosystem.SameVersion(p.Type, p.Version, q.pkg.Version) || !q.holds(r.promotion(kept))
	})
}

// limit drops all but the first n rows; 0 means no limit.
func (r *rowSet) limit(n int) {
	if n > 0 && n < len(r.rows) {
		r.rows = r.rows[:n]
	}
}

// each yields a package with one promotion for each row. The promotion is good until the next one.
func (r *rowSet) each() iter.Seq[promotedPackage] {
	return func(yield func(promotedPackage) bool) {
		var one [1]client.Promotion
		for _, row := range r.rows {
			p := r.pkg(row.pkg)
			one[0] = r.promotion(row)
			p.Promotions = one[:]
			if !yield(p) {
				return
			}
		}
	}
}

// grouped gives each package once, in the order of their first rows, with all its promotions, which
// are good until the next one. It is an error if one has more than fit into an object.
func (r *rowSet) grouped() (iter.Seq[promotedPackage], error) {
	ids := r.identities()
	// The rows of a package are chained, because a slice for each would cost more than the rows.
	const none = -1
	first, last := filled(len(r.packages), none), filled(len(r.packages), none) // rows, by identity
	next := filled(len(r.rows), none)
	count := filled(len(r.packages), 0)
	for i, row := range r.rows {
		id := ids[row.pkg]
		if first[id] == none {
			first[id] = int32(i)
		} else {
			next[last[id]] = int32(i)
		}
		last[id] = int32(i)
		if count[id]++; count[id] > groupLimit {
			return nil, tooManyOfOne(r.pkg(row.pkg))
		}
	}
	return func(yield func(promotedPackage) bool) {
		var promotions []client.Promotion
		for i, row := range r.rows {
			if first[ids[row.pkg]] != int32(i) {
				continue
			}
			p := r.pkg(row.pkg)
			promotions = promotions[:0]
			for at := int32(i); at != none; at = next[at] {
				promotions = append(promotions, r.promotion(r.rows[at]))
			}
			p.Promotions = promotions
			if !yield(p) {
				return
			}
		}
	}, nil
}

// identities numbers the packages; the same number means the same package, type and version,
// spelled alike.
func (r *rowSet) identities() []uint32 {
	ids := make([]uint32, len(r.packages))
	known := make(map[packageRow]uint32, len(r.packages))
	for i, p := range r.packages {
		id, found := known[p]
		if !found {
			id = uint32(i)
			known[p] = id
		}
		ids[i] = id
	}
	return ids
}

func filled(n int, value int32) []int32 {
	return slices.Repeat([]int32{value}, n)
}

func (r *rowSet) promotion(row row) client.Promotion {
	return client.Promotion{
		FromFeed: r.words[row.from], ToFeed: r.words[row.to], Date: row.when(),
		User: r.words[row.user], Comments: r.comments.text(row.comments), ID: row.id,
	}
}

// when is the date of the promotion, the zero time if it has none.
func (row row) when() time.Time {
	if row.date == undated {
		return time.Time{}
	}
	return time.Unix(row.date, 0).UTC()
}
