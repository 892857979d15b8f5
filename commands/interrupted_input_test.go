package commands

import (
	"bytes"
	"context"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// endlessInput is an input that interrupts the run once it is read from, and never answers.
type endlessInput struct{ interrupt func() }

func (n endlessInput) Read([]byte) (int, error) {
	n.interrupt()
	select {}
}

// TestInterruptedInput: an interruption ends what waits for standard input.
func TestInterruptedInput(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"deploy", "record", "--input-file", "-", "--ledger", "off"},
		{"promotions", "list", "--api-key-file", "-"},
		{"sources", "add", "--url", "https://proget.corp.local", "--api-key-file", "-"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var stdout, stderr bytes.Buffer
		env, home := plainEnv(&stdout, &stderr), t.TempDir()
		env.Stdin = endlessInput{cancel}
		env.Environ = func() []string { return []string{nowhere, "HOME=" + home, "XDG_CONFIG_HOME=" + home} }
		if code := Main(ctx, env, args); code != cli.CodeInterrupted || stdout.Len() > 0 || stderr.String() != "error: interrupted\n" {
			t.Errorf("%q: %d\n%s%s", args, code, stdout.String(), stderr.String())
		}
	}
}
