package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

// crowd fills a ledger with records of few packages and targets, in all states, some with dates of
// their own, one by one and in portions, so that the digest has rows of every size.
func crowd(t *testing.T, random *rand.Rand) *Ledger {
	t.Helper()
	now := &clock{now: noon}
	l := open(t, Options{Now: now.Now})
	s := session(t, l, SessionOptions{Parallel: 100})
	for range 150 {
		n := 1
		if random.IntN(10) == 0 {
			n = 30
		}
		var made []records.Item
		for range n {
			one := draft(fmt.Sprintf("web%d", random.IntN(4)))
			one.Record.PackageName = []string{"Lib", "lib", "Tool"}[random.IntN(3)]
			one.Record.GroupName = []string{"", "@acme", "acme"}[random.IntN(3)]
			one.Record.FeedName = []string{"main", "Main", "test"}[random.IntN(3)]
			one.Record.Application = []string{"app", "pipeline"}[random.IntN(2)]
			one.Type = map[string]ecosystem.Type{"web0": "nuget", "web1": "npm", "web2": "nuget"}[one.Record.Target]
			if random.IntN(5) == 0 {
				one.MadeAt = noon.Add(-time.Duration(random.IntN(1000)) * time.Minute)
			}
			made = append(made, one)
		}
		var outcomes []Outcome
		for _, id := range add(t, s, made, n) {
			status := []Status{Recorded, Recorded, Failed, Uncertain, Queued, ""}[random.IntN(6)]
			outcomes = append(outcomes, Outcome{ID: id, Status: status, Attempts: 1})
		}
		advance(t, s, outcomes)
		now.advance(time.Duration(random.IntN(100)) * time.Second)
	}
	return l
}

// naive chooses the newest of each package and target from the whole history, as [Filter.Latest]
// says it.
func naive(all []Entry, f Filter) []string {
	seen := map[string]bool{}
	var ids []string
	for _, e := range all {
		if !f.counts(&e) || !f.Until.IsZero() && !e.MadeAt.Before(f.Until) {
			continue
		}
		r := e.Record
		name := strings.ToLower(strings.Join([]string{e.Server, strings.TrimPrefix(r.GroupName, "@"), r.PackageName, r.Target}, "\n"))
		feed, kind := name+"\nfeed "+strings.ToLower(r.FeedName), name+"\ntype "+string(e.Type)
		if !seen[feed] && (e.Type == "" || !seen[kind]) {
			ids = append(ids, e.ID)
		}
		seen[feed], seen[kind] = true, true
	}
	return ids
}

// The digest finds what reading everything finds.
func TestLatestIsWhatTheWholeHistorySays(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	l := crowd(t, random)
	all := history(t, l, Filter{})
	for _, f := range []Filter{
		{}, {Target: "WEB1"}, {Package: "lib"}, {Package: "Tool", Group: "acme"}, {Feed: "test"}, {Application: "app"},
		{Until: noon}, {Until: noon.Add(time.Hour)}, {Until: noon.Add(time.Hour), Application: "pipeline", Target: "web3"}, {Package: "none"},
	} {
		want := naive(all, f)
		f.Latest = true
		var got []string
		for _, e := range history(t, l, f) {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: got %d, want %d\n%s\n%s", f, len(got), len(want), strings.Join(got, " "), strings.Join(want, " "))
		}
	}
	var got, want []string
	for _, e := range history(t, l, Filter{Package: "LIB", Since: noon.Add(-time.Hour), Until: noon.Add(time.Hour)}) {
		got = append(got, e.ID)
	}
	for _, e := range all {
		if strings.EqualFold(e.Record.PackageName, "lib") && !e.MadeAt.Before(noon.Add(-time.Hour)) && e.MadeAt.Before(noon.Add(time.Hour)) {
			want = append(want, e.ID)
		}
	}
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("of one package: got %d, want %d", len(got), len(want))
	}
}

// Runs of single records leave few rows.
func TestDigestStaysShort(t *testing.T) {
	t.Parallel()
	now := &clock{now: noon} // that stands still, so that the ids have consecutive numbers
	l := open(t, Options{Now: now.Now})
	s := session(t, l, SessionOptions{})
	for range 150 {
		add(t, s, drafts(1), 0)
	}
	rows, err := l.number(t.Context(), "SELECT count(*) FROM digest")
	if err != nil || rows > 1+63 {
		t.Errorf("%d rows for 150 transactions, %v", rows, err)
	}
	found := map[place]bool{}
	if err := eachPlace(t.Context(), l, func(p place) { found[p] = true }); err != nil || len(found) != 150 {
		t.Errorf("%d entries for 150 records, %v", len(found), err)
	}
}

