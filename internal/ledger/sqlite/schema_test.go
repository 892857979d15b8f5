package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// open opens a file in a folder of the test.
func open(t *testing.T, path string, open func(context.Context, engine.Options) (*DB, error)) *DB {
	t.Helper()
	d, err := open(t.Context(), engine.Options{
		Place: path, MustExist: path != "", Now: time.Now, Busy: time.Second,
		Fill:   func(context.Context, engine.DB) error { return nil },
		Opened: func(context.Context, engine.DB, []engine.Owner) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func create(t *testing.T) *DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "ledger.db"), func(ctx context.Context, o engine.Options) (*DB, error) {
		o.MustExist = false
		return Open(ctx, o)
	})
}

func TestMigrationsTakeOnlyTheMissingSteps(t *testing.T) {
	t.Parallel()
	d := create(t)
	if err := d.Later(t.Context(), "INSERT INTO abandoned VALUES ('one'), ('two')"); err != nil {
		t.Fatal(err)
	}
	steps := append(migrations(), "ALTER TABLE abandoned ADD COLUMN later TEXT NOT NULL DEFAULT 'x'")
	for range 2 {
		if err := migrate(t.Context(), d, steps); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := d.number(t.Context(), "SELECT count(*) FROM abandoned WHERE later = 'x'"); n != 2 || err != nil {
		t.Errorf("%d records, %v", n, err)
	}
	if n, _ := d.number(t.Context(), "PRAGMA user_version"); n != len(steps) {
		t.Errorf("version %d, want %d", n, len(steps))
	}
	broken := append(steps, "ALTER TABLE abandoned ADD COLUMN more TEXT; nonsense")
	if err := migrate(t.Context(), d, broken); err == nil {
		t.Fatal("nonsense was taken for a step")
	}
	if _, err := d.number(t.Context(), "SELECT count(more) FROM abandoned"); err == nil {
		t.Error("half a step was taken")
	}
}

// TestForeignTables: a file that says it is a ledger, and has tables in which statements run, or
// that sort otherwise, or a version that is none. None of it must have an effect.
func TestForeignTables(t *testing.T) {
	t.Parallel()
	endless := "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, i AS lease_until, '[]' AS in_flight, '' AS first_open FROM n"
	for name, statements := range map[string]string{
		"negative version":        "PRAGMA user_version = -1",
		"least version":           "PRAGMA user_version = -2147483648",
		"lost insert":             "CREATE TRIGGER x BEFORE INSERT ON deployment BEGIN SELECT RAISE(IGNORE); END",
		"lost update":             "CREATE TRIGGER x BEFORE UPDATE ON deployment BEGIN SELECT RAISE(IGNORE); END",
		"lost owner":              "CREATE TRIGGER x BEFORE INSERT ON owner BEGIN SELECT RAISE(IGNORE); END",
		"endless owners":          "DROP TABLE owner; CREATE VIEW owner AS " + endless,
		"endless Owners":          "DROP TABLE owner; CREATE VIEW Owner AS " + endless,
		"endless, before a step":  "PRAGMA user_version = 1; DROP TABLE owner; CREATE VIEW owner AS " + endless,
		"view that takes records": "ALTER TABLE deployment RENAME TO d; CREATE VIEW deployment AS SELECT * FROM d; CREATE TRIGGER x INSTEAD OF INSERT ON deployment BEGIN SELECT 1; END",
		"virtual table":           "DROP TABLE abandoned; CREATE VIRTUAL TABLE abandoned USING fts5 (id)",
		"columns without types":   "DROP TABLE digest; CREATE TABLE digest (n INTEGER PRIMARY KEY, entries)",
		"pretended types": "DROP TABLE digest; CREATE TABLE digest (n INTEGER PRIMARY KEY, entries); PRAGMA writable_schema = ON; " +
			"UPDATE sqlite_schema SET sql = sql || '/*) STRICT' WHERE name = 'digest'",
		"pretended options": "DROP TABLE digest; CREATE TABLE digest (n INTEGER PRIMARY KEY, entries); PRAGMA writable_schema = ON; " +
			"UPDATE sqlite_schema SET sql = sql || '--) STRICT, WITHOUT ROWID' WHERE name = 'digest'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := create(t)
			if _, err := made.conn.ExecContext(t.Context(), statements); err != nil {
				t.Fatal(err)
			}
			for how, open := range map[string]func(context.Context, engine.Options) (*DB, error){"open": Open, "read": OpenReadOnly} {
				_, err := open(t.Context(), engine.Options{Place: made.path, MustExist: true, Now: time.Now, Busy: time.Second})
				if !errors.Is(err, engine.ErrDamaged) {
					t.Errorf("%s: got %v", how, err)
				}
			}
		})
	}
}

// TestHugeValue: nothing of a file takes more memory than what this program writes.
func TestHugeValue(t *testing.T) {
	t.Parallel()
	d := create(t)
	for size, want := range map[int]error{largest / 2: nil, largest + 1: engine.ErrDamaged, 900_000_000: engine.ErrDamaged} {
		err := d.Query(t.Context(), func(rows *sql.Rows) error { return nil }, "SELECT zeroblob(?)", size)
		if !errors.Is(err, want) {
			t.Errorf("%d bytes: got %v, want %v", size, err, want)
		}
	}
}

// A file of an older version that cannot be written is read as a copy, which goes with the reading.
func TestCopyOfAnOlderFileIsRemoved(t *testing.T) {
	t.Parallel()
	d := create(t)
	if _, err := d.conn.ExecContext(t.Context(), "ALTER TABLE deployment DROP COLUMN type; ALTER TABLE deployment DROP COLUMN host; ALTER TABLE deployment DROP COLUMN asked; DROP TABLE digest; DROP TABLE feed_type; PRAGMA user_version = 3"); err != nil {
		t.Fatal(err)
	}
	r := open(t, d.path, OpenReadOnly)
	if r.copied == "" || !r.ReadOnly() || r.Name() != d.Name() {
		t.Errorf("read as %q, %q", r.Name(), r.copied)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(r.copied); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the copy is left behind: %v", err)
	}
}
