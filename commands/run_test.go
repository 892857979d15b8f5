package commands

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/scripttest"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// here runs the program in this process with nothing from outside: given variables, no input, no
// terminal, and the clock of the tests.
func here(t *testing.T, environ []string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := plainEnv(&stdout, &stderr)
	home := t.TempDir()
	env.Environ = func() []string {
		return append([]string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_STATE_HOME=" + home, "PROGETCTL_LEDGER=off"}, environ...)
	}
	code := Main(t.Context(), env, args)
	return ran{code, stdout.String(), stderr.String()}
}

func plainEnv(stdout, stderr *bytes.Buffer) Env {
	return Env{
		Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr, Now: fixedNow, Sleep: scripttest.NewClock("2026-11-21T12:00:00Z").Sleep,
		Environ: func() []string { return nil }, Build: Build{Version: "1.2.3", Commit: "0123456789abcdef", Date: "2026-11-20T08:00:00Z"},
	}
}

// wantUsage insists on exit code 2, an empty stdout, and what stderr says, in any order.
func wantUsage(t *testing.T, got ran, says ...string) {
	t.Helper()
	if got.code != cli.CodeUsage || got.stdout != "" {
		t.Errorf("exit code %d, stdout %q; want 2 and nothing", got.code, got.stdout)
	}
	for _, s := range says {
		if !strings.Contains(got.stderr, s) {
			t.Errorf("stderr does not say %q:\n%s", s, got.stderr)
		}
	}
	if lines := strings.Count(got.stderr, "\n"); lines > len(says)+2 {
		t.Errorf("%d lines for %d problems:\n%s", lines, len(says), got.stderr)
	}
	if strings.Contains(got.stderr, "Usage:") {
		t.Errorf("a help page in an error:\n%s", got.stderr)
	}
}

// fixedNow is the clock of these tests.
func fixedNow() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// nowhere is a server that no usage error may ask.
const nowhere = "PROGET_URL=http://no-such-host.invalid"
