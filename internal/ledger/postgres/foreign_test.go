package postgres_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/ledger/engine"
	"github.com/progetctl/progetctl/internal/ledger/postgres"
	"github.com/progetctl/progetctl/internal/records"
)

// A table that another program changed is refused when the ledger is opened: statements would leave
// out records, or write none, without an error.
func TestChangedTables(t *testing.T) {
	t.Parallel()
	const nothing = "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER t BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION nothing()"
	for name, tt := range map[string]struct{ table, statements string }{
		"a view":                   {"deployment", "ALTER TABLE deployment RENAME TO d; CREATE VIEW deployment AS SELECT * FROM d WHERE target <> 't1'"},
		"a view of the version":    {"schema_version", "DROP TABLE schema_version; CREATE VIEW schema_version AS SELECT 2 AS version"},
		"a materialized view":      {"feed_type", "DROP TABLE feed_type; CREATE MATERIALIZED VIEW feed_type AS SELECT ''::text AS server, ''::text AS feed, ''::text AS type"},
		"a trigger":                {"deployment", fmt.Sprintf(nothing, "deployment")},
		"a trigger on owners":      {"owner", fmt.Sprintf(nothing, "owner")},
		"a trigger on the digest":  {"digest", fmt.Sprintf(nothing, "digest")},
		"a trigger on writers":     {"writer", fmt.Sprintf(nothing, "writer")},
		"a rule for inserts":       {"deployment", "CREATE RULE r AS ON INSERT TO deployment DO INSTEAD NOTHING"},
		"a rule for updates":       {"deployment", "CREATE RULE r AS ON UPDATE TO deployment DO INSTEAD NOTHING"},
		"a rule for abandoned":     {"abandoned", "CREATE RULE r AS ON INSERT TO abandoned DO INSTEAD NOTHING"},
		"row security":             {"deployment", "ALTER TABLE deployment ENABLE ROW LEVEL SECURITY"},
		"a child":                  {"deployment", "CREATE TABLE child () INHERITS (deployment)"},
		"a partitioned table":      {"abandoned", "DROP TABLE abandoned; CREATE TABLE abandoned (id text COLLATE \"C\" NOT NULL) PARTITION BY HASH (id)"},
		"no log":                   {"deployment", "ALTER TABLE deployment SET UNLOGGED"},
		"a check":                  {"deployment", "ALTER TABLE deployment ADD CHECK (target <> 't9')"},
		"a type that pads":         {"deployment", "ALTER TABLE deployment ALTER target TYPE char(10)"},
		"a type that cuts":         {"deployment", "ALTER TABLE deployment ALTER error_message TYPE varchar(10)"},
		"a type of other order":    {"deployment", "ALTER TABLE deployment ALTER made_at TYPE numeric"},
		"a domain":                 {"deployment", "CREATE DOMAIN label AS text COLLATE \"C\"; ALTER TABLE deployment ALTER target TYPE label"},
		"a version with a point":   {"schema_version", "ALTER TABLE schema_version ALTER version TYPE float"},
		"a collation":              {"deployment", "ALTER TABLE deployment ALTER id TYPE text COLLATE \"POSIX\""},
		"the database's collation": {"feed_type", "ALTER TABLE feed_type ALTER feed TYPE text COLLATE \"default\""},
		"NULL":                     {"deployment", "ALTER TABLE deployment ALTER target DROP NOT NULL; UPDATE deployment SET target = NULL"},
		"a column more":            {"deployment", "ALTER TABLE deployment ADD remark text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := place(t)
			l := open(t, where)
			add(t, session(t, l, ledger.SessionOptions{}), 3, 0)
			_ = l.Close()
			run(t, where, tt.statements)
			_, err := ledger.Open(t.Context(), ledger.Options{Path: where})
			if want := fmt.Sprintf("a table %q that another program changed", tt.table); !errors.Is(err, ledger.ErrDamaged) || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
			if _, err := postgres.Examine(t.Context(), engine.Options{Place: where, Now: time.Now}); !errors.Is(err, ledger.ErrDamaged) {
				t.Errorf("examined: got %v", err)
			}
		})
	}
}

