package ecosystem_test

import (
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"
)

// BenchmarkCompareVersions compares neighbours of each ecosystem's order; a sort of 500,000 rows
// does so some ten million times.
func BenchmarkCompareVersions(b *testing.B) {
	for kind, order := range orders() {
		b.Run(string(kind), func(b *testing.B) {
			rows := rows(order)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				CompareVersions(kind, rows[i%len(rows)][0], rows[(i+1)%len(rows)][0])
			}
		})
	}
}

// BenchmarkSortKey is the cost of a row if the keys are computed before.
func BenchmarkSortKey(b *testing.B) {
	for _, kind := range []Type{NuGet, Maven, PyPI} {
		b.Run(string(kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				SortKey(kind, "12.0.3-beta.2")
			}
		})
	}
}
