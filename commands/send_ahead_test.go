package commands

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// answering answers the nth record with a status, 0 for what the sandbox says, and counts the
// requests.
func answering(requests *atomic.Int64, status func(n int64) int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if code := status(requests.Add(1)); code != 0 {
				http.Error(w, "no", code)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Without a ledger records lie ready for the workers. Once the credentials are refused, none of
// these goes out, and each is reported in its place.
func TestWhatLiesReadyIsNotSentAfterAStop(t *testing.T) {
	t.Parallel()
	const records, good = 500, 100
	for _, parallel := range []int{1, 8, 100} {
		t.Run(strconv.Itoa(parallel), func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			b := keepBooks(t, answering(&requests, func(n int64) int {
				if n > good {
					return http.StatusUnauthorized
				}
				return 0
			}))
			args := b.batch(records, "--ledger", "off", "-o", "json", "--parallel", strconv.Itoa(parallel))
			all := b.entries(b.expect(cli.CodePartial, args...).stdout)
			if n := requests.Load(); n > good+int64(parallel) {
				t.Errorf("%d requests, although the first %d went well", n, good)
			}
			counts := statuses(all)
			if len(all) != records || counts[ledger.Recorded] != good || counts[ledger.Failed] != records-good || len(b.stored()) != good {
				t.Errorf("%d results: %v; %d stored", len(all), counts, len(b.stored()))
			}
			attempts := int64(0)
			for i, e := range all {
				attempts += int64(e.Attempts)
				if want := fmt.Sprintf("t%d", i); e.Record.Target != want {
					t.Fatalf("result %d is of %s", i, e.Record.Target)
				}
			}
			if attempts != requests.Load() {
				t.Errorf("%d attempts are reported of %d", attempts, requests.Load())
			}
		})
	}
}

// A record that is refused holds up no other.
func TestRefusedRecordsHoldUpNoOther(t *testing.T) {
	t.Parallel()
	const records = 300
	for _, keep := range []string{"off", "ledger.db"} {
		t.Run(keep, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			b := keepBooks(t, answering(&requests, func(n int64) int {
				if n%3 == 0 {
					return http.StatusBadRequest
				}
				return 0
			}))
			if keep != "off" {
				keep = b.ledger
			}
			all := b.entries(b.expect(cli.CodePartial, b.batch(records, "--ledger", keep, "-o", "json")...).stdout)
			counts := statuses(all)
			if counts[ledger.Failed] != records/3 || counts[ledger.Recorded] != records-records/3 || requests.Load() != records {
				t.Errorf("%v after %d requests", counts, requests.Load())
			}
		})
	}
}
