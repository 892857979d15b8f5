package sqlite

import (
	"os"
	"testing"

	"github.com/gofrs/flock"
)

// A sweep may remove a lock file in the moment between its making and its locking; that lock would
// be seen by nobody.
func TestLockOnARemovedFileIsNone(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/owner.lock"
	lock := flock.New(path)
	if ok, err := lock.TryLock(); !ok || err != nil || !inPlace(lock) {
		t.Fatalf("%t, %v, in place %t", ok, err, inPlace(lock))
	}
	defer func() { _ = lock.Close() }()
	if err := os.Remove(path); err != nil {
		t.Skip("an open file cannot be removed here: ", err)
	}
	if inPlace(lock) {
		t.Error("a lock on a file that is gone counts")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if inPlace(lock) {
		t.Error("a lock on another file of the same name counts")
	}
	(&owner{lock: lock}).release()
}
