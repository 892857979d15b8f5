package sqlite

import (
	"context"
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