// What a database administrator may add is none of the ledger's business.
func TestHarmlessChanges(t *testing.T) {
	t.Parallel()
	where := place(t)
	l := open(t, where)
	add(t, session(t, l, ledger.SessionOptions{Queue: true}), 3, 0)
	_ = l.Close()
	for _, statement := range []string{
		"CREATE INDEX more ON deployment (target)", "CREATE VIEW report AS SELECT * FROM deployment", "CREATE TABLE owners (id int)",
		"ALTER TABLE deployment ADD remark bigint NOT NULL DEFAULT 0", "COMMENT ON TABLE deployment IS 'x'", "ALTER TABLE deployment SET (fillfactor = 50)",
		"CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql AS 'SELECT ''x''::text'", "CREATE FUNCTION pg_advisory_lock_shared(int) RETURNS void LANGUAGE sql AS 'SELECT 1/0'",
	} {
		run(t, where, statement)
	}
	l = open(t, where)
	add(t, session(t, l, ledger.SessionOptions{Queue: true, Once: time.Hour}), 4, 0)
	if got := statuses(t, l); got[ledger.Queued] != 4 {
		t.Errorf("%v, want 4 queued", got)
	}
}

// The database's and the role's settings don't change what statements mean.
func TestSettings(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{
		"standard_conforming_strings=off", "bytea_output=escape", "default_transaction_isolation=repeatable\\ read",
		"default_transaction_isolation=serializable", "transform_null_equals=on", "session_replication_role=replica", "search_path=pg_catalog",
		"client_min_messages=debug5", "DateStyle=German", "quote_all_identifiers=on",
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			where := place(t) + "&options=" + url.QueryEscape("-c "+setting)
			l := open(t, where)
			s := session(t, l, ledger.SessionOptions{Once: time.Hour})
			item := drafts(1)[0]
			item.Record.Target = `a\'b`
			added, err := s.Add(t.Context(), []records.Item{item}, 1)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Advance(t.Context(), recorded(added[0].Entry.ID), nil); err != nil {
				t.Fatal(err)
			}
			for e, err := range l.Running(t.Context(), ledger.Filter{}) {
				if err != nil || e.Record != item.Record {
					t.Errorf("got %+v, %v", e, err)
				}
			}
			again, err := session(t, open(t, where), ledger.SessionOptions{Once: time.Hour}).Add(t.Context(), []records.Item{item}, 1)
			if err != nil || !again[0].Known {
				t.Errorf("got %+v, %v", again, err)
			}
		})
	}
}

// Of several processes that add the same record at the same time, one does, also in a database
// whose transactions see only what was there when they began.
func TestOnceInRepeatableRead(t *testing.T) {
	t.Parallel()
	where := place(t) + "&options=" + url.QueryEscape("-c default_transaction_isolation=repeatable\\ read")
	const processes = 4
	var sessions []*ledger.Session
	for range processes {
		sessions = append(sessions, session(t, open(t, where), ledger.SessionOptions{Once: time.Hour}))
	}
	type result struct {
		added []ledger.Added
		err   error
	}
	results := make(chan result)
	for _, s := range sessions {
		go func() {
			added, err := s.Add(t.Context(), drafts(1), 1)
			if err == nil && !added[0].Known { // the others wait for the outcome
				_, err = s.Advance(t.Context(), recorded(added[0].Entry.ID), nil)
			}
			results <- result{added, err}
		}()
	}
	fresh := 0
	for range processes {
		r := <-results
		if r.err != nil {
			t.Fatal(r.err)
		}
		if !r.added[0].Known {
			fresh++
		}
	}
	if fresh != 1 {
		t.Fatalf("%d processes added the record", fresh)
	}
}

// An address that could be read in two ways, or that the server would read otherwise, is refused.
func TestUnclearAddresses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 64)
	for _, query := range []string{
		"search_path=a;sslmode=verify-full", "search_path=a%zz", "search_path=a&search_path=b", "sslmode=disable&sslmode=verify-full",
		"search_path=" + long, "search_path=a%00b", "search_path=%ff", "search_path=$user", "search_path=pg_temp", "search_path=pg_catalog",
		"search_path=information_schema", "search_path=a,b", "search_path=%22a%22",
	} {
		_, err := ledger.Open(t.Context(), ledger.Options{Path: "postgres://u@127.0.0.1:1/db?" + query})
		if !errors.Is(err, ledger.ErrUnusable) || strings.Contains(err.Error(), "cannot connect") {
			t.Errorf("%s: got %v", query, err)
		}
	}
	for _, query := range []string{"search_path=" + long[1:], "search_path=a'b%20%0ac", "search_path=A&sslmode=disable", "search_path="} {
		_, err := ledger.Open(t.Context(), ledger.Options{Path: "postgres://u@127.0.0.1:1/db?" + query})
		if err == nil || !strings.Contains(err.Error(), "cannot connect") {
			t.Errorf("%s: got %v", query, err)
		}
	}
}
