package commands

import (
	"context"
	"database/sql"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/ledger/pgtest"
)

// The database saves a batch, and is lost before it says so. The batch may be in the ledger as
// never sent, so none of it is sent without the ledger: --once would send it again. One record is,
// because the ledger has it as in flight.
func TestLedgerThatIsLostAsItSaves(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	for _, test := range []struct{ records, parallel, sent int }{{20, 4, 0}, {2, 1, 0}, {4, 4, 4}, {1, 1, 1}} {
		name := strconv.Itoa(test.records) + " by " + strconv.Itoa(test.parallel)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			schema := "&search_path=" + strings.ToLower(new(ledger.IDs).New(time.Now()))
			direct := server.URL() + schema
			lost := server.URLFor(loseAnswerToCommit(t, server, direct)) + schema
			args := b.batch(test.records, "-o", "ndjson", "--parallel", strconv.Itoa(test.parallel))
			code := map[bool]int{true: cli.CodeDone, false: cli.CodeInternal}[test.sent > 0]
			r := b.expect(code, append(args, "--ledger", lost)...)
			if len(b.stored()) != test.sent || test.sent == 0 && !strings.Contains(r.stderr, strconv.Itoa(test.records)+" records were not sent") {
				t.Errorf("%d were sent, want %d: %s", len(b.stored()), test.sent, r.stderr)
			}
			inDatabase(t, direct, "ALTER TABLE away RENAME TO writer")
			b.env = append(b.env, "PROGETCTL_LEDGER="+direct)
			again := statuses(b.entries(b.run(append(args, "--once")...).stdout))
			if again[ledger.Uncertain] != test.parallel || again[ledger.Recorded] != test.records-test.parallel {
				t.Errorf("run again: %v", again)
			}
			b.noneLost(test.records, 1)
		})
	}
}

// loseAnswerToCommit is the address of a proxy to a database. It cuts the connection once records
// were committed, and then lets the database not tell.
func loseAnswerToCommit(t *testing.T, server *pgtest.Server, direct string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	pass := func(client net.Conn, committed *atomic.Bool) {
		defer client.Close()
		upstream, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", "127.0.0.1:"+strconv.Itoa(server.Port))
		if err != nil {
			return
		}
		defer upstream.Close()
		var cut atomic.Bool
		go func() {
			defer client.Close()
			buf := make([]byte, 1<<20)
			for {
				n, err := upstream.Read(buf)
				if err != nil || cut.Load() {
					return
				}
				_, _ = client.Write(buf[:n])
			}
		}()
		buf := make([]byte, 1<<20)
		for {
			n, err := client.Read(buf)
			if err != nil {
				return
			}
			said := string(buf[:n])
			switch {
			case strings.Contains(said, "INSERT INTO deployment") && strings.Contains(said, "COMMIT"):
				cut.Store(committed.CompareAndSwap(false, true))
			case committed.Load() && strings.Contains(said, "RETURNING seq"):
				inDatabase(t, direct, "ALTER TABLE writer RENAME TO away")
			}
			_, _ = upstream.Write(buf[:n])
		}
	}
	go func() {
		var committed atomic.Bool
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(client, &committed)
		}
	}()
	return listener.Addr().String()
}

// inDatabase runs a statement in the database of a URL.
func inDatabase(t *testing.T, url, text string) {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err == nil {
		_, err = db.ExecContext(context.WithoutCancel(t.Context()), text)
		_ = db.Close()
	}
	if err != nil {
		t.Error(err)
	}
}
