package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/output"
)

// ran is what the end of a run came to.
type ran struct {
	code           int
	stdout, stderr string
}

// TestExitCodes repeats the table of the documentation by hand: scripts depend on every line of it.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for kind, want := range map[client.Kind]int{
		"": 0, client.KindInternal: 1, client.KindUsage: 2, client.KindRejected: 3, client.KindAuth: 4, client.KindNotFound: 5,
		client.KindUnavailable: 6, client.KindPartial: 7, client.KindUncertain: 7, KindUnmet: 8, client.KindIntegrity: 9,
		client.KindInterrupted: 130, "an unknown kind": 1,
	} {
		if got := exitCode(kind); got != want {
			t.Errorf("%q exits with %d, want %d", kind, got, want)
		}
	}
}

// finished runs the end of a run alone.
func finished(err error, json bool) ran {
	var stdout, stderr bytes.Buffer
	a := New(Env{Stdout: &stdout, Stderr: &stderr})
	a.IO.json = json
	return ran{a.Finish(err), stdout.String(), stderr.String()}
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
		{"unexpected", errors.New("disk on fire"), 1, "error: disk on fire\n"},
		{"a result that says it itself", Reported{client.KindPartial}, 7, ""},
		{"a child's own code", ChildExit(42), 42, ""},
		{"a list too long to keep", &output.SizeError{Limit: 1 << 20}, 1,
			"error: the result is too large to keep until it is complete (more than 1.0 MiB)\nhint: use -o ndjson or csv, which are written as they arrive\n"},
		{"a list too long for jq", &output.SizeError{Limit: 1 << 20, Filtered: true}, 1,
			"error: the result is too large to run jq on all of it (more than 1.0 MiB of JSON)\nhint: use -o ndjson with --jq, which then runs on each object\n"},
		{"an interruption", context.Canceled, 130, "error: interrupted\n"},
		{"several lines", &Failure{Kind: client.KindUsage, Lines: []string{"a", "b"}, Hint: "h"}, 2, "error: a\nerror: b\nhint: h\n"},
		{"control characters", errors.New("a\x1b[2Jb\nc"), 1, "error: a\\x1b[2Jb\\nc\n"},
		{"a connection that the server closed", &client.Error{Kind: client.KindUncertain, Message: "no answer", Err: syscall.EPIPE}, 7, "error: no answer\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := finished(c.err, false)
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
	got := finished(err, true)
	want := `{"error":{"kind":"auth","status":403,"message":"no (GET http://x/?a=1&b=<2>)","hint":"set a key"}}` + "\n"
	if got.stderr != want {
		t.Errorf("got %s, want %s", got.stderr, want)
	}
	got = finished(errors.New("x"), true)
	if got.stderr != `{"error":{"kind":"internal","message":"x"}}`+"\n" {
		t.Errorf("without status and hint: %s", got.stderr)
	}
}

// TestInterruptedRun calls whatever failed by its cause once the run was asked to end.
func TestInterruptedRun(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	a := New(Env{Stdout: new(bytes.Buffer), Stderr: &stderr})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, end := a.heedSignals(ctx)
	end()
	if code := a.Finish(errors.New("symptom")); code != CodeInterrupted {
		t.Errorf("exit code %d", code)
	}
}
