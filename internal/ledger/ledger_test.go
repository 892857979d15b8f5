package ledger

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger/engine"
	"github.com/progetctl/progetctl/internal/records"
)

const host = "https://proget.corp.local"

// noon is when most tests take place.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// clock is a time that a test moves by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// passes lets time go by for leases as well. In PostgreSQL these end by the database's clock, which
// no test can set, so they are moved instead.
func passes(t *testing.T, l *Ledger, now *clock, d time.Duration) {
	t.Helper()
	now.advance(d)
	if os.Getenv(placeVariable) == "" {
		return
	}
	err := l.write(t.Context(), func(t *txn) error {
		_, err := t.exec("UPDATE owner SET lease_until = lease_until - ?", d.Milliseconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// placeVariable has the URL of the PostgreSQL database that the tests use instead of files.
const placeVariable = "LEDGER_TEST_PLACE"

// newPlace is where a new ledger may be: a file of its own, or a schema.
func newPlace(t testing.TB) string {
	if url := os.Getenv(placeVariable); url != "" {
		return url + "&search_path=" + strings.ToLower(new(IDs).New(time.Now()))
	}
	return filepath.Join(t.TempDir(), "ledger.db")
}

// onlyFile skips what is about files.
func onlyFile(t testing.TB) {
	if os.Getenv(placeVariable) != "" {
		t.Skip("of files only")
	}
}

// lockPath is the file that shows an owner of a file alive.
func lockPath(l *Ledger, owner int64) string {
	return fmt.Sprintf("%s.owner-%016x.lock", l.Name(), owner)
}

func alive(t testing.TB, l *Ledger, owner int64) bool {
	t.Helper()
	owners, err := l.db.Owners(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(owners, func(o engine.Owner) bool { return o.ID == owner && o.Alive })
}

func open(t testing.TB, o Options) *Ledger {
	t.Helper()
	if o.Path == "" {
		o.Path = newPlace(t)
	}
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// session begins one for host; it ends with the test unless it is to be abandoned like a killed
// process's.
func session(t testing.TB, l *Ledger, o SessionOptions) *Session {
	t.Helper()
	if o.Server == "" {
		o.Server = host
	}
	if o.Parallel == 0 {
		o.Parallel = 8
	}
	s, err := l.Session(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// number runs a query for a single number outside of a transaction.
func (l *Ledger) number(ctx context.Context, query string) (n int, err error) {
	err = l.read(ctx, func(t *txn) error {
		n, err = t.number(query)
		return err
	})
	return n, err
}

// kill does to a session what the end of its process does: its lock is free, nothing else is done.
func (s *Session) kill() {
	s.stop()
	s.l.db.(interface{ Kill(owner int64) }).Kill(s.owner)
	s.registered = false // so that the Close at the test's end does nothing
}

func draft(target string) records.Item {
	return records.Item{Record: records.Record{
		Application: "App", Description: "Deployed", Target: target,
		FeedName: "DefaultNuGet", PackageName: "Newtonsoft.Json", Version: "12.0.3",
	}}
}

func drafts(n int) []records.Item {
	made := make([]records.Item, n)
	for i := range made {
		made[i] = draft(fmt.Sprintf("web%04d", i))
	}
	return made
}

// add adds and returns the ids, failing unless all are to be sent.
func add(t testing.TB, s *Session, made []records.Item, begin int) []string {
	t.Helper()
	added, err := s.Add(t.Context(), made, begin)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, 0, len(added))
	for i, one := range added {
		if one.Action != Send || one.Begun != (i < begin) {
			t.Fatalf("draft %d: %s, begun %t", i, one.Action, one.Begun)
		}
		ids = append(ids, one.Entry.ID)
	}
	return ids
}

func advance(t testing.TB, s *Session, outcomes []Outcome, next ...string) []string {
	t.Helper()
	begun, err := s.Advance(t.Context(), outcomes, next)
	if err != nil {
		t.Fatal(err)
	}
	return begun
}

func claim(t testing.TB, s *Session, outcomes []Outcome, n int) []Entry {
	t.Helper()
	claimed, err := s.Claim(t.Context(), outcomes, n)
	if err != nil {
		t.Fatal(err)
	}
	return claimed
}

// queued fills a ledger with n queued records.
func queued(t testing.TB, l *Ledger, n int) []string {
	t.Helper()
	s := session(t, l, SessionOptions{Queue: true})
	ids := add(t, s, drafts(n), 0)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return ids
}

func history(t testing.TB, l *Ledger, f Filter) []Entry {
	t.Helper()
	var all []Entry
	for e, err := range l.History(context.Background(), f) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func pending(t testing.TB, l *Ledger) []Entry {
	t.Helper()
	var all []Entry
	for e, err := range l.Pending(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// statuses counts a ledger's entries by status.
func statuses(t testing.TB, l *Ledger) map[Status]int {
	t.Helper()
	count := map[Status]int{}
	for _, e := range history(t, l, Filter{}) {
		count[e.Status]++
	}
	return count
}

func targets(entries []Entry) []string {
	var names []string
	for _, e := range entries {
		names = append(names, e.Record.Target)
	}
	return names
}

func wantTargets(t testing.TB, entries []Entry, want ...string) {
	t.Helper()
	if got := targets(entries); !slices.Equal(got, want) {
		t.Errorf("targets %q, want %q", got, want)
	}
}

// lockFiles are what owners leave beside the ledger.
func lockFiles(t testing.TB, l *Ledger) []string {
	t.Helper()
	if IsURL(l.options.Path) {
		return nil
	}
	files, err := os.ReadDir(filepath.Dir(l.Name()))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range files {
		if filepath.Ext(f.Name()) == ".lock" {
			found = append(found, f.Name())
		}
	}
	return found
}
