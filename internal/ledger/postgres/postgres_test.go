package postgres_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/ledger/pgtest"
)

// A group of answers costs one message, two if records are begun with it, however many they are.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	s := session(t, open(t, place(t, p.address())), ledger.SessionOptions{})
	var ids []string
	if n := p.count(func() { ids = add(t, s, 1000, 8) }); n > 2 {
		t.Errorf("1,000 records are written down with %d messages", n)
	}
	for i := 8; i < 64; i += 8 {
		n := p.count(func() {
			begun, err := s.Advance(t.Context(), recorded(ids[i-8:i]...), ids[i:i+8])
			if err != nil || len(begun) != 8 {
				t.Fatal(begun, err)
			}
		})
		if n > 2 {
			t.Errorf("eight outcomes, and eight that are begun, are %d messages", n)
		}
	}
	n := p.count(func() {
		if _, err := s.Advance(t.Context(), recorded(ids[56:64]...), nil); err != nil {
			t.Fatal(err)
		}
	})
	if n != 1 {
		t.Errorf("outcomes alone are %d messages", n)
	}
	again := session(t, open(t, place(t, p.address())), ledger.SessionOptions{Once: time.Hour})
	if n := p.count(func() { add(t, again, 1000, 0) }); n > 8 {
		t.Errorf("with --once, 1,000 records are looked up and written down with %d messages", n)
	}
}

// A single record, from the connection to its end, is four messages and two commits.
func TestRoundTripsOfOneRecord(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	where := place(t, p.address())
	_ = open(t, where).Close() // the tables exist
	n := math.MaxInt
	for range 4 { // one id in 64 merges the digest, which takes another message
		n = min(n, p.count(func() {
			l := open(t, where)
			s := session(t, l, ledger.SessionOptions{})
			if _, err := s.Advance(t.Context(), recorded(add(t, s, 1, 1)...), nil); err != nil {
				t.Fatal(err)
			}
			_, _ = s.Close(), l.Close()
		}))
	}
	if n > 4 {
		t.Errorf("one record is %d messages", n)
	}
}

// A connection that breaks before a message arrived, or after the server has carried it out:
// nothing is lost, nothing is written twice, and the session goes on.
func TestConnectionBreaks(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{false, true} {
		for _, at := range []string{"COMMIT", "INSERT INTO deployment", "UPDATE owner", "DELETE FROM owner"} {
			t.Run(fmt.Sprintf("%s carried out %t", at, answered), func(t *testing.T) {
				t.Parallel()
				p := newProxy(t)
				p.cutAnswers = answered
				l := open(t, place(t, p.address()))
				s := session(t, l, ledger.SessionOptions{Queue: true})
				cuts := 0
				cut := func(message string) bool {
					if strings.Contains(message, at) {
						cuts++
						return true
					}
					return false
				}
				p.mu.Lock()
				p.cut = cut
				p.mu.Unlock()
				ids := add(t, s, 4, 2)
				p.mu.Lock()
				p.cut = cut
				p.mu.Unlock()
				begun, err := s.Advance(t.Context(), recorded(ids[:2]...), ids[2:])
				if err != nil || len(begun) != 2 {
					t.Fatal(begun, err)
				}
				p.mu.Lock()
				p.cut = cut
				p.mu.Unlock()
				uncertain := ledger.Outcome{ID: ids[2], Status: ledger.Uncertain, Attempts: 1, Error: &ledger.Failure{Kind: "uncertain", Message: "m"}}
				if _, err := s.Advance(t.Context(), append(recorded(ids[3]), uncertain), nil); err != nil {
					t.Fatal(err)
				}
				if want := map[ledger.Status]int{ledger.Recorded: 3, ledger.Uncertain: 1}; !maps.Equal(statuses(t, l), want) {
					t.Errorf("%v, want %v", statuses(t, l), want)
				}
				p.mu.Lock()
				defer p.mu.Unlock()
				if cuts == 0 {
					t.Error("nothing was cut")
				}
			})
		}
	}
}

