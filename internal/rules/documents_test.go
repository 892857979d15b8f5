package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestArchitectureIsWhole holds docs/architecture.md to the tree: every package and every direct
// dependency has its row.
func TestArchitectureIsWhole(t *testing.T) {
	t.Parallel()
	page := readRoot(t, "docs", "architecture.md")
	for dir := range packages(t) {
		if !strings.Contains(page, "`"+dir+"`") {
			t.Errorf("docs/architecture.md has no row for the package %s", dir)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(readRoot(t, "go.mod"), -1) {
		if name := strings.TrimPrefix(m[1], "github.com/"); !strings.Contains(page, name) {
			t.Errorf("docs/architecture.md has no row for the dependency %s", name)
		}
	}
}

// readRoot reads a file below the module's root.
func readRoot(t *testing.T, elements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, elements...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
