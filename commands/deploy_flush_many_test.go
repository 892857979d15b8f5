package commands

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// A flush of many records shows what a batch of many shows: what was not recorded, and how many of
// each.
func TestFlushOfMany(t *testing.T) {
	t.Parallel()
	var phase atomic.Int64 // 0: the server is down; afterwards it refuses the first record
	b := keepBooks(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch phase.Load() {
			case 0:
				http.Error(w, "down", http.StatusServiceUnavailable)
			case 1:
				phase.Store(2)
				http.Error(w, "No such application.", http.StatusBadRequest)
			default:
				next.ServeHTTP(w, r)
			}
		})
	})
	b.expect(cli.CodeDone, b.batch(60, "--on-failure", "queue", "--retries", "0")...)
	phase.Store(1)
	r := b.expect(cli.CodePartial, "deploy", "flush", "--parallel", "1", "--retries", "0")
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "failed") || lines[2] != "59 recorded, 1 failed" {
		t.Errorf("shown is %s", r.stdout)
	}
}