// A session that ends while the ledger is opened, before or after the server has carried out what
// it was asked for, is made again; one that ends each time is given up.
func TestSessionEndsWhileOpening(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"pg_advisory_lock_shared", "has_table_privilege", "to_regclass", "BEGIN", "CREATE TABLE", "COMMIT", "FROM owner"} {
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s carried out %t", at, answered), func(t *testing.T) {
				t.Parallel()
				p := newProxy(t)
				p.cutAnswers = answered
				cuts := 0
				p.cut = func(message string) bool {
					cut := strings.Contains(message, at)
					cuts += map[bool]int{true: 1}[cut]
					return cut
				}
				l := open(t, place(t, p.address()))
				if _, err := session(t, l, ledger.SessionOptions{}).Advance(t.Context(), nil, nil); err != nil {
					t.Error(err)
				}
				p.mu.Lock()
				defer p.mu.Unlock()
				if cuts != 1 {
					t.Errorf("%d cuts, want 1", cuts)
				}
			})
		}
	}
	t.Run("each time", func(t *testing.T) {
		t.Parallel()
		p := newProxy(t)
		cuts := 0
		p.cutAll = true
		p.cut = func(message string) bool {
			cut := strings.Contains(message, "to_regclass")
			cuts += map[bool]int{true: 1}[cut]
			return cut
		}
		_, err := ledger.Open(t.Context(), ledger.Options{Path: place(t, p.address())})
		if want := "was lost"; !errors.Is(err, ledger.ErrUnusable) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if cuts != 3 {
			t.Errorf("%d sessions were cut, want 3", cuts)
		}
	})
}

// Tables of the first version are brought up to date with what is in them.
func TestMigrationKeepsRecords(t *testing.T) {
	t.Parallel()
	where := place(t)
	l := open(t, where)
	add(t, session(t, l, ledger.SessionOptions{Queue: true}), 3, 0)
	_ = l.Close()
	run(t, where, "ALTER TABLE deployment DROP COLUMN asked")
	run(t, where, "UPDATE schema_version SET version = 1")
	if got := statuses(t, open(t, where)); got[ledger.Queued] != 3 {
		t.Errorf("%v", got)
	}
}

