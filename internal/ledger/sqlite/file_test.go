package sqlite

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestExposed: other users can change what they can write, and replace what is below a folder in
// which they can rename.
func TestExposed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	for _, c := range []struct {
		name string // what has the mode, below the folder of the test
		mode fs.FileMode
		want string
	}{
		{"above/folder/l.db", 0o600, ""},
		{"above/folder/l.db", 0o660, ""},
		{"above/folder/l.db", 0o602, "change it"},
		{"above/folder/l.db-wal", 0o666, "change it"},
		{"above/folder/l.db-shm", 0o622, "change it"},
		{"above/folder", 0o775, ""},
		{"above/folder", 0o777, "replace it"},
		{"above/folder", 0o777 | fs.ModeSticky, ""},
		{"above", 0o703, "replace it"},
		{"above", 0o703 | fs.ModeSticky, ""},
	} {
		root := t.TempDir()
		folder := filepath.Join(root, "above", "folder")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"l.db", "l.db-wal", "l.db-shm"} {
			if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		changed := filepath.Join(root, filepath.FromSlash(c.name))
		if err := os.Chmod(changed, c.mode); err != nil {
			t.Fatal(err)
		}
		got := exposed(filepath.Join(folder, "l.db"))
		if named := strings.Contains(got, changed); !strings.Contains(got, c.want) || named != (c.want != "") {
			t.Errorf("%s with mode %v: %q, want %q", c.name, c.mode, got, c.want)
		}
	}
}

func TestNotShared(t *testing.T) {
	t.Parallel()
	for path, shared := range map[string]bool{
		`\\server\share\l.db`: true, `//server/share/l.db`: true, `\\?\UNC\server\share\l.db`: true, `\\?\unc\s\x`: true,
		`C:\l.db`: false, `\l.db`: false, `\\?\C:\l.db`: false, `\\.\C:\l.db`: false, `l.db`: false,
	} {
		if err := notShared("windows", path); (err != nil) != shared {
			t.Errorf("%s: %v", path, err)
		}
		if err := notShared("linux", path); err != nil {
			t.Errorf("on Linux, %s: %v", path, err)
		}
	}
}
