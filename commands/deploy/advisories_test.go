package deploy

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// TestFindingsHaveABound: many small advisories of one package, each with many fixes, would take
// gigabytes with the versions that they name. A list without some of them would be a wrong answer.
func TestFindingsHaveABound(t *testing.T) {
	t.Parallel()
	const versions, fixes = 420, 100
	each := versions * (4 + fixes)
	var events strings.Builder
	for i := range fixes {
		fmt.Fprintf(&events, `{"introduced":"1.%d.0"},{"fixed":"2.%d.0"},`, i, i)
	}
	for documents, fits := range map[int]bool{maxFindings / each: true, maxFindings/each + 1: false} {
		var text strings.Builder
		for i := range documents {
			fmt.Fprintf(&text, `{"id":"A-%d","affected":[{"package":{"ecosystem":"NuGet","name":"Acme.Web"},"ranges":[{"type":"ECOSYSTEM","events":[%s]}]}]}`+"\n",
				i, strings.TrimSuffix(events.String(), ","))
		}
		path := filepath.Join(t.TempDir(), "advisories.ndjson")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		f := &running{io: &cli.IO{}, options: whereOptions{affectedBy: cli.Text{Value: path}}}
		for i := range versions {
			f.rows = append(f.rows, &runs{Entry: &ledger.Entry{
				Type: ecosystem.NuGet, Record: records.Record{PackageName: "Acme.Web", Version: fmt.Sprintf("1.0.%d", i)},
			}})
		}
		err := f.matchAdvisories(t.Context())
		switch {
		case fits && err != nil:
			t.Errorf("%d advisories: %v", documents, err)
		case fits && (len(f.rows) != versions || len(f.rows[0].advisories) != documents || len(f.rows[0].advisories[0].fixed) != fixes):
			t.Errorf("%d advisories: %d rows, the first with %d findings", documents, len(f.rows), len(f.rows[0].advisories))
		case !fits:
			if f, ok := errors.AsType[*cli.Failure](err); !ok || f.Kind != client.KindUsage || f.Hint == "" {
				t.Errorf("%d advisories: %v", documents, err)
			}
		}
	}
}
