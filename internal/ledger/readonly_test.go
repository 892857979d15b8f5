package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger/engine"
	"github.com/progetctl/progetctl/internal/ledger/sqlite"
)

// toRead opens a ledger as one that cannot be written, which root's tests cannot arrange.
func toRead(t *testing.T, path string) *Ledger {
	t.Helper()
	l := &Ledger{options: Options{MustExist: true}.withDefaults()}
	db, err := sqlite.OpenReadOnly(t.Context(), engine.Options{Place: path, MustExist: true, Now: time.Now, Busy: l.options.Busy, Fill: l.fill, Opened: l.opened})
	if err != nil {
		t.Fatal(err)
	}
	l.db = db
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// A ledger that cannot be written is read: one that is closed, one that another process uses, one
// of an older version, and a copy with its -wal file. Nothing is written to it.
func TestReadOnlyLedger(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	closed := filepath.Join(t.TempDir(), "ledger.db")
	before := ledgerFile(t, closed)
	used := open(t, Options{})
	queued(t, used, 500)
	for name, path := range map[string]string{"closed": closed, "in use": used.Name()} {
		l := toRead(t, path)
		if n := len(pending(t, l)); n != 500 {
			t.Errorf("%s: %d of 500 are read", name, n)
		}
		err := l.write(t.Context(), func(tx *txn) error {
			_, err := tx.exec("DELETE FROM abandoned")
			return err
		})
		if !errors.Is(err, ErrUnusable) || !strings.Contains(err.Error(), "read-only") {
			t.Errorf("%s: a write gives %v", name, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if after, err := os.ReadFile(closed); err != nil || string(after) != string(before) {
		t.Error("the file was changed", err)
	}
	older := toRead(t, oldLedger(t))
	if _, err := older.SettleByHand(t.Context(), []string{"01JCZK3V7Q8M4T5W6X7Y8Z9A0B"}, Dropped); !errors.Is(err, engine.ErrReadOnly) {
		t.Errorf("a write to a copy gives %v", err)
	}
	if n := len(pending(t, older)); n != 2 {
		t.Errorf("%d of an older version are read", n)
	}
}
