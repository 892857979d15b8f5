package commands

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client/progettest"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// getOnTerminal runs feed get against a fake ProGet, in front of a terminal.
func getOnTerminal(t *testing.T, term string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	server := progettest.New(t, progettest.WithSamples())
	var out, errors bytes.Buffer
	env := Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errors, StdoutTerminal: true, StderrTerminal: true,
		Width: func() int { return 80 }, Now: time.Now,
		Environ: func() []string {
			return []string{"TERM=" + term, "PROGET_URL=" + server.URL, "PROGET_API_KEY=" + server.APIKey, "PROGETCTL_LEDGER=off", "HOME=" + t.TempDir(), "XDG_CONFIG_HOME=" + t.TempDir()}
		},
	}
	code = Main(t.Context(), env, append([]string{"feed", "get"}, args...))
	return code, out.String(), errors.String()
}

// TestFeedGetOnTerminal: a person sees a short checksum, no bytes, and, of a transfer that takes
// its time, a line of progress that is gone in the end.
func TestFeedGetOnTerminal(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	code, stdout, stderr := getOnTerminal(t, "xterm", "pkg:npm/lodash@4.17.21", "--feed", "npm-approved", "-O", folder)
	words := strings.Join(strings.Fields(stdout), " ") // a long path has a line of its own
	if code != cli.CodeDone || !strings.Contains(words, "lodash-4.17.21.tgz (") || !strings.Contains(words, "…)") {
		t.Errorf("%d: %q", code, stdout)
	}
	if stderr != "" && !strings.HasSuffix(stderr, "\r\x1b[K") {
		t.Errorf("progress stays: %q", stderr)
	}
	if _, err := os.Stat(filepath.Join(folder, "lodash-4.17.21.tgz")); err != nil {
		t.Error(err)
	}
	code, _, stderr = getOnTerminal(t, "xterm", "pkg:npm/lodash@4.17.21", "--feed", "npm-approved", "-O", folder, "--quiet", "--force")
	if code != cli.CodeDone || stderr != "" {
		t.Errorf("%d: quiet is %q", code, stderr)
	}
	// One that cannot redraw a line would show the orders for it.
	code, _, stderr = getOnTerminal(t, "dumb", "pkg:npm/lodash@4.17.21", "--feed", "npm-approved", "-O", folder, "--force")
	if code != cli.CodeDone || stderr != "" {
		t.Errorf("%d: a dumb terminal gets %q", code, stderr)
	}
	code, stdout, stderr = getOnTerminal(t, "xterm", "pkg:npm/lodash@4.17.21", "--feed", "npm-approved", "-O", "-")
	if code != cli.CodeUsage || stdout != "" || !strings.Contains(stderr, "refusing to write a package to the terminal") {
		t.Errorf("%d: %q, %q", code, stdout, stderr)
	}
}

// Every header that cannot be sent is named, by the flag or variable that it came from.
func TestControlCharactersAreNamedByTheirFlags(t *testing.T) {
	t.Parallel()
	environ := []string{"PROGET_URL=http://127.0.0.1:1", "PROGETCTL_DESCRIPTION=a\rb"}
	got := inProcess(t, environ, "feed", "get", "pkg:npm/a@1", "--feed", "f", "--no-ci-defaults",
		"--deployment-application", "a\nb", "--deployment-user", "a\u0085b")
	for _, want := range []string{"--deployment-application contains", "PROGETCTL_DESCRIPTION contains", "--deployment-user contains", "--deployment-target is required"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("%q is not said: %s", want, got.stderr)
		}
	}
	if got.code != cli.CodeUsage {
		t.Errorf("exit code %d", got.code)
	}
}
