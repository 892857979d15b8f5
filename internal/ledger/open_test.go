package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestOpenCreatesForTheUserAlone(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), "new", "folder #1?", "a ledger%20.db")
	l := open(t, Options{Path: path})
	queued(t, l, 1)
	session(t, l, SessionOptions{})
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 4 { // with -wal, -shm and a lock
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(filepath.Dir(path))} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, %v", dir, info.Mode(), err)
		}
	}
}

// Power cuts are what the ledger is for; no option of the connection may be lost on the way through
// the driver's name.
func TestConnectionIsDurable(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	l := open(t, Options{Busy: 1234 * time.Millisecond})
	for pragma, want := range map[string]int{"synchronous": 2, "fullfsync": 1, "busy_timeout": 1234, "user_version": 6, "application_id": 0x50476374} {
		if got, err := l.number(t.Context(), "PRAGMA "+pragma); err != nil || got != want {
			t.Errorf("%s is %d, want %d (%v)", pragma, got, want, err)
		}
	}
	var mode string
	err := l.read(t.Context(), func(tx *txn) error {
		return tx.each(func(rows *sql.Rows) error { return rows.Scan(&mode) }, "PRAGMA journal_mode")
	})
	if err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

func TestLedgerOutlivesItsClosing(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	path := filepath.Join(t.TempDir(), "ledger.db")
	ids := queued(t, open(t, Options{Path: path}), 3)
	again := open(t, Options{Path: path, MustExist: true})
	if p := pending(t, again); len(p) != 3 || p[0].ID != ids[0] || p[2].ID != ids[2] {
		t.Errorf("pending %+v, want %q", p, ids)
	}
}

// A link to the ledger is the ledger: owners must look for each other's locks in one place.
func TestLinkedLedger(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	dir := t.TempDir()
	path, link := filepath.Join(dir, "ledger.db"), filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	first := open(t, Options{Path: path})
	s := session(t, first, SessionOptions{})
	add(t, s, drafts(1), 1)
	second := open(t, Options{Path: link})
	if second.Name() != first.Name() || !alive(t, second, s.owner) {
		t.Errorf("%q and %q are two ledgers", second.Name(), first.Name())
	}
}

// sqliteFile makes a database that is not a ledger, or a ledger changed by statements.
func sqliteFile(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// ledgerFile makes a closed ledger with some records and returns its bytes.
func ledgerFile(t *testing.T, path string) []byte {
	t.Helper()
	l, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	queued(t, l, 500)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	write := func(data []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(*testing.T, string)
		kind error
		text string
	}{
		{"text", write([]byte(strings.Repeat("not a database\n", 50))), ErrDamaged, "is damaged or no ledger, and was left as it is: no SQLite header"},
		{"a few bytes", write([]byte("SQLite")), ErrDamaged, "only 6 bytes long"},
		{"cut short", func(t *testing.T, path string) { write(ledgerFile(t, path)[:3*4096])(t, path) }, ErrDamaged, "malformed"},
		{"overwritten", func(t *testing.T, path string) {
			data := ledgerFile(t, path)
			copy(data[100:], bytes.Repeat([]byte{0xA5}, 4000))
			write(data)(t, path)
		}, ErrDamaged, "malformed"},
		{"another program's", func(t *testing.T, path string) { sqliteFile(t, path, "CREATE TABLE x (y)") }, ErrDamaged, "a database of another program"},
		{"another program's in WAL mode", func(t *testing.T, path string) {
			sqliteFile(t, path, "PRAGMA journal_mode = WAL", "CREATE TABLE x (y)")
		}, ErrDamaged, "a database of another program"},
		{"newer", func(t *testing.T, path string) {
			data := ledgerFile(t, path)
			binary.BigEndian.PutUint32(data[60:], 99)
			write(data)(t, path)
		}, ErrNewer, "newer version of this program, and was left as it is: schema version 99, known up to"},
		{"a folder", func(t *testing.T, path string) { _ = os.Mkdir(path, 0o700) }, ErrUnusable, "cannot be used"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "ledger.db")
			tt.make(t, path)
			before, _ := os.ReadFile(path)
			l, err := Open(t.Context(), Options{Path: path})
			if err == nil { // the damage lies further in
				_, err = readAll(l)
				_ = l.Close()
			}
			var own *Error
			if !errors.Is(err, tt.kind) || !errors.As(err, &own) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v, want %v with %q", err, tt.kind, tt.text)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

// A device is not a place for records, nor its folder one for a journal.
func TestOpenRefusesADevice(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	l, err := Open(t.Context(), Options{Path: os.DevNull})
	if err == nil {
		_ = l.Close()
	}
	if onWindows := errors.Is(err, ErrUnusable) && strings.Contains(err.Error(), "a device"); !onWindows &&
		(!errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "not a regular file")) {
		t.Errorf("got %v", err)
	}
}

func readAll(l *Ledger) (n int, err error) {
	for _, err := range l.History(context.Background(), Filter{}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func TestOpenWithoutAPlace(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "sub", "ledger.db")
	_, err := Open(t.Context(), Options{Path: path, MustExist: true})
	if !errors.Is(err, ErrNotExist) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a reading command has made a folder")
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Path: filepath.Join(file, "ledger.db")}); !errors.Is(err, ErrUnusable) {
		t.Errorf("in a file instead of a folder: %v", err)
	}
	if runtime.GOOS == "linux" { // in a folder where no file can be created
		_, err = Open(t.Context(), Options{Path: "/proc/ledger.db"})
		if errors.Is(err, ErrNotExist) || !errors.Is(err, ErrUnusable) || !strings.Contains(err.Error(), "it cannot be created in this folder") {
			t.Errorf("in /proc: %v", err)
		}
	}
}

// A damaged file found so late that tables can be read anyway must stay as it is too.
func FuzzOpenDamaged(f *testing.F) {
	whole := func(t *testing.T) []byte { return ledgerFile(t, filepath.Join(t.TempDir(), "l.db")) }
	f.Add(uint32(18), byte(1))
	f.Add(uint32(100), byte(0))
	f.Add(uint32(5000), byte(7))
	f.Add(uint32(60), byte(9))
	f.Fuzz(func(t *testing.T, at uint32, value byte) {
		data := whole(t)
		data[at%uint32(len(data))] ^= value
		path := filepath.Join(t.TempDir(), "ledger.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(t.Context(), Options{Path: path})
		if err == nil {
			_, err = readAll(l)
			_ = l.Close()
		}
		var own *Error
		if err != nil && !errors.As(err, &own) {
			t.Skip("a value that its column cannot hold: ", err)
		}
		if after, _ := os.ReadFile(path); (errors.Is(err, ErrNewer) || errors.Is(err, ErrDamaged)) && !bytes.Equal(after, data) {
			t.Fatalf("refused with %v, and changed", err)
		}
	})
}

func TestBusyForTooLong(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	path := filepath.Join(t.TempDir(), "ledger.db")
	first := open(t, Options{Path: path})
	second := open(t, Options{Path: path, Busy: time.Millisecond})
	s := session(t, second, SessionOptions{})
	err := first.write(t.Context(), func(*txn) error {
		_, err := s.Add(t.Context(), drafts(1), 0)
		if !errors.Is(err, ErrBusy) {
			t.Errorf("got %v, want that it is busy", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	add(t, s, drafts(1), 0)
}

// tmpfs mounts a small file system, where the tests may.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no tmpfs can be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", dir).Run() })
	return dir
}

// Whatever was confirmed before the disk was full is stored, and nothing of the call that failed.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	path := filepath.Join(tmpfs(t, "size=1m"), "ledger.db")
	l := open(t, Options{Path: path})
	s := session(t, l, SessionOptions{Queue: true})
	confirmed := 0
	for range 200 {
		if _, err := s.Add(t.Context(), drafts(50), 0); err != nil {
			if !errors.Is(err, ErrUnusable) {
				t.Errorf("got %v, want that it cannot be used", err)
			}
			break
		}
		confirmed += 50
	}
	if n, err := readAll(l); n != confirmed || err != nil || confirmed == 0 || confirmed == 200*50 {
		t.Errorf("%d records where %d were confirmed (%v)", n, confirmed, err)
	}
	s.kill() // there is no room for a farewell either
}

func TestReadOnlyFileSystem(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	dir := tmpfs(t, "size=4m")
	path := filepath.Join(dir, "ledger.db")
	ledgerFile(t, path)
	if out, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Skipf("it cannot be mounted read-only: %v: %s", err, out)
	}
	for _, name := range []string{"ledger.db", "new.db"} {
		if _, err := Open(t.Context(), Options{Path: filepath.Join(dir, name)}); !errors.Is(err, ErrUnusable) {
			t.Errorf("%s: got %v, want that it cannot be used", name, err)
		}
	}
	l := open(t, Options{Path: path, MustExist: true})
	if n, err := readAll(l); n != 500 || err != nil {
		t.Errorf("%d of 500 records can be read, %v", n, err)
	}
}

// What a killed process wrote last is in the -wal file, and is read as well where nothing can be
// written.
func TestReadOnlyLedgerOfAKilledProcess(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	used := open(t, Options{})
	queued(t, used, 500)
	dir := tmpfs(t, "size=8m")
	path := filepath.Join(dir, "ledger.db")
	for _, end := range []string{"", "-wal"} {
		whole, err := os.ReadFile(used.Name() + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+end, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Skipf("it cannot be mounted read-only: %v: %s", err, out)
	}
	l := open(t, Options{Path: path, MustExist: true})
	if n, err := readAll(l); n != 500 || err != nil {
		t.Errorf("%d of 500 records can be read, %v", n, err)
	}
}

// TestDanglingLink: the records would go where nobody looks.
func TestDanglingLink(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	dir := t.TempDir()
	path, target := filepath.Join(dir, "ledger.db"), filepath.Join(dir, "elsewhere.db")
	if err := os.Symlink(target, path); err != nil {
		t.Skip(err)
	}
	for _, mustExist := range []bool{false, true} {
		l, err := Open(t.Context(), Options{Path: path, MustExist: mustExist})
		if err == nil {
			_ = l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "which does not exist") {
			t.Errorf("must exist %v: %v", mustExist, err)
		}
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("the file that the link names was made")
	}
}

// TestExposed: what every user of the machine may change is reported.
func TestExposed(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	for _, test := range []struct {
		file, folder fs.FileMode
		want         string
	}{
		{0o600, 0o700, ""},
		{0o600, 0o755, ""},
		{0o660, 0o770, ""}, // a group may share a ledger
		{0o600, 0o777 | fs.ModeSticky, ""},
		{0o666, 0o755, "mode 0666"},
		{0o602, 0o700, "mode 0602"},
		{0o600, 0o777, "has mode 0777"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "ledger.db")
		l, err := Open(t.Context(), Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Chmod(path, test.file), os.Chmod(dir, test.folder)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(l.Warnings(), ""); !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%v in %v: %q, want %q", test.file, test.folder, got, test.want)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
