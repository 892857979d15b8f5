package records

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPowerShell reads what PowerShell writes: testdata/wire/powershell/README.md says by which
// command.
func TestPowerShell(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "testdata", "wire", "powershell")
	tests := map[string]struct {
		targets []string
		problem string // a part of the one problem
	}{
		"5.1-redirect.json":          {targets: []string{"größe"}},
		"5.1-out-file-utf8.json":     {targets: []string{"größe", "web02"}},
		"5.1-pipe.json":              {targets: []string{"gr??e"}},
		"5.1-pipe-utf8.json":         {targets: []string{"größe"}},
		"5.1-date.json":              {targets: []string{"web01"}},
		"5.1-export-csv.csv":         {targets: []string{"web01", `say "hi"`}},
		"5.1-export-csv-culture.csv": {targets: []string{"größe", `say "hi"`}},
		"5.1-set-content.csv":        {problem: "line 2: not UTF-8 text"},
		"7-pipe.json":                {targets: []string{"größe"}},
		"7-pipe-many.json":           {targets: []string{"it's größe", "web02"}},
		"7-export-csv.csv":           {targets: []string{"größe", `say "hi"`}},
		"7-purls.txt":                {targets: []string{"", ""}},
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != len(tests)+1 {
		t.Errorf("%d files, %d tests (%v)", len(files), len(tests), err)
	}
	for name, test := range tests {
		file, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		items, problems := collect(file, Options{})
		_ = file.Close()
		var targets []string
		for _, item := range items {
			targets = append(targets, item.Record.Target)
		}
		if !slices.Equal(targets, test.targets) && test.problem == "" {
			t.Errorf("%s: targets %q, want %q", name, targets, test.targets)
		}
		if got := strings.Join(problems, "; "); (got == "") != (test.problem == "") || !strings.Contains(got, test.problem) {
			t.Errorf("%s: problems %q, want %q", name, got, test.problem)
		}
	}
}
