package promotions

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestVersionsSortAsTheirEcosystemOrdersThem(t *testing.T) {
	t.Parallel()
	tests := map[ecosystem.Type][]string{
		ecosystem.NuGet:  {"12.0", "9.1", "9.0", "9.0-rc.10", "9.0-rc.2"},
		ecosystem.NPM:    {"1.10.0", "1.9.0", "1.9.0-beta.11", "1.9.0-beta.2"},
		ecosystem.Maven:  {"1.10", "1.2", "1.2-SNAPSHOT", "1.2-alpha-1"},
		ecosystem.PyPI:   {"2.0.post1", "2.0", "2.0rc1", "2.0.dev1"},
		ecosystem.Debian: {"1:0.9", "2.0-1", "2.0~rc1-1"},
		ecosystem.Gem:    {"1.10", "1.9", "1.9.a"},
		"mystery":        {"build10", "build9"},
	}
	for kind, want := range tests {
		for _, order := range []order{byVersion, byPackage} {
			rows := &rowSet{}
			// All on one day, so that only the version decides, and in the wrong order.
			for _, version := range slices.Backward(want) {
				rows.add(promoted(kind, "p", version, "prod", 1))
			}
			rows.sort(order)
			if got := versionsOf(rows); !slices.Equal(got, want) {
				t.Errorf("%s by %s: %q, want %q", kind, order, got, want)
			}
		}
	}
}

func TestOrders(t *testing.T) {
	t.Parallel()
	all := []promotedPackage{
		promoted("nuget", "b", "9.0", "prod", 3), promoted("nuget", "A", "12.0", "prod", 1), promoted("npm", "c", "1.0", "prod", 0),
		promoted("nuget", "a", "9.0", "prod", 2), promoted("npm", "b", "10.0", "prod", 3),
	}
	tests := map[order]string{
		byDate:    "npm b 10.0, nuget b 9.0, nuget a 9.0, nuget A 12.0, npm c 1.0",
		byPackage: "nuget A 12.0, nuget a 9.0, npm b 10.0, nuget b 9.0, npm c 1.0",
		byVersion: "npm b 10.0, npm c 1.0, nuget A 12.0, nuget a 9.0, nuget b 9.0",
		byNone:    "nuget b 9.0, nuget A 12.0, npm c 1.0, nuget a 9.0, npm b 10.0",
	}
	for order, want := range tests {
		rows := promotionsOf(all...)
		rows.sort(order)
		var got []string
		for _, p := range flatRows(rows) {
			got = append(got, string(p.Type)+" "+p.Name+" "+p.Version)
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("by %s: %s\nwant %s", order, text, want)
		}
	}
}

// However the server has the promotions, the sorted list is the same: each order is total on what
// is shown. None of them loses or makes up a promotion.
func TestSortingIsTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := drawnPromotions(t)
		shuffled := rapid.Permutation(all).Draw(t, "shuffled")
		for _, order := range []order{byDate, byPackage, byVersion} {
			one, other := promotionsOf(all...), promotionsOf(shuffled...)
			count := len(one.rows)
			one.sort(order)
			other.sort(order)
			if got, want := flatRows(other), flatRows(one); !reflect.DeepEqual(got, want) || len(got) != count {
				t.Fatalf("by %s: %d of %d rows\none   %+v\nother %+v", order, len(got), count, want, got)
			}
			again := flatRows(one)
			one.sort(order)
			if !reflect.DeepEqual(flatRows(one), again) {
				t.Fatalf("by %s: sorted twice is another list", order)
			}
		}
	})
}

// Sorting and going back to the server's order changes nothing.
func TestServerOrderIsKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := promotionsOf(drawnPromotions(t)...)
		want := flatRows(rows)
		rows.sort(rapid.SampledFrom(orders()).Draw(t, "order"))
		rows.sort(byNone)
		if got := flatRows(rows); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}

func BenchmarkSortPromotions(b *testing.B) {
	rows := &rowSet{}
	for i := range 100_000 {
		rows.add(promoted("nuget", "package"+string(rune('a'+i%26)), strings.Repeat("1.", i%3)+"0", "prod", 1+i*7919%28))
	}
	for b.Loop() {
		rows.sort(byNone)
		rows.sort(byDate)
	}
}
