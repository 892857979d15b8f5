package commands

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// TestSourcesChangedAtOnce: several processes add and remove sources at the same moment, and no
// change is lost.
func TestSourcesChangedAtOnce(t *testing.T) {
	t.Parallel()
	const processes, changes = 8, 4
	b := &bookkeeping{t: t, dir: t.TempDir()}
	b.env = []string{"HOME=" + b.dir, "XDG_CONFIG_HOME=" + b.dir, "APPDATA=" + b.dir}
	var want []string
	var scripts [][][]string
	for i := range processes {
		old := fmt.Sprint("old", i)
		b.expect(cli.CodeDone, "sources", "add", "--name", old, "--url", "http://127.0.0.1:9")
		lines := [][]string{{"remove", "--name", old}}
		for j := range changes {
			name := fmt.Sprintf("new%d.%d", i, j)
			lines = append(lines, []string{"add", "--name", name, "--url", "http://127.0.0.1:9"})
			want = append(want, name)
		}
		scripts = append(scripts, lines)
	}
	var running sync.WaitGroup
	for _, lines := range scripts {
		running.Go(func() {
			for _, line := range lines {
				if r := b.run(append([]string{"sources"}, line...)...); r.code != cli.CodeDone || r.stderr != "" {
					t.Errorf("%q: exit code %d, stderr %q", line, r.code, r.stderr)
				}
			}
		})
	}
	running.Wait()
	got := strings.Fields(b.expect(cli.CodeDone, "sources", "list", "--jq", ".[].name").stdout)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("kept are %q, want %q", got, want)
	}
	left, err := filepath.Glob(filepath.Join(b.dir, "progetctl", "*"))
	if err != nil || len(left) != 2 {
		t.Errorf("left behind: %q (%v), want the file and its lock", left, err)
	}
}
