package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox/nupkg"
)

func writeFile(t *testing.T, content []byte, elements ...string) {
	t.Helper()
	name := filepath.Join(elements...)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPackagesFolder(t *testing.T) {
	t.Parallel()
	content, err := nupkg.Build(nupkg.Identity{ID: "My.Own", Version: "3.1.0"}, "x")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "with [brackets]")
	writeFile(t, content, dir, "whatever.nupkg")
	writeFile(t, content, dir, "choco", "my.own.nupkg")
	writeFile(t, content, dir, "new-feed", "my.own.nupkg")
	writeFile(t, []byte("not a package"), dir, "readme.txt")
	_, base := start(t, Options{PackagesDir: dir})
	for _, name := range []string{"DefaultNuGet", "choco", "new-feed"} {
		got := get(t, base+"/nuget/"+name+"/package/My.Own/3.1.0")
		if got.status != 200 || got.body != string(content) {
			t.Errorf("%s: %d", name, got.status)
		}
	}
}

func TestPackagesFolderWithABadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, []byte("no zip"), dir, "bad.nupkg")
	if _, err := New(Options{PackagesDir: dir}); err == nil || !strings.Contains(err.Error(), "bad.nupkg") {
		t.Errorf("error %v", err)
	}
}
