package postgres_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"
)

// smallDisk mounts a file system of 16 MB that belongs to the server, which runs as nobody if this
// is root.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "small-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	if said, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=16m,uid=65534,mode=700", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v: %s", err, said)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", dir).Run() })
	return dir
}

// On a disk that is full, what is to be written down fails with a plain word and nothing of it is
// begun. What was sent gets its outcome once there is room again, and nothing is lost.
func TestFullTablespace(t *testing.T) {
	t.Parallel()
	s, dir := start(t), smallDisk(t)
	name := schema()
	// Of one statement each: neither can be in a transaction.
	admin(t, `CREATE TABLESPACE "`+name+`" LOCATION '`+dir+`'`)
	t.Cleanup(func() { admin(t, `DROP TABLESPACE "`+name+`"`) })
	admin(t, `CREATE DATABASE "`+name+`" TABLESPACE "`+name+`"`)
	t.Cleanup(func() { admin(t, `DROP DATABASE "`+name+`" WITH (FORCE)`) })
	where := strings.Replace(s.URL(), "/postgres?", "/"+name+"?", 1)
	l := open(t, where)
	batch := session(t, l, ledger.SessionOptions{Queue: true, Parallel: 8})
	ids := add(t, batch, 8, 8)
	// Somebody else's rows fill the disk, to the last page.
	run(t, where, `CREATE TABLE filler (a text)`)
	for _, rows := range []string{"1000", "100", "1"} {
		for fill(t, where, rows) == nil {
		}
	}
	var err error
	written := 8
	for ; err == nil; written += 500 { // what room the ledger's own pages have
		_, err = batch.Add(t.Context(), drafts(500), 0)
	}
	written -= 500
	if !strings.Contains(err.Error(), "the database's disk is full") {
		t.Errorf("on a full disk: %v", err)
	}
	run(t, where, `DROP TABLE filler`)
	if _, err := batch.Advance(t.Context(), recorded(ids...), nil); err != nil {
		t.Fatal(err)
	}
	if got := statuses(t, l); got[ledger.Recorded] != 8 || got[ledger.Queued] != written-8 || len(got) > 2 {
		t.Errorf("%v, want 8 recorded and %d queued", got, written-8)
	}
}

// fill adds rows that take a kilobyte each.
func fill(t *testing.T, where, rows string) error {
	t.Helper()
	return execute(t, where, "INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, "+rows+")")
}
