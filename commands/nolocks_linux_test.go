package commands

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// withFailing is the command line of the program on a system in which calls fail, as strace makes
// them.
func (b *bookkeeping) withFailing(inject string, args ...string) *exec.Cmd {
	b.t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		b.t.Skip(err)
	}
	flags := []string{"-f", "-qq", "-o", "/dev/null", "-e", "inject=" + inject}
	if out, err := exec.CommandContext(b.t.Context(), strace, append(slices.Clone(flags), "true")...).CombinedOutput(); err != nil {
		b.t.Skipf("strace may not trace here: %s", out)
	}
	program, err := exec.LookPath("progetctl")
	if err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.CommandContext(b.t.Context(), strace, append(append(flags, program), args...)...)
	cmd.Env, cmd.Dir = b.env, b.dir
	return cmd
}

// TestNoLocks: on a file system without locks, no lock files are left, neither of the ledger nor of
// the sources.
func TestNoLocks(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	b.finish(b.withFailing("flock:error=ENOLCK", one("t0")...))
	b.finish(b.withFailing("flock:error=ENOLCK", one("t1")...))
	if r := b.finish(b.withFailing("flock:error=ENOLCK", "sources", "add", "--name", "corp", "--url", b.url)); r.code != cli.CodeDone {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
	for _, pattern := range []string{"*.lock", "config/progetctl/*.lock"} {
		if left, _ := filepath.Glob(filepath.Join(b.dir, pattern)); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
}

// TestNoLinks: a file gets its name in one step on file systems without hard links, without
// exclusive renames, and without either; and an existing one stays.
func TestNoLinks(t *testing.T) {
	t.Parallel()
	for _, inject := range []string{"linkat:error=EPERM", "renameat2:error=EINVAL"} {
		t.Run(strings.ReplaceAll(inject, ":", " "), func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			args := []string{"feed", "get", "--feed", "DefaultNuGet", "--package", "Newtonsoft.Json", "--version", "12.0.3"}
			if r := b.finish(b.withFailing(inject, args...)); r.code != cli.CodeDone {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			left, _ := filepath.Glob(filepath.Join(b.dir, "*.nupkg"))
			hidden, _ := filepath.Glob(filepath.Join(b.dir, ".progetctl-*"))
			if len(left) != 1 || len(hidden) > 0 {
				t.Errorf("left: %v, %v", left, hidden)
			}
		})
	}
}
