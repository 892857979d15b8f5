package commands

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"syscall"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// BenchmarkBatchMemory is the most memory (MiB, resident) that a process takes for a batch with
// NDJSON output and a ledger. It must not grow with the batch: a million records are to run in
// under 200 MiB.
func BenchmarkBatchMemory(b *testing.B) {
	for _, records := range []int{1_000, 50_000} {
		b.Run(strconv.Itoa(records), func(b *testing.B) {
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			defer server.Close()
			for b.Loop() {
				books := &bookkeeping{t: b, dir: b.TempDir()}
				books.env = []string{
					"HOME=" + books.dir, "TMPDIR=" + books.dir, "PROGET_URL=" + server.URL, "PROGETCTL_LEDGER=" + books.dir + "/ledger.db",
				}
				cmd := books.command(books.batch(records, "-o", "ndjson")...)
				if r := books.finish(cmd); r.code != cli.CodeDone {
					b.Fatalf("exit code %d: %s", r.code, r.stderr)
				}
				most := float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
				b.ReportMetric(most, "MiB")
				if most > 200 {
					b.Errorf("%d records took %.0f MiB", records, most)
				}
			}
		})
	}
}
