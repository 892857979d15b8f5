package safefile

import (
	"os"
	"path/filepath"
	"runtime"
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
