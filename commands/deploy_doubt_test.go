package commands

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/sandbox"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// Records in doubt that are to be sent again, to a server that is down: those whose turn did not
// come are in doubt as before, or the next run would send them a second time without a word.
func TestDoubtOutlivesAServerThatIsDown(t *testing.T) {
	t.Parallel()
	const records = 6
	for _, policy := range []string{"fail", "queue"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			args := b.batch(records, "--once", "--parallel", "1", "--retries", "0", "-o", "json")
			b.server.Fault("/api/package-deployment/", sandbox.Fault{Status: http.StatusInternalServerError, Times: records})
			b.expect(cli.CodePartial, args...)
			b.server.Fault("/api/package-deployment/", sandbox.Fault{Status: http.StatusServiceUnavailable, Times: -1})
			r := b.run(append(args, "--resend", "--on-failure", policy)...)
			b.wantAllInDoubt(r, records)
			if policy == "fail" && r.code != cli.CodePartial {
				t.Errorf("exit code %d", r.code)
			}
			if sent := len(b.server.Deployments()); sent != 0 {
				t.Errorf("%d are recorded", sent)
			}
		})
	}
}

// The same for doubt that an earlier run's output shows, with more records than are written down at
// the same time.
func TestDoubtOfTheInputOutlivesAServerThatIsDown(t *testing.T) {
	t.Parallel()
	const records = 2*batchSize + 1
	for _, policy := range []string{"fail", "queue"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			b.server.Fault("/api/package-deployment/", sandbox.Fault{Status: http.StatusServiceUnavailable, Times: -1})
			var lines strings.Builder
			for i := range records {
				fmt.Fprintf(&lines, `{"status":"uncertain","record":{"Application":"HDARS","Description":"d","Target":"t%d",`+
					`"FeedName":"DefaultNuGet","PackageName":"Newtonsoft.Json","Version":"12.0.3"}}`+"\n", i)
			}
			r := b.run("deploy", "record", "--input-file", b.write("output.ndjson", lines.String()),
				"--resend", "--parallel", "1", "--retries", "0", "-o", "json", "--on-failure", policy)
			if got := statuses(b.entries(r.stdout)); got[ledger.Uncertain] != records {
				t.Errorf("%v, want %d uncertain: %s", got, records, r.stderr)
			}
			// Under fail, what was never begun is not written down.
			if policy == "queue" {
				b.wantAllInDoubt(r, records)
			}
		})
	}
}

// wantAllInDoubt insists that result and ledger call all of n records uncertain.
func (b *bookkeeping) wantAllInDoubt(r ran, n int) {
	b.t.Helper()
	if got := statuses(b.entries(r.stdout)); got[ledger.Uncertain] != n || len(got) != 1 {
		b.t.Errorf("the result says %v, want %d uncertain: %s", got, n, r.stderr)
	}
	pending := map[ledger.Status]int{}
	for _, status := range b.pending() {
		pending[status]++
	}
	if pending[ledger.Uncertain] != n || len(pending) != 1 {
		b.t.Errorf("the ledger says %v, want %d uncertain", pending, n)
	}
}
