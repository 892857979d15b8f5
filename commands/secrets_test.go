package commands

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// outcomeOf is what a run in this process came to.
type outcomeOf struct {
	code           int
	stdout, stderr string
}

// inProcess runs a command line with these variables and a configuration folder of its own, unless
// they name one.
func inProcess(t *testing.T, environ []string, args ...string) outcomeOf {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := Env{
		Stdin: strings.NewReader("canary\n"), Stdout: &stdout, Stderr: &stderr, Now: time.Now,
		Environ: func() []string {
			return append([]string{"XDG_CONFIG_HOME=" + t.TempDir(), "APPDATA=" + t.TempDir()}, environ...)
		},
	}
	code := Main(t.Context(), env, args)
	return outcomeOf{code, stdout.String(), stderr.String()}
}

// TestSecretsStayHidden looks for the key wherever sources are shown.
func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	environ := []string{"XDG_CONFIG_HOME=" + home, "APPDATA=" + home}
	for _, args := range [][]string{
		{"sources", "add", "--url", "https://p.example", "--api-key", "canary"},
		{"sources", "add", "--url", "https://p.example", "--api-key", "canary"},
		{"sources", "add", "--name", "b", "--url", "https://p.example", "--username", "u", "--password", "canary", "-o", "json"},
		{"sources", "add", "--name", "c", "--url", "https://p.example", "--api-key-file", "-", "-o", "csv"},
		{"sources", "add", "--name", "d", "--url", "https://p.example?key=canary"},
		{"sources", "add", "--name", "e", "--url", "https://p.example", "--api-key", "canary", "--username", "u", "--password", "canary"},
		{"sources", "list"}, {"sources", "list", "-o", "json"}, {"sources", "list", "-o", "markdown"},
		{"deploy", "record", "pkg:nuget/A@1", "--feed", "F", "--application", "A", "--description", "D", "--target", "T", "--ledger", "off", "--dry-run"},
		{"sources", "remove", "--name", "b"},
	} {
		got := inProcess(t, environ, args...)
		if strings.Contains(got.stdout+got.stderr, "canary") {
			t.Errorf("%q shows the key: %s%s", args, got.stdout, got.stderr)
		}
	}
	got := inProcess(t, environ, "sources", "list", "--jq", `[.[] | .name + ": " + .credentials] | join(", ")`)
	if want := "Default: API key, c: API key\n"; got.stdout != want || got.code != 0 {
		t.Errorf("%+v, want %q", got, want)
	}
}
