package promotions

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

func TestLatestIsTheNewestOfEachPackageInEachFeed(t *testing.T) {
	t.Parallel()
	rows := promotionsOf(
		promoted("nuget", "a", "1.0", "prod", 5), promoted("nuget", "A", "2.0", "Prod", 4), // prod went back to 1.0
		promoted("nuget", "a", "2.0", "test", 3), promoted("nuget", "a", "1.0", "test", 2),
		promoted("npm", "a", "1.0", "prod", 1),                                             // another package
		promoted("nuget", "b", "1.0", "prod", 0), promoted("nuget", "b", "2.0", "prod", 0), // no dates: the newer version
	)
	rows.keepLatest()
	rows.sort(byPackage)
	var got []string
	for _, p := range flatRows(rows) {
		got = append(got, strings.Join([]string{string(p.Type), p.Name, p.Version, p.ToFeed}, " "))
	}
	want := []string{"npm a 1.0 prod", "nuget a 2.0 test", "nuget a 1.0 prod", "nuget b 2.0 prod"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// No two rows that are left are of one package and feed, and each that was dropped has a row that
// is at least as new.
func TestLatestKeepsOneOfEach(t *testing.T) {
	t.Parallel()
	type place struct{ kind, name, feed string }
	placeOf := func(p flatPromotion) place {
		return place{string(p.Type), ecosystem.PackageKey(p.Type, p.Group, p.Name), strings.ToLower(p.ToFeed)}
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := promotionsOf(drawnPromotions(t)...)
		before := flatRows(rows)
		rows.keepLatest()
		latest := map[place]flatPromotion{}
		for _, p := range flatRows(rows) {
			if _, twice := latest[placeOf(p)]; twice {
				t.Fatalf("two rows for %v", placeOf(p))
			}
			latest[placeOf(p)] = p
		}
		for _, p := range before {
			if kept, ok := latest[placeOf(p)]; !ok || kept.Date.Before(p.Date) {
				t.Fatalf("%+v was dropped for %+v", p, kept)
			}
		}
	})
}

func TestLimitCountsPromotions(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 3, 1: 1, 3: 3, 4: 3} {
		rows := promotionsOf(promoted("nuget", "a", "1", "x", 1), promoted("nuget", "a", "1", "y", 2), promoted("nuget", "b", "1", "x", 3))
		if rows.limit(n); len(rows.rows) != want {
			t.Errorf("limit %d: %d rows, want %d", n, len(rows.rows), want)
		}
	}
}

// What is kept comes out as it went in.
func TestRowsKeepEveryProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := drawnPromotions(t)
		var want []flatPromotion
		for _, p := range all {
			for i := range p.Promotions {
				row, _ := promotionRow(p, i)
				want = append(want, flatten(row))
			}
		}
		if got := flatRows(promotionsOf(all...)); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}

// A package comes once, where its first promotion is in the list, with all its promotions in the
// order of the list.
func TestGroupingKeepsTheOrder(t *testing.T) {
	t.Parallel()
	type identity struct {
		kind                 ecosystem.Type
		group, name, version string
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := promotionsOf(drawnPromotions(t)...)
		rows.sort(rapid.SampledFrom(orders()).Draw(t, "order"))
		var order []identity
		want := map[identity][]flatPromotion{}
		for _, p := range flatRows(rows) {
			id := identity{p.Type, p.Group, p.Name, p.Version}
			if want[id] == nil {
				order = append(order, id)
			}
			want[id] = append(want[id], p)
		}
		grouped, err := rows.grouped()
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for p := range grouped {
			id := identity{p.Type, p.Group, p.Name, p.Version}
			if i == len(order) || order[i] != id {
				t.Fatalf("package %d is %+v", i, id)
			}
			var got []flatPromotion
			for i := range p.Promotions {
				row, _ := promotionRow(p, i)
				got = append(got, flatten(row))
			}
			if !reflect.DeepEqual(got, want[id]) {
				t.Fatalf("%+v has %+v, want %+v", id, got, want[id])
			}
			i++
		}
		if i != len(order) {
			t.Fatalf("%d packages, want %d", i, len(order))
		}
	})
}

// The latest are chosen before version and window narrow the list: a version that another one
// followed is not the latest of its package in that feed.
func TestLatestBeforeVersionAndWindow(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name string
		q    query
		want []string
	}{
		{"everything", query{}, []string{"2.0", "1.0"}},
		{"the version that was followed", query{pkg: cli.Package{Package: ecosystem.Package{Version: "1.0.0"}}}, []string{"1.0"}},
		{"since before", query{since: day(4)}, []string{"2.0"}},
		{"since after", query{since: day(6)}, nil},
	} {
		rows := promotionsOf(promoted("nuget", "a", "1.0", "prod", 3), promoted("nuget", "a", "2.0", "prod", 5), promoted("nuget", "b", "1.0", "prod", 2))
		rows.keepLatest()
		rows.keep(c.q)
		rows.sort(byDate)
		if got := versionsOf(rows); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestRowsAreBounded: a list without an end is refused, with what to do.
func TestRowsAreBounded(t *testing.T) {
	t.Parallel()
	long := promoted("nuget", "a", "1.0", "prod", 1)
	long.Promotions[0].Comments = strings.Repeat("c", 1<<20)
	many := promoted("nuget", "a", "1.0", "prod", 1)
	many.Promotions = slices.Repeat(many.Promotions, 10_000)
	longVersion := promoted("nuget", "a", strings.Repeat("1.", 50_000)+"1", "prod", 1) // its key is longer
	for name, p := range map[string]promotedPackage{"long": long, "many": many, "long version": longVersion} {
		rows := &rowSet{}
		var err error
		for n := 0; err == nil; n++ {
			if n > rowsLimit {
				t.Fatalf("%s: no end", name)
			}
			err = rows.add(p)
		}
		if f, ok := errors.AsType[*cli.Failure](err); !ok || f.Kind != client.KindUnavailable || !strings.Contains(f.Hint, "--sort none") {
			t.Errorf("%s: %v", name, err)
		}
		if name == "long version" && len(rows.packages) > 300 {
			t.Errorf("%d packages with versions of 100 kB are kept", len(rows.packages))
		}
	}
}

// TestGroupsAreBounded: one version of a package has as many promotions in an object as in one of
// the server's, however many of those it is spread over.
func TestGroupsAreBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		one     []int // promotions of nuget a 1.0, by object
		refused bool
	}{
		{"as many as one may have", []int{groupLimit}, false},
		{"one more, in another object", []int{groupLimit, 1}, true},
		{"spread", slices.Repeat([]int{2}, groupLimit/2+1), true},
		{"none beyond", slices.Repeat([]int{2}, groupLimit/2), false},
	} {
		rows := &rowSet{}
		for _, version := range []string{"1.0", "1.0.0"} { // another spelling is another object
			for _, n := range c.one {
				p := promoted("nuget", "a", version, "prod", 1)
				p.Promotions = slices.Repeat(p.Promotions, n)
				if err := rows.add(p); err != nil {
					t.Fatal(err)
				}
			}
		}
		_, err := rows.grouped()
		if refused := err != nil; refused != c.refused {
			t.Errorf("%s: %v", c.name, err)
		}
		if f, ok := errors.AsType[*cli.Failure](err); c.refused && (!ok || f.Kind != client.KindUnavailable || !strings.Contains(f.Hint, "--flat")) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
