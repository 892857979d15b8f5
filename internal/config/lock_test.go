package config

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gofrs/flock"
)

// seize takes the lock of a store, as another process would.
func seize(t *testing.T, s Store) *flock.Flock {
	t.Helper()
	held := flock.New(s.Path() + ".lock")
	if locked, err := held.TryLock(); err != nil || !locked {
		t.Fatalf("locked %v, %v", locked, err)
	}
	t.Cleanup(func() { _ = held.Close() })
	return held
}

// TestBusy runs on a clock of its own, so that giving up takes no time.
func TestBusy(t *testing.T) {
	t.Parallel()
	s := newStore(t, ownFile, "")
	seize(t, s)
	synctest.Test(t, func(t *testing.T) {
		for what, err := range map[string]error{
			"add": s.Add(t.Context(), Source{Name: "new", URL: "u"}, false), "remove": second(s.Remove(t.Context(), "corp")),
		} {
			if busy, ok := errors.AsType[*BusyError](err); !ok || busy.Lock != s.Path()+".lock" || !strings.Contains(err.Error(), "for 10s") {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
	if content, err := os.ReadFile(s.Path()); err != nil || string(content) != ownFile {
		t.Errorf("it was changed anyway: %s (%v)", content, err)
	}
}

// TestWaitsForTheLock: what is refused and what is only read waits for nobody; a change waits until
// the lock is free, or until it is interrupted.
func TestWaitsForTheLock(t *testing.T) {
	t.Parallel()
	s := newStore(t, ownFile, "")
	held := seize(t, s)
	if _, err := s.Find("corp"); err != nil {
		t.Error(err)
	}
	if err := s.Add(t.Context(), Source{Name: "corp", URL: "u"}, false); !errors.As(err, new(*ExistsError)) {
		t.Errorf("a name that exists: %v", err)
	}
	if _, err := s.Remove(t.Context(), "none"); !errors.As(err, new(*UnknownError)) {
		t.Errorf("a name that does not exist: %v", err)
	}
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	if _, err := s.Remove(interrupted, "corp"); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if _, err := s.Remove(t.Context(), "corp"); err != nil {
			t.Error(err)
		}
	})
	if err := held.Unlock(); err != nil {
		t.Error(err)
	}
	waiting.Wait()
	if _, err := s.Find("corp"); !errors.As(err, new(*UnknownError)) {
		t.Errorf("after the wait: %v", err)
	}
}

// TestLockFile: it is nobody else's, beside the file that a link leads to, and no obstacle when it
// was left behind.
func TestLockFile(t *testing.T) {
	t.Parallel()
	s := newStore(t, "", "")
	elsewhere := filepath.Join(t.TempDir(), "kept.json")
	write(t, elsewhere, ownFile)
	write(t, s.Path()+".note", "makes the folder")
	if err := os.Symlink(elsewhere, s.Path()); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{"first", "second"} {
		if err := s.Add(t.Context(), Source{Name: name, URL: "u"}, false); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(elsewhere + ".lock")
	if err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := os.Stat(s.Path() + ".lock"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another lock beside the link: %v", err)
	}
}

// TestNoPlaceForTheLock: a folder that cannot be written is named, and still says first what would
// be refused anyway.
func TestNoPlaceForTheLock(t *testing.T) {
	t.Parallel()
	s := newStore(t, ownFile, "")
	if err := os.Mkdir(s.Path()+".lock", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(t.Context(), "corp"); err == nil || !strings.Contains(err.Error(), "cannot lock the sources") || !strings.Contains(err.Error(), filepath.Base(s.Path())+".lock") {
		t.Errorf("%v", err)
	}
	if _, err := s.Remove(t.Context(), "none"); !errors.As(err, new(*UnknownError)) {
		t.Errorf("a name that does not exist: %v", err)
	}
}
