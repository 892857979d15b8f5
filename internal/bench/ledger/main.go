// Command ledger writes the history of a large company for .ci/bench: `ledger [RECORDS]`, 2,000,000
// without a number. They are lines as of `progetctl deploy history -o ndjson`, newest first: 20
// packages on each of 5,000 targets, deployed in turn, each time in the next version.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// targets run packages each, of which there are kinds in all.
const targets, packages, kinds = 5000, 20, 300

func main() {
	n := 2_000_000
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			fail(err)
		}
	}
	out := bufio.NewWriter(os.Stdout)
	newest := time.Now().UTC().Truncate(time.Second).Add(-time.Hour)
	var line []byte
	for i := n - 1; i >= 0; i-- {
		line = append(entry(i, newest.Add(time.Duration(i-n+1)*30*time.Second)).AppendJSON(line[:0]), '\n')
		if _, err := out.Write(line); err != nil {
			fail(err)
		}
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "ledger:", err)
	os.Exit(1)
}

// entry is the deployment of a number. Targets are not deployed to in their order, because no
// company does so.
func entry(i int, madeAt time.Time) ledger.Entry {
	turn, place := i/(targets*packages), i%(targets*packages)
	place = place * 61_813 % (targets * packages) // prime to it: each once in a turn
	target, pkg := place%targets, place/targets
	return ledger.Entry{
		ID: new(ledger.IDs).New(madeAt), Server: "https://proget.corp.local", MadeAt: madeAt,
		Record: records.Record{
			Application: fmt.Sprintf("Shop %d", target%40), Description: "Deployed by the nightly job", Target: fmt.Sprintf("web%04d", target),
			FeedName: "nuget-approved", PackageName: fmt.Sprintf("Acme.Package%d", (target+pkg*17)%kinds), Version: fmt.Sprintf("1.%d.%d", turn, pkg),
			UserName: "deployer",
		},
		Via: ledger.Post, Status: ledger.Recorded, Attempts: 1, Type: "nuget", Host: fmt.Sprintf("agent%02d", i%16),
	}
}