// A digest that does not match the records is rebuilt, whatever happened to it: otherwise what runs
// would not be listed, and a prune would remove it.
func TestDamagedDigestIsRebuilt(t *testing.T) {
	t.Parallel()
	const set = "UPDATE digest SET entries = ?"
	for name, damage := range map[string][]any{
		"gone":          {"DELETE FROM digest"},
		"emptied":       {set, []byte{}},
		"cut":           {set, make([]byte, placeSize-1)},
		"zeroed":        {set, make([]byte, placeSize)},
		"other records": {set, bytes.Repeat([]byte("0123456789abcdef"), 2*placeSize)},
		"records gone":  {"DELETE FROM deployment WHERE state = 'refused'"}, // as a prune that was killed
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(5, 6))
			l := crowd(t, random)
			if err := l.write(t.Context(), func(tx *txn) error { return tx.later(damage[0].(string), damage[1:]...) }); err != nil {
				t.Fatal(err)
			}
			want := naive(history(t, l, Filter{}), Filter{})
			var got []string
			for _, e := range history(t, l, Filter{Latest: true}) {
				got = append(got, e.ID)
			}
			if !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("got %d, want %d", len(got), len(want))
			}
		})
	}
}

// Entries that don't match their records are noticed, even if records may be missing because the
// list is as of a time.
func TestDigestOfOtherPlacesIsRebuilt(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*place){
		"hash":    func(p *place) { p.hash &= packageBits }, // that of other targets, too
		"made_at": func(p *place) { p.madeAt ^= int64(p.id[15]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := crowd(t, rand.New(rand.NewPCG(9, 10)))
			var damaged []byte
			if err := eachPlace(t.Context(), l, func(p place) {
				damage(&p)
				damaged = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(damaged, p.hash), uint64(p.madeAt))
				damaged = append(damaged, p.id[:]...)
			}); err != nil {
				t.Fatal(err)
			}
			if err := l.write(t.Context(), func(tx *txn) error {
				if err := tx.later("DELETE FROM digest"); err != nil {
					return err
				}
				return tx.later("INSERT INTO digest (entries) VALUES (?)", damaged)
			}); err != nil {
				t.Fatal(err)
			}
			f := Filter{Latest: true, Until: noon.Add(24 * time.Hour)}
			want := naive(history(t, l, Filter{}), f)
			var got []string
			for _, e := range history(t, l, f) {
				got = append(got, e.ID)
			}
			if !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("got %d, want %d", len(got), len(want))
			}
		})
	}
}

// A digest that still does not match after it was rebuilt is reported as damaged.
func TestDigestStaysDamaged(t *testing.T) {
	t.Parallel()
	l := crowd(t, rand.New(rand.NewPCG(7, 8)))
	err := withDigest(t.Context(), l, func() error { return errDigest })
	if !errors.Is(err, ErrDamaged) || !errors.Is(err, errDigest) {
		t.Error(err)
	}
}

// A rebuilt digest has the same entries.
func TestDigestIsRebuilt(t *testing.T) {
	t.Parallel()
	l := crowd(t, rand.New(rand.NewPCG(3, 4)))
	read := func() (all []place) {
		if err := eachPlace(t.Context(), l, func(p place) { all = append(all, p) }); err != nil {
			t.Fatal(err)
		}
		newestFirst(all)
		return all
	}
	before := read()
	if err := l.write(t.Context(), rebuildDigest); err != nil {
		t.Fatal(err)
	}
	if after := read(); !slices.Equal(before, after) || len(before) != len(history(t, l, Filter{})) {
		t.Errorf("%d entries, rebuilt %d", len(before), len(after))
	}
}

func TestIDsKeepTheirText(t *testing.T) {
	t.Parallel()
	var ids IDs
	for range 100 {
		id := ids.New(noon)
		if got := (place{id: [16]byte(appendID(nil, id))}).text(); got != id || !validID(id) {
			t.Fatalf("%s became %s", id, got)
		}
	}
	for _, id := range []string{"", "01JCZK3V7Q8M4T5W6X7Y8Z9A0", "81JCZK3V7Q8M4T5W6X7Y8Z9A0B", "01JCZK3V7Q8M4T5W6X7Y8Z9A0I", "01jczk3v7q8m4t5w6x7y8z9a0b"} {
		if validID(id) {
			t.Errorf("validID(%q)", id)
		}
	}
}

// Names that differ only in their last letter are different names.
func TestHashesDiffer(t *testing.T) {
	t.Parallel()
	packages, places := map[uint64]bool{}, map[uint64]bool{}
	for i := range 1000 {
		packages[packageHash(fmt.Sprintf("Acme.Package.%03d", i))] = true
		places[placeHash(host, records.Record{PackageName: "Lib", Target: fmt.Sprintf("web%03d", i)})] = true
	}
	if len(packages) < 980 || len(places) != 1000 {
		t.Errorf("%d hashes of 1000 packages, %d of 1000 places", len(packages), len(places))
	}
}

func TestNewestPlacesAreThoseOfAMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var n newestPlaces
		want := map[uint64]place{}
		for i := range rapid.IntRange(0, 1500).Draw(t, "places") {
			p := place{hash: rapid.Uint64Range(0, 1000).Draw(t, "hash"), madeAt: int64(rapid.IntRange(0, 5).Draw(t, "made_at")), id: [16]byte{1, byte(i >> 8), byte(i)}}
			n.add(p)
			if top, known := want[p.hash]; !known || p.compare(top) > 0 {
				want[p.hash] = p
			}
		}
		all := n.all()
		for _, p := range all {
			if want[p.hash] != p {
				t.Fatalf("%+v, want %+v", p, want[p.hash])
			}
		}
		if len(all) != len(want) {
			t.Fatalf("%d, want %d", len(all), len(want))
		}
	})
}
