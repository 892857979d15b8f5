package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/progetctl/progetctl/internal/ledger/engine"
	"github.com/progetctl/progetctl/internal/safefile"
)

// applicationID marks a SQLite file as one of ours ("PGct"; SQLite file format, section 1.3.15
// requires a number that is not in general use).
const applicationID = 0x50476374

// prepareFile creates the file if that is allowed, and checks its header before SQLite opens it,
// because SQLite would switch a foreign database to WAL mode when it opens it as a ledger.
//
// A file that cannot be written is opened to be read if it must exist anyway.
func prepareFile(o engine.Options) (resolved string, readOnly bool, err error) {
	path, err := filepath.Abs(o.Place)
	if err != nil {
		return "", false, engine.Unusable(o.Place, err)
	}
	if err := errors.Join(safefile.CheckName(filepath.Base(o.Place)), notShared(runtime.GOOS, path), noDanglingLink(path)); err != nil {
		return "", false, engine.Unusable(path, err)
	}
	flags := os.O_RDWR
	if !o.MustExist {
		flags |= os.O_CREATE
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", false, engine.Unusable(path, err)
		}
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if o.MustExist && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)) {
		readOnly = true
		file, err = os.Open(path)
	}
	switch missing := errors.Is(err, fs.ErrNotExist); {
	case missing && o.MustExist:
		return "", false, &engine.Error{Path: path, Kind: engine.ErrNotExist, Err: err}
	case missing: // in a folder that takes no files, such as /proc
		return "", false, engine.Unusable(path, engine.Reason{Words: "it cannot be created in this folder", Err: err})
	case err != nil:
		return "", false, engine.Unusable(path, err)
	}
	defer file.Close()
	if err := inspect(file); err != nil {
		return "", false, &engine.Error{Path: path, Kind: kindOf(err), Err: err}
	}
	resolved, err = filepath.EvalSymlinks(path)
	if err != nil {
		return "", false, engine.Unusable(path, err)
	}
	return resolved, readOnly, nil
}

// notShared refuses a path of a Windows share: the processes of two machines would not see each
// other's locks and shared memory, which SQLite needs for WAL mode (sqlite.org/wal.html), and would
// damage the file.
func notShared(goos, path string) error {
	if goos != "windows" {
		return nil
	}
	rest, unc := strings.CutPrefix(strings.ReplaceAll(path, `\`, "/"), "//")
	if device, ok := strings.CutPrefix(rest, "?/"); ok { // \\?\C:\x is on this machine, \\?\UNC\server\share is not
		unc = strings.HasPrefix(strings.ToUpper(device), "UNC/")
	}
	if !unc || strings.HasPrefix(rest, "./") {
		return nil
	}
	return errors.New("it is on a network share, which SQLite can't lock; use a file on this machine, or share a ledger in PostgreSQL (--ledger postgres://…)")
}

// noDanglingLink refuses a link to a missing file: creating that file would put the records in an
// unexpected place.
func noDanglingLink(path string) error {
	target, err := os.Readlink(path)
	if err != nil {
		return nil // not a link
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("it is a link to %s, which does not exist", safefile.Quote(target))
	}
	return nil
}

// exposed says that other users can change the ledger, "" if not: its files, or a folder on the way
// to them, which they could put another in place of. Windows has no modes to check.
func exposed(path string) string {
	const byOthers = 0o002
	if runtime.GOOS == "windows" {
		return ""
	}
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(file); err == nil && info.Mode()&byOthers != 0 {
			return fmt.Sprintf("every user of this machine can change it (%s has mode %04o)", safefile.Quote(file), info.Mode().Perm())
		}
	}
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		if info, err := os.Stat(folder); err == nil && info.Mode()&byOthers != 0 && info.Mode()&fs.ModeSticky == 0 {
			return fmt.Sprintf("every user of this machine can replace it (the folder %s has mode %04o)", safefile.Quote(folder), info.Mode().Perm())
		}
		if folder == filepath.Dir(folder) {
			return ""
		}
	}
}

// inspect reads the database header: SQLite file format, section 1.3. An empty file is valid, and
// so is one in which another process has just switched on WAL mode and not yet made the tables.
func inspect(file *os.File) error {
	const writeVersion, userVersion, appID = 18, 60, 68 // offsets in bytes
	switch info, err := file.Stat(); {
	case err != nil:
		return err
	case !info.Mode().IsRegular(): // reading a pipe could block
		return fmt.Errorf("%w: not a regular file", engine.ErrDamaged)
	}
	head := make([]byte, 100)
	switch n, err := io.ReadFull(file, head); {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: only %d bytes long", engine.ErrDamaged, n)
	case err != nil:
		return err
	case !strings.HasPrefix(string(head), "SQLite format 3\x00"):
		return fmt.Errorf("%w: no SQLite header", engine.ErrDamaged)
	}
	version := binary.BigEndian.Uint32(head[userVersion:])
	switch binary.BigEndian.Uint32(head[appID:]) {
	case applicationID:
		return checkVersion(int(int32(version)))
	case 0:
		if walMode := head[writeVersion] == 2; walMode && version == 0 {
			return nil
		}
	}
	return fmt.Errorf("%w: a database of another program", engine.ErrDamaged)
}

// dataSource is the driver's name for the file. SQLite itself must not create it (mode=rw), because
// it would do so with mode 0644; the -wal and -shm files take their mode from it.
func dataSource(path string, busy time.Duration) string {
	return sourceOf(path, url.Values{
		"mode":    {"rw"},
		"_txlock": {"immediate"},
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()),
			"journal_mode(WAL)",
			"temp_store(MEMORY)", // what a statement needs to undo itself is small, and no file costs as little
			"cache_size(-16000)", // KiB: a batch would read its indexes' pages again for each portion
			"synchronous(FULL)",  // WAL mode's usual NORMAL may lose the last commits at a power cut
			"fullfsync(1)",       // macOS: a plain fsync leaves data in the drive's cache
		},
	})
}

func sourceOf(path string, query url.Values) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}
