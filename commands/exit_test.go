package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// TestExitCodes repeats the table of the documentation by hand: scripts depend
// on every line of it.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for kind, want := range map[client.Kind]int{
		"": 0, client.KindInternal: 1, client.KindUsage: 2, client.KindRejected: 3, client.KindAuth: 4, client.KindNotFound: 5,
		client.KindUnavailable: 6, client.KindPartial: 7, client.KindUncertain: 7, kindUnmet: 8, client.KindIntegrity: 9,
		client.KindInterrupted: 130, "a kind that nobody knows": 1,
	} {
		if got := exitCode(kind); got != want {
			t.Errorf("%q exits with %d, want %d", kind, got, want)
		}
	}
}

// finished runs the end of a run alone.
func finished(t *testing.T, err error, prepare func(*app)) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := newApp(plainEnv(&stdout, &stderr))
	prepare(a)
	return ran{a.finish(err), stdout.String(), stderr.String()}
}

func TestFinish(t *testing.T) {
	t.Parallel()
	refused := &client.Error{Kind: client.KindAuth, Method: "GET", URL: "http://x/", Status: 403, Message: "no", Hint: "set a key"}
	for _, c := range []struct {
		name   string
		err    error
		code   int
		stderr string
	}{
		{"done", nil, 0, ""},
		{"an error of the client", refused, 4, "error: no (GET http://x/)\nhint: set a key\n"},
		{"wrapped", fmt.Errorf("while asking: %w", refused), 4, "error: no (GET http://x/)\nhint: set a key\n"},
		{"unforeseen", errors.New("disk on fire"), 1, "error: disk on fire\n"},
		{"a result that says it itself", outcome{client.KindPartial}, 7, ""},
		{"a child's own code", childExit(42), 42, ""},
		{"an interruption", context.Canceled, 130, "error: interrupted\n"},
		{"several lines", &failure{kind: client.KindUsage, lines: []string{"a", "b"}, hint: "h"}, 2, "error: a\nerror: b\nhint: h\n"},
		{"control characters", errors.New("a\x1b[2Jb\nc"), 1, "error: a\\x1b[2Jb\\nc\n"},
		{"a connection that the server closed", &client.Error{Kind: client.KindUncertain, Message: "no answer", Err: syscall.EPIPE}, 7, "error: no answer\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := finished(t, c.err, func(*app) {})
			if got.code != c.code || got.stderr != c.stderr || got.stdout != "" {
				t.Errorf("got %+v, want %d and %q", got, c.code, c.stderr)
			}
		})
	}
}

// TestErrorAsJSON has the properties that scripts read.
func TestErrorAsJSON(t *testing.T) {
	t.Parallel()
	err := &client.Error{Kind: client.KindAuth, Method: "GET", URL: "http://x/?a=1&b=<2>", Status: 403, Message: "no", Hint: "set a key"}
	got := finished(t, err, func(a *app) { a.json = true })
	want := `{"error":{"kind":"auth","status":403,"message":"no (GET http://x/?a=1&b=<2>)","hint":"set a key"}}` + "\n"
	if got.stderr != want {
		t.Errorf("got %s, want %s", got.stderr, want)
	}
	got = finished(t, errors.New("x"), func(a *app) { a.json = true })
	if got.stderr != `{"error":{"kind":"internal","message":"x"}}`+"\n" {
		t.Errorf("without status and hint: %s", got.stderr)
	}
}

// TestInterruptedRun calls whatever failed by its cause once the run was told
// to end.
func TestInterruptedRun(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	a := newApp(plainEnv(new(bytes.Buffer), &stderr))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, end := a.heedSignals(ctx)
	end()
	if code := a.finish(errors.New("symptom")); code != codeInterrupted {
		t.Errorf("exit code %d", code)
	}
}

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
			if code != codeInternal || stderr.String() != c.stderr {
				t.Errorf("%v, %q: exit code %d, %q; want 1 and %q", c.err, args, code, &stderr, c.stderr)
			}
		}
	}
}

// TestCrash exits 1, for 2 would mean that nothing was sent.
func TestCrash(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	env := plainEnv(new(bytes.Buffer), &stderr)
	env.Now = func() time.Time { panic("nil map\x1b[2J") }
	if code := Main(t.Context(), env, []string{"promotions", "list", "--since", "1d"}); code != codeInternal {
		t.Errorf("exit code %d", code)
	}
	if got := stderr.String(); !strings.Contains(got, "a bug") || strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
}

// TestCrashWhileSending is a panic outside of the main goroutine: the record
// may have been sent, and the others are.
func TestCrashWhileSending(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	b.server.Fault("/api/package-deployment", sandbox.Fault{Status: 503})
	var stdout, stderr bytes.Buffer
	env := plainEnv(&stdout, &stderr)
	env.Environ = func() []string { return b.env }
	env.Sleep = func(context.Context, time.Duration) error { panic("out of time") }
	code := Main(t.Context(), env, one("web01", "--target", "web02", "--parallel", "1"))
	if code != codePartial || !strings.Contains(stdout.String()+stderr.String(), "out of time") || len(b.stored()) != 1 {
		t.Errorf("exit code %d, %v stored\n%s\n%s", code, b.stored(), &stdout, &stderr)
	}
}

// TestWarningsAndNotes go to stderr, notes to a person alone.
func TestWarningsAndNotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                  string
		terminal, quiet, json bool
		want                  string
	}{
		{"pipe", false, false, false, "warning: w\n"},
		{"terminal", true, false, false, "warning: w\nnote: n\n"},
		{"quiet", true, true, false, "warning: w\n"},
		{"json", true, false, true, `{"warning":"w"}` + "\n"},
	} {
		var stderr bytes.Buffer
		env := plainEnv(new(bytes.Buffer), &stderr)
		env.StderrTerminal = c.terminal
		env.Environ = func() []string { return []string{"NO_COLOR=1"} }
		a := newApp(env)
		a.json, a.global.quiet = c.json, c.quiet
		a.warn("%s", "w")
		a.note("%s", "n")
		if got := stderr.String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
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

// TestWaitIsTold: a person who sees no bar hears of a wait that is long enough
// to wonder about; a script does not.
func TestWaitIsTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		terminal bool
		drawn    bool
		wait     time.Duration
		want     string
	}{
		{"on a terminal", true, false, 2400 * time.Millisecond, "note: no usable answer yet: the next attempt is in 2s\n"},
		{"a moment", true, false, 300 * time.Millisecond, ""},
		{"under a bar", true, true, 2 * time.Second, ""},
		{"in a pipe", false, false, time.Minute, ""},
	} {
		var stderr bytes.Buffer
		env := plainEnv(new(bytes.Buffer), &stderr)
		env.StderrTerminal = test.terminal
		env.Environ = func() []string { return []string{"NO_COLOR=1"} }
		c := &call{app: newApp(env), ctx: t.Context(), drawn: test.drawn}
		if err := c.pause(c.ctx, test.wait); err != nil || stderr.String() != test.want {
			t.Errorf("%s: %q, %v", test.name, &stderr, err)
		}
	}
}
