package advisory

import (
	"errors"
	"io"
	"iter"

	"github.com/progetctl/progetctl/internal/jsonstream"
	"github.com/progetctl/progetctl/internal/records"
)

// A document is bounded in bytes, and in values, each of which takes many times its length of
// memory. Those that list every version have some megabytes, and ten thousands of values.
const (
	maxDocument = 16 << 20
	maxValues   = 200_000
)

// Read yields the advisories of r one by one, without those that are withdrawn. It takes one
// object, an array, objects one after the other (NDJSON) and objects with a property "vulns" that
// is an array, as OSV's API answers. Text is UTF-8, or UTF-16 with a byte order mark.
//
// Each error is a [*records.Problem] with the line, or in an array the index. The reading goes on
// after it unless the text is not JSON. Input without any advisory, withdrawn or not, is an error
// unless it is an empty array.
func Read(r io.Reader) iter.Seq2[*Advisory, error] {
	options := jsonstream.Options{
		Max: maxDocument, List: "vulns", Keep: []string{"id", "modified", "withdrawn", "affected", "severity", "database_specific"},
	}
	return func(yield func(*Advisory, error) bool) {
		for item, err := range jsonstream.Read(r, options) {
			var a *Advisory
			if err == nil {
				a, err = decode(item.Text)
			}
			if errors.Is(err, errWithdrawn) {
				continue
			}
			if _, placed := errors.AsType[*records.Problem](err); err != nil && !placed {
				err = &records.Problem{Place: item.Place, Err: err}
			}
			if !yield(a, err) {
				return
			}
		}
	}
}
