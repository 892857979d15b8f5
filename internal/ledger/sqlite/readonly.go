package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// notWritable is true for SQLite's error about a file, or a folder, that cannot be written.
func notWritable(err error) bool {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return false
	}
	code := lite.Code() & 0xff
	return code == sqlite3.SQLITE_READONLY || code == sqlite3.SQLITE_CANTOPEN
}

// isReadOnlyFolder tests whether the files that SQLite needs next to a ledger can be created.
func isReadOnlyFolder(folder string) bool {
	file, err := os.CreateTemp(folder, ".progetctl-*")
	if err != nil {
		return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
	}
	_ = file.Close()
	_ = os.Remove(file.Name())
	return false
}

// connectToRead opens a ledger that can't be written: directly, if the files of other processes
// next to it allow SQLite that; as immutable, if all data is in the file itself; otherwise, and for
// an older schema, as a copy that includes the latest changes.
func (d *DB) connectToRead(ctx context.Context) error {
	d.readOnly = true
	err := d.connectAs(ctx, url.Values{"mode": {"ro"}})
	if notWritable(err) && d.walIsEmpty() {
		_ = d.Close()
		err = d.connectAs(ctx, url.Values{"mode": {"ro"}, "immutable": {"1"}})
	}
	if err == nil || !notWritable(err) && !errors.Is(err, errOlder) {
		return err
	}
	_ = d.Close()
	if err := d.copyAway(); err != nil {
		return engine.Unusable(d.path, err)
	}
	d.readOnly = false // the copy is brought up to date, and nothing else is written to it
	err = d.connectWhenFree(ctx)
	d.readOnly = true
	return err
}

// errOlder is a ledger whose schema is to be brought up to date first.
var errOlder = errors.New("it was written by an older version of this program")

// walIsEmpty is true if the file itself has everything.
func (d *DB) walIsEmpty() bool {
	info, err := os.Stat(d.path + "-wal")
	return err != nil || info.Size() == 0
}

// connectAs connects, and makes sure that this program can read the schema.
func (d *DB) connectAs(ctx context.Context, query url.Values) (err error) {
	if d.db, err = sql.Open("sqlite", sourceOf(d.path, query)); err != nil {
		return d.wrap(err)
	}
	if err := d.take(ctx); err != nil {
		return d.wrap(err)
	}
	version, err := d.number(ctx, "PRAGMA user_version")
	switch {
	case err != nil:
		return err
	case version < len(migrations()):
		return engine.Unusable(d.path, errOlder)
	}
	return d.wrap(cmp.Or(checkVersion(version), checkTables(ctx, d)))
}

// copyAway makes a copy in a folder of its own. Lock files are still looked for beside the ledger
// itself.
func (d *DB) copyAway() (err error) {
	if d.copied, err = os.MkdirTemp("", "progetctl-ledger-*"); err != nil {
		return err
	}
	path := filepath.Join(d.copied, "ledger.db")
	for _, end := range []string{"", "-wal"} {
		err := copyFile(path+end, d.path+end)
		if err != nil && (end == "" || !errors.Is(err, fs.ErrNotExist)) {
			_ = os.RemoveAll(d.copied)
			return err
		}
	}
	d.path = path
	return nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
