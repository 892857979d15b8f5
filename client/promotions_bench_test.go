package client

import (
	"strings"
	"testing"
)

// BenchmarkDecodePromotion decodes packages with two promotions each, as a server writes them.
func BenchmarkDecodePromotion(b *testing.B) {
	const element = `{"group":"angular","package":"animation","packageType":"npm","version":"12.3.1","promotions":[` +
		`{"fromFeed":"npm-unapproved","toFeed":"npm-test","date":"2023-11-29T12:00:00","user":"jsmith","comments":"ok","id":12345},` +
		`{"fromFeed":"npm-test","toFeed":"npm-approved","date":"2023-11-30T12:00:00","user":"mweber","comments":null,"id":12346}]}`
	const packages = 1000
	body := "[" + strings.TrimSuffix(strings.Repeat(element+",", packages), ",") + "]"
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		err := decodePromotions(strings.NewReader(body), func(p PromotedPackage) error {
			n += len(p.Promotions)
			return nil
		})
		if err != nil || n != 2*packages {
			b.Fatal(n, err)
		}
	}
}
