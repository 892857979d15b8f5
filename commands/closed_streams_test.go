package commands

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// TestClosedStreams: what is opened later must not take the place of a closed stream, so that a
// message or the result is written into the package or the ledger.
func TestClosedStreams(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("no POSIX shell here")
	}
	b := keepBooks(t, nil)
	in := func(redirections string, args ...string) ran {
		cmd := exec.CommandContext(t.Context(), sh, append([]string{"-c", `progetctl "$@" ` + redirections, "sh"}, args...)...)
		cmd.Env, cmd.Dir = append(b.env, "PATH="+os.Getenv("PATH")), b.dir
		return b.finish(cmd)
	}
	fetch := []string{"feed", "get", "--feed", "DefaultNuGet", "--package", "Newtonsoft.Json", "--version", "12.0.3", "--debug", "--force"}
	in("", append(fetch, "-O", "whole")...)
	whole, err := os.ReadFile(filepath.Join(b.dir, "whole"))
	if err != nil {
		t.Fatal(err)
	}
	for i, closed := range []string{">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"} {
		name := "f" + strings.Repeat("x", i)
		in(closed, append(fetch, "-O", name)...)
		if got, err := os.ReadFile(filepath.Join(b.dir, name)); err != nil || string(got) != string(whole) {
			t.Errorf("%s: the package has %d bytes, want %d (%v)", closed, len(got), len(whole), err)
		}
		in(closed, one("t"+name, "--debug")...)
		if b.stored()["t"+name] != 1 {
			t.Errorf("%s: %v stored", closed, b.stored())
		}
	}
	if pending := b.pending(); len(pending) > 0 {
		t.Errorf("the ledger says %v", pending)
	}
	b.expect(cli.CodeDone, "deploy", "history")
}