// Another process takes a session whose connection broke for dead. It finds that out before it
// begins another record, and an answer that comes late counts.
func TestTakenWhileDisconnected(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	where := place(t, p.address())
	l := open(t, where)
	s := session(t, l, ledger.SessionOptions{Queue: true})
	ids := add(t, s, 4, 2)
	other := open(t, where)
	// The server ends the first session, and hears nothing of it before the other has looked.
	admin(t, "SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l WHERE l.locktype = 'advisory' AND l.mode = 'ExclusiveLock' AND l.pid <> pg_backend_pid() AND l.pid IN (SELECT pid FROM pg_stat_activity WHERE query LIKE '%"+ids[0]+"%')")
	flush := session(t, other, ledger.SessionOptions{Queue: true})
	var claimed []ledger.Entry
	for deadline := time.Now().Add(time.Minute); len(claimed) == 0 && time.Now().Before(deadline); {
		err := other.Recover(t.Context())
		if err == nil {
			claimed, err = flush.Claim(t.Context(), nil, 8)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(claimed) != 2 {
		t.Fatalf("%d claimed: %v", len(claimed), statuses(t, other))
	}
	begun, err := s.Advance(t.Context(), recorded(ids[0]), ids[2:])
	if err != nil || len(begun) != 0 {
		t.Errorf("%q begun, which another process is sending (%v)", begun, err)
	}
	if _, err := flush.Advance(t.Context(), recorded(claimed[0].ID, claimed[1].ID), nil); err != nil {
		t.Fatal(err)
	}
	got := map[ledger.Status]int{}
	for e, err := range other.History(t.Context(), ledger.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		got[e.Status]++
	}
	if want := map[ledger.Status]int{ledger.Recorded: 3, ledger.Uncertain: 1}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A batch goes on through a server that is stopped as by a power cut, and started again.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	own := pgtest.Start(t)
	l := open(t, own.URL())
	s := session(t, l, ledger.SessionOptions{})
	ids := add(t, s, 80, 8)
	for i := 8; i < 80; i += 8 {
		if i%24 == 0 {
			own.Kill()
			own.Start()
		}
		begun, err := s.Advance(t.Context(), recorded(ids[i-8:i]...), ids[i:i+8])
		if err != nil || len(begun) != 8 {
			t.Fatal(begun, err)
		}
	}
	if _, err := s.Advance(t.Context(), recorded(ids[72:]...), nil); err != nil {
		t.Fatal(err)
	}
	if got := statuses(t, l); got[ledger.Recorded] != 80 {
		t.Errorf("%v", got)
	}
}

// A ledger that cannot be used says why and what to do, and never shows the password.
func TestErrors(t *testing.T) {
	t.Parallel()
	s := start(t)
	url := s.URL()
	admin(t, `CREATE SCHEMA strange; CREATE TABLE strange.deployment (a int)`)
	admin(t, `CREATE SCHEMA named; CREATE TABLE named.deployment (a int); CREATE TABLE named.schema_version (number text)`)
	admin(t, `CREATE SCHEMA worded; CREATE TABLE worded.deployment (a int); CREATE TABLE worded.schema_version (version text); INSERT INTO worded.schema_version VALUES ('1.2')`)
	admin(t, `CREATE SCHEMA alone; CREATE TABLE alone.schema_version (version int); INSERT INTO alone.schema_version VALUES (1)`)
	admin(t, `CREATE ROLE nobody LOGIN PASSWORD 'canary-p%40ss''w'`)
	newer := schema()
	_ = open(t, url+"&search_path="+newer).Close()
	admin(t, `UPDATE "`+newer+`".schema_version SET version = 99`)
	tls := strings.Replace(url, "sslmode=disable", "sslmode=verify-full", 1)
	for name, tt := range map[string]struct {
		place, want string
		kind        error
	}{
		"no URL":              {"postgres://u:canary-p%zz@h/db", "not a valid URL", ledger.ErrUnusable},
		"unknown host":        {strings.Replace(url, "127.0.0.1", "no-such-host.invalid", 1), "unknown host", ledger.ErrUnusable},
		"nobody listens":      {s.URLFor("127.0.0.1:1"), "connection refused", ledger.ErrUnusable},
		"wrong password":      {strings.Replace(url, ":canary-p", ":canary-wrong", 1), `password authentication failed for user "postgres"; check the user, and the password`, ledger.ErrUnusable},
		"unknown database":    {strings.Replace(url, "/postgres?", "/none?", 1), `database "none" does not exist; check its name`, ledger.ErrUnusable},
		"no rights":           {strings.Replace(url, "postgres:canary", "nobody:canary", 1), "permission denied", ledger.ErrUnusable},
		"somebody's tables":   {url + "&search_path=strange", "tables of another program", ledger.ErrDamaged},
		"another's version":   {url + "&search_path=named", "tables of another program", ledger.ErrDamaged},
		"a version in words":  {url + "&search_path=worded", "tables of another program", ledger.ErrDamaged},
		"a version alone":     {url + "&search_path=alone", "tables of another program", ledger.ErrDamaged},
		"newer":               {url + "&search_path=" + newer, "schema version 99", ledger.ErrNewer},
		"unknown certificate": {tls, "unknown authority", ledger.ErrUnusable},
		"no authority's file": {tls + "&sslrootcert=nowhere.crt", `file "nowhere.crt" does not exist`, ledger.ErrUnusable},
		"bad sslmode":         {strings.Replace(url, "sslmode=disable", "sslmode=canary-p%2540ss%27w", 1), "sslmode", ledger.ErrUnusable},
		"two schemas":         {url + "&search_path=a,b", "search_path must name one schema", ledger.ErrUnusable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ledger.Open(t.Context(), ledger.Options{Path: tt.place, Busy: time.Second})
			if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), `ledger "postgres://`) {
				t.Errorf("got %v", err)
			}
			for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", errors.Unwrap(err))} {
				if strings.Contains(text, "canary") {
					t.Errorf("a password shows: %s", text)
				}
			}
		})
	}
	trusted := open(t, tls+"&search_path="+schema()+"&sslrootcert="+filepath.Join(s.Dir, "root.crt"))
	if want := fmt.Sprintf("postgres://127.0.0.1:%d/postgres", s.Port); trusted.Name() != want {
		t.Errorf("it is called %s, want %s", trusted.Name(), want)
	}
}

// A URL may leave everything to the service file.
func TestServiceFile(t *testing.T) {
	s, path := start(t), filepath.Join(t.TempDir(), "services")
	text := fmt.Sprintf("[shared]\nhost=127.0.0.1\nport=%d\nuser=postgres\npassword=%s\ndbname=postgres\nsslmode=disable\n", s.Port, pgtest.Password)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGSERVICEFILE", path)
	for _, url := range []string{"postgres://?service=shared", "postgres:///?service=shared"} {
		l := open(t, url+"&search_path="+schema())
		if want := fmt.Sprintf("postgres://127.0.0.1:%d/postgres", s.Port); l.Name() != want {
			t.Errorf("%s is called %s, want %s", url, l.Name(), want)
		}
	}
}

