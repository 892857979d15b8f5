package sqlite

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// owner is this process's right to send: a number, and the lock file that shows it as alive.
type owner struct {
	id   int64
	lock *flock.Flock
}

// owners are the lock files beside a ledger, by which processes see each other.
type owners struct {
	ledger string           // path with links resolved, so that every process looks in the same place
	held   map[int64]*owner // by this process
}

// NewOwner takes a lock under a new random number. It holds the lock before any other process can
// read the number, so a number without a lock belongs to a dead process.
func (all *owners) NewOwner(context.Context) (int64, error) {
	for {
		var random [8]byte
		_, _ = rand.Read(random[:]) // never fails, by its documentation
		id := int64(binary.BigEndian.Uint64(random[:])>>1) | 1
		lock := flock.New(all.lockPath(id), flock.SetPermissions(0o600))
		switch locked, err := lock.TryLock(); {
		case err != nil:
			(&owner{id: id, lock: lock}).release() // a file system without locks would keep the file of each attempt
			return 0, engine.Unusable(all.ledger, err)
		case locked && inPlace(lock):
			all.openToOthers(lock)
			all.held[id] = &owner{id: id, lock: lock}
			return id, nil
		}
		_ = lock.Close() // another process's sweep has removed it: take another number
	}
}

// openToOthers lets whoever may open the ledger see whether the lock is held, as SQLite does with
// its own files: otherwise a process of another user would consider this one alive long after its
// end. If that is refused, the lease decides.
func (all *owners) openToOthers(lock *flock.Flock) {
	info, err := os.Stat(all.ledger)
	if err != nil {
		return
	}
	_ = os.Chmod(lock.Path(), info.Mode().Perm())
	chownLike(lock.Path(), info)
}

// inPlace is false if the file was removed between its creation and its locking: no other process
// can see such a lock.
func inPlace(lock *flock.Flock) bool {
	held, err1 := lock.Stat()
	named, err2 := os.Stat(lock.Path())
	return err1 == nil && err2 == nil && os.SameFile(held, named)
}

// release removes the lock file. Unix removes a file that is open, Windows only one that is not;
// numbers are never reused, so the second attempt can't remove another process's file.
func (o *owner) release() {
	_ = os.Remove(o.lock.Path())
	_ = o.lock.Close()
	_ = os.Remove(o.lock.Path())
}

// Kill does to an owner what the end of its process does: for tests.
func (all *owners) Kill(owner int64) { _ = all.held[owner].lock.Close() }

// Release gives up an owner's lock.
func (all *owners) Release(_ context.Context, id int64) {
	if o := all.held[id]; o != nil {
		o.release()
	}
	delete(all.held, id)
}

func (all *owners) lockPath(id int64) string {
	return fmt.Sprintf("%s.owner-%016x.lock", all.ledger, id)
}

// alive asks the operating system whether the owner's process holds its lock, and removes a dead
// one's file.
func (all *owners) alive(id int64) bool {
	path := all.lockPath(id)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDWR))
	locked, err := lock.TryLock()
	if err == nil && locked {
		(&owner{id: id, lock: lock}).release()
		return false
	}
	_ = lock.Close()
	return !errors.Is(err, os.ErrNotExist) // in doubt the owner is alive, until its lease is over
}

// Clock is this machine's: a file has no other users.
func (*owners) Clock(here time.Time) time.Time { return here }

// Sweep removes the lock files of processes that died without a row in the table.
func (all *owners) Sweep(context.Context) { all.sweep() }

// sweep is Sweep, and reports whether a process is alive.
func (all *owners) sweep() (living bool) {
	folder, base := filepath.Split(all.ledger)
	files, _ := os.ReadDir(folder) // what cannot be listed is not swept
	for _, file := range files {
		var id int64
		if _, err := fmt.Sscanf(strings.TrimPrefix(file.Name(), base), ".owner-%x.lock", &id); err == nil {
			living = all.alive(id) || living
		}
	}
	return living
}
