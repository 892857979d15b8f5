package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/sandbox"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// failingWriter is a full disk, or a closed pipe.
type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// TestResultThatCannotBeWritten is never silent, except for a closed pipe.
func TestResultThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		stderr string
	}{
		{syscall.ENOSPC, "error: cannot write the result: no space left on device\n"},
		{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}, ""},
		{io.ErrClosedPipe, ""},
	} {
		for _, args := range [][]string{{"version"}, {"version", "-o", "csv"}, {"--help"}, {"completion", "bash"}, {"--version"}} {
			var stderr bytes.Buffer
			env := plainEnv(nil, &stderr)
			env.Stdout = failingWriter{c.err}
			code := Main(t.Context(), env, args)
			if code != cli.CodeInternal || stderr.String() != c.stderr {
				t.Errorf("%v, %q: exit code %d, %q; want 1 and %q", c.err, args, code, &stderr, c.stderr)
			}
		}
	}
}

// TestCrash exits 1, for 2 would mean that nothing was sent.
func TestCrash(t *testing.T) {
	t.Parallel()
	for debug, want := range map[string]bool{"": false, "PROGETCTL_DEBUG=1": true} {
		var stderr bytes.Buffer
		env := plainEnv(new(bytes.Buffer), &stderr)
		env.Environ = func() []string { return []string{debug} }
		env.Now = func() time.Time { panic("nil map\x1b[2J") }
		if code := Main(t.Context(), env, []string{"promotions", "list", "--since", "1d"}); code != cli.CodeInternal {
			t.Errorf("exit code %d", code)
		}
		got := stderr.String()
		if !strings.Contains(got, "a bug") || strings.Contains(got, "\x1b") {
			t.Errorf("%q", got)
		}
		if strings.Contains(got, "nil map") != want || strings.Contains(got, "exit_test.go") != want {
			t.Errorf("with %q: %q", debug, got)
		}
	}
}

// TestCrashWhileSending is a panic outside of the main goroutine: the record may have been sent,
// and the others are.
func TestCrashWhileSending(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	b.server.Fault("/api/package-deployment", sandbox.Fault{Status: 503})
	var stdout, stderr bytes.Buffer
	env := plainEnv(&stdout, &stderr)
	env.Environ = func() []string { return b.env }
	env.Sleep = func(context.Context, time.Duration) error { panic("out of time") }
	code := Main(t.Context(), env, one("web01", "--target", "web02", "--parallel", "1", "--debug"))
	if code != cli.CodePartial || !strings.Contains(stderr.String(), "out of time\n") || len(b.stored()) != 1 {
		t.Errorf("exit code %d, %v stored\n%s\n%s", code, b.stored(), &stdout, &stderr)
	}
	if strings.Contains(stdout.String(), "out of time") || !strings.Contains(stdout.String()+stderr.String(), "this is a bug") {
		t.Errorf("%s\n%s", &stdout, &stderr)
	}
}

func TestVersionJSON(t *testing.T) {
	t.Parallel()
	got := here(t, nil, "version", "-o", "json")
	var all []map[string]any
	if err := json.Unmarshal([]byte(got.stdout), &all); err != nil {
		var one map[string]any
		if err := json.Unmarshal([]byte(got.stdout), &one); err != nil {
			t.Fatalf("%v in %s", err, got.stdout)
		}
		all = append(all, one)
	}
	if len(all) != 1 || all[0]["version"] != "1.2.3" {
		t.Errorf("%s", got.stdout)
	}
}
