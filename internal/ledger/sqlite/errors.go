package sqlite

import (
	"errors"
	"os"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// wrap makes an [engine.Error] of an error of SQLite or of its file; any other error is returned
// unchanged. name is what the ledger is called, path the file that is open.
func wrap(name, path string, err error) error {
	if errors.As(err, new(*engine.Error)) {
		return err
	}
	kind := kindOf(err)
	if errors.As(err, new(*sqlite.Error)) || kind != engine.ErrUnusable {
		return &engine.Error{Path: name, Kind: kind, Err: plain(path, err)}
	}
	return err
}

// plain describes errors for which SQLite has only a code.
func plain(path string, err error) error {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return err
	}
	if lite.Code() == sqlite3.SQLITE_IOERR_SHMSIZE {
		return engine.Reason{Words: "there is no room for its -shm file: the disk is full, or the size of files is limited", Err: err}
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_TOOBIG:
		return engine.Reason{Words: "it has a value that is larger than those of this program", Err: err}
	case sqlite3.SQLITE_FULL:
		return engine.Reason{Words: "the disk is full", Err: err}
	case sqlite3.SQLITE_READONLY:
		return engine.Reason{Words: engine.ErrReadOnly.Error(), Err: err}
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM:
		if tooManyFiles(path) {
			return engine.Reason{Words: "too many files are open: raise the limit (ulimit -n)", Err: err}
		}
	}
	return err
}

// tooManyFiles opens the database and the files next to it, because SQLite does not report the
// system's error.
func tooManyFiles(path string) bool {
	const handles = 4
	for range handles {
		file, err := os.Open(path)
		if err != nil {
			return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
		}
		defer file.Close()
	}
	return false
}

// kindOf sorts SQLite's result codes (sqlite.org/rescode.html); the low byte is the primary code.
func kindOf(err error) error {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return engine.KindOf(err)
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return engine.ErrBusy
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG:
		return engine.ErrDamaged
	}
	return engine.KindOf(err)
}
