package safefile

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// What a killed process left is removed by the next file in the folder; what a living one writes,
// and what only looks alike, is not.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dead, other := filepath.Join(dir, ".progetctl-ABC.part"), filepath.Join(dir, "progetctl-ABC.part")
	link, target := filepath.Join(dir, ".progetctl-LINK.part"), filepath.Join(t.TempDir(), "target")
	for _, path := range []string{dead, other, target} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept := []string{other, target}
	if runtime.GOOS != "windows" { // where not everyone may make links
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, link)
	}
	living, err := Create(filepath.Join(dir, "a"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer living.Abort()
	second, err := Create(filepath.Join(dir, "b"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Abort()
	if _, err := os.Lstat(dead); err == nil {
		t.Error("what a killed process left is still there")
	}
	for _, path := range kept {
		if _, err := os.Lstat(path); err != nil {
			t.Error("removed as well:", err)
		}
	}
	if _, err := living.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if err := living.Commit(); err != nil {
		t.Error("what a living process writes was removed:", err)
	}
}

// TestSweepDuringCommit: a file belongs to its process until it has its name, however many others
// begin one in the folder at that moment.
func TestSweepDuringCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	done := make(chan struct{})
	var others sync.WaitGroup
	for i := range 4 {
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				f, err := Create(filepath.Join(dir, fmt.Sprint("other", i)), Options{})
				if err != nil {
					t.Error(err)
					return
				}
				f.Abort()
			}
		})
	}
	for i := range 40 {
		f, err := Create(filepath.Join(dir, fmt.Sprint("a", i)), Options{Force: i%2 == 0})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Commit(); err != nil {
			t.Errorf("commit %d: %v", i, err)
		}
	}
	close(done)
	others.Wait()
}