// The password may come from a file, which nobody else may read.
func TestPasswordFile(t *testing.T) {
	s, path := start(t), filepath.Join(t.TempDir(), "passwords")
	if err := os.WriteFile(path, []byte("127.0.0.1:*:*:postgres:"+pgtest.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGPASSFILE", path)
	where := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable&search_path=%s", s.Port, schema())
	_ = open(t, where).Close()
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := ledger.Open(t.Context(), ledger.Options{Path: where})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("run chmod 600 %q", path)) {
		t.Errorf("a file that others may read: %v", err)
	}
}

// A role that may only read reads, and a ledger that does not exist is not made by reading.
func TestReaders(t *testing.T) {
	t.Parallel()
	where := place(t)
	name := where[strings.LastIndex(where, "=")+1:]
	if _, err := ledger.Open(t.Context(), ledger.Options{Path: where, MustExist: true}); !errors.Is(err, ledger.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	l := open(t, where)
	add(t, session(t, l, ledger.SessionOptions{}), 3, 1)
	admin(t, `CREATE ROLE "`+name+`" LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA "`+name+`" TO "`+name+`"; GRANT SELECT ON ALL TABLES IN SCHEMA "`+name+`" TO "`+name+`"`)
	auditor := open(t, strings.Replace(where, "postgres:canary-p%2540ss%27w", name+":p", 1))
	if got := statuses(t, auditor); got[ledger.Uncertain] != 1 || got[ledger.Planned] != 2 {
		t.Errorf("%v", got)
	}
	if _, err := auditor.SettleByHand(t.Context(), []string{"x"}, ledger.Dropped); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("got %v", err)
	}
}

// Of several processes that find no tables at the same moment, one makes them, and all go on.
func TestFirstUseByMany(t *testing.T) {
	t.Parallel()
	for range 5 {
		where := place(t)
		failed := make(chan error)
		const processes = 6
		for range processes {
			go func() {
				l, err := ledger.Open(t.Context(), ledger.Options{Path: where, Busy: time.Minute})
				if err == nil {
					err = l.Close()
				}
				failed <- err
			}()
		}
		for range processes {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
	}
}

// An older program that is at work keeps a newer one from changing the tables under it.
func TestMigrationWaitsForTheLiving(t *testing.T) {
	t.Parallel()
	where := place(t)
	name := where[strings.LastIndex(where, "=")+1:]
	older := open(t, where)
	admin(t, `UPDATE "`+name+`".schema_version SET version = 0`)
	_, err := ledger.Open(t.Context(), ledger.Options{Path: where, Busy: 50 * time.Millisecond})
	if !errors.Is(err, ledger.ErrBusy) || !strings.Contains(err.Error(), "another version") {
		t.Errorf("got %v", err)
	}
	_ = older.Close()
}

// A pooler that hands sessions to others is refused; one that keeps them is fine.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	bouncer, err := exec.LookPath("pgbouncer")
	if err != nil {
		if os.Getenv(pgtest.Required) != "" {
			t.Fatal(err)
		}
		t.Skip("PgBouncer is not installed: apt-get install pgbouncer")
	}
	s := start(t)
	for mode, refused := range map[string]bool{"transaction": true, "session": false} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			address := bounce(t, bouncer, s, mode)
			l, err := ledger.Open(t.Context(), ledger.Options{Path: s.URLFor(address) + "&search_path=" + schema()})
			if refused {
				if err == nil || !strings.Contains(err.Error(), "pool_mode = session") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			ids := add(t, session(t, l, ledger.SessionOptions{}), 2, 1)
			if len(ids) != 2 {
				t.Error(ids)
			}
		})
	}
}

// What doctor learns: the tables, TLS and the rights.
func TestExamine(t *testing.T) {
	t.Parallel()
	s, where := start(t), place(t)
	name := where[strings.LastIndex(where, "=")+1:]
	secure := strings.Replace(where, "sslmode=disable", "sslmode=verify-full&sslrootcert="+filepath.Join(s.Dir, "root.crt"), 1)
	facts, err := ledger.Examine(t.Context(), ledger.Options{Path: secure})
	if err != nil || facts.Version != 0 || !facts.Create || !facts.Verified || !strings.HasPrefix(facts.TLS, "TLS") || len(facts.Missing) > 0 {
		t.Errorf("before the first record: %+v, %v", facts, err)
	}
	_ = open(t, where).Close()
	admin(t, `CREATE ROLE "`+name+`" LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA "`+name+`" TO "`+name+`"; GRANT SELECT ON ALL TABLES IN SCHEMA "`+name+`" TO "`+name+`"`)
	facts, err = ledger.Examine(t.Context(), ledger.Options{Path: strings.Replace(where, "postgres:canary-p%2540ss%27w", name+":p", 1)})
	if err != nil || facts.Version != facts.Known || facts.Create || facts.TLS != "" || !strings.Contains(strings.Join(facts.Missing, ","), "INSERT on deployment") {
		t.Errorf("of an auditor: %+v, %v", facts, err)
	}
}
