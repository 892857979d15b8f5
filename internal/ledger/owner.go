package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// owner is this process's right to send: a number, and the lock file that shows it alive.
type owner struct {
	id   int64
	lock *flock.Flock
}

// newOwner takes a lock under a new random number. It holds the lock before any other process can read the number, so
// whoever finds the number and no lock knows that its process is dead.
func (l *Ledger) newOwner() (*owner, error) {
	for {
		var random [8]byte
		_, _ = rand.Read(random[:]) // never fails, by its documentation
		id := int64(binary.BigEndian.Uint64(random[:])>>1) | 1
		lock := flock.New(l.lockPath(id), flock.SetPermissions(0o600))
		switch locked, err := lock.TryLock(); {
		case err != nil:
			(&owner{id: id, lock: lock}).release() // a file system without locks would keep the file of each attempt
			return nil, unusable(l.path, err)
		case locked && inPlace(lock):
			l.share(lock)
			return &owner{id: id, lock: lock}, nil
		}
		_ = lock.Close() // another process's sweep was quicker: take another number
	}
}

// share lets whoever may open the ledger see whether the lock is held, as SQLite does with its own files: otherwise a
// process of another user would take this one for alive long after its end. Where that is refused, the lease decides.
func (l *Ledger) share(lock *flock.Flock) {
	info, err := os.Stat(l.path)
	if err != nil {
		return
	}
	_ = os.Chmod(lock.Path(), info.Mode().Perm())
	chownLike(lock.Path(), info)
}

// inPlace is false where the file was removed between its creation and its locking: such a lock is seen by nobody.
func inPlace(lock *flock.Flock) bool {
	held, err1 := lock.Stat()
	named, err2 := os.Stat(lock.Path())
	return err1 == nil && err2 == nil && os.SameFile(held, named)
}

// release removes the lock file. Unix removes a file that is open, Windows only one that is not; numbers never come
// twice, so the second attempt cannot hit a file of somebody else.
func (o *owner) release() {
	_ = os.Remove(o.lock.Path())
	_ = o.lock.Close()
	_ = os.Remove(o.lock.Path())
}

func (l *Ledger) lockPath(id int64) string { return fmt.Sprintf("%s.owner-%016x.lock", l.locks, id) }

// alive asks the operating system whether the owner's process holds its lock, and clears away a dead one's file.
func (l *Ledger) alive(id int64) bool {
	path := l.lockPath(id)
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

// sweep removes the lock files of processes that died without a row in the table, and reports whether one is alive.
func (l *Ledger) sweep() (living bool) {
	folder, base := filepath.Split(l.locks)
	files, _ := os.ReadDir(folder) // what cannot be listed is not swept
	for _, file := range files {
		var id int64
		if _, err := fmt.Sscanf(strings.TrimPrefix(file.Name(), base), ".owner-%x.lock", &id); err == nil {
			living = l.alive(id) || living
		}
	}
	return living
}

// lease is one row of the table owner.
type lease struct{ id, until int64 }

// Recover turns what dead or hanging owners had in flight into uncertain, and frees what they had not begun. [Open] does
// it, and so does [Ledger.Session]; it writes nothing where there is nothing to recover.
func (l *Ledger) Recover(ctx context.Context) error {
	if l.readOnly {
		return nil
	}
	var leases []lease
	err := l.read(ctx, func(t *txn) error {
		return t.each(func(rows *sql.Rows) error {
			var one lease
			err := rows.Scan(&one.id, &one.until)
			leases = append(leases, one)
			return err
		}, "SELECT id, lease_until FROM owner")
	})
	if err != nil {
		return err
	}
	var dead []lease
	for _, one := range leases {
		if one.until < l.now().UnixMilli() || !l.alive(one.id) {
			dead = append(dead, one)
		}
	}
	if len(dead) == 0 {
		return nil
	}
	return l.write(ctx, func(t *txn) error {
		for _, one := range dead {
			if err := t.bury(one); err != nil {
				return err
			}
		}
		return nil
	})
}

// bury removes an owner, unless it has renewed its lease in the meantime: what it had in flight becomes uncertain, and
// the rest of what was its own is left to everybody.
func (t *txn) bury(dead lease) error {
	_, err := t.exec(`UPDATE deployment
		SET state = 'uncertain', owner = 0, attempts = attempts + 1,
			error_kind = 'uncertain', error_status = 0, error_message = 'the process that sent it ended before the answer came'
		WHERE id IN (`+inFlight+` WHERE owner.id = ? AND owner.lease_until = ?)`, dead.id, dead.until)
	if err != nil {
		return err
	}
	if err := t.abandon(dead); err != nil {
		return err
	}
	_, err = t.exec("DELETE FROM owner WHERE id = ? AND lease_until = ?", dead.id, dead.until)
	return err
}

// abandon notes what a dead owner had planned and not begun, and forgets what has been taken up of earlier ones'.
func (t *txn) abandon(dead lease) error {
	_, err := t.exec(`INSERT OR IGNORE INTO abandoned
		SELECT d.id FROM owner AS o JOIN deployment AS d ON d.id >= o.first_open
		WHERE o.id = ? AND o.lease_until = ? AND o.first_open <> '' AND d.owner = o.id AND d.state = 'planned'`, dead.id, dead.until)
	if err != nil {
		return err
	}
	_, err = t.exec("DELETE FROM abandoned WHERE id IN (SELECT a.id FROM abandoned AS a JOIN deployment AS d ON d.id = a.id WHERE d.state <> 'planned')")
	return err
}

// register writes the owner's row.
func (t *txn) register(id, until int64) error {
	_, err := t.exec("INSERT INTO owner (id, lease_until) VALUES (?, ?)", id, until)
	return err
}

// renew renews the owner's lease; there is false where another process has taken it for dead.
func (t *txn) renew(id, until int64) (there bool, err error) {
	n, err := t.exec("UPDATE owner SET lease_until = ? WHERE id = ?", until, id)
	return n == 1, err
}

// fly writes down what the owner has in flight, and the lowest id that it may not have begun.
func (t *txn) fly(id int64, inFlight map[string]bool, firstOpen string) error {
	ids := make([]string, 0, len(inFlight))
	for one, ours := range inFlight {
		if ours {
			ids = append(ids, one)
		}
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	_, err = t.exec("UPDATE owner SET in_flight = ?, first_open = ? WHERE id = ?", string(list), firstOpen, id)
	return err
}

func (t *txn) deregister(id int64) error {
	_, err := t.exec("DELETE FROM owner WHERE id = ?", id)
	return err
}
