package commands

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the golden files and the scripts compare with")

// TestMain lets scripts run the real program: the test binary is put into
// their PATH under its name.
func TestMain(m *testing.M) {
	quickEnd()
	testscript.Main(m, map[string]func(){"progetctl": runProgram})
}

// quickEnd keeps the race detector from letting each process of a test linger
// for a second at its end: there are hundreds.
func quickEnd() {
	if os.Getenv("GORACE") == "" {
		// It takes no other value, and cannot fail with this one.
		_ = os.Setenv("GORACE", "atexit_sleep_ms=0")
	}
}

// scriptNow is the variable with the clock of programs and stand-ins in
// scripts, RFC 3339; empty is the real one.
const scriptNow = "SCRIPT_NOW"

// runProgram is the program's own main, except that waiting takes no time.
func runProgram() {
	env := System(Build{Version: "1.2.3", Commit: "0123456789abcdef", Date: "2026-11-20T08:00:00Z"})
	if clock := newClock(os.Getenv(scriptNow)); clock != nil {
		env.Now, env.Sleep = clock.now, clock.sleep
	}
	os.Exit(Main(context.Background(), env, os.Args[1:]))
}

// clock stands still, except that waiting moves it on at once.
type clock struct {
	mu sync.Mutex
	at time.Time
}

// newClock returns nil for the real clock.
func newClock(text string) *clock {
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", scriptNow, err))
	}
	return &clock{at: at}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.at = c.at.Add(d)
	c.mu.Unlock()
	return ctx.Err()
}

// TestScripts runs testdata/script/*.txtar: one behaviour a file. Beside
// testscript's own verbs there are
//
//	code N COMMAND [ARGUMENT...]   run it and insist on this exit code
//	sandbox start|stop|fault ...   see standIns
//	recorded [COUNT]               print what the stand-in recorded
//	requests [COUNT]               print what reached it
//	hostile NAME                   see hostileServers
//	expand FROM TO                 copy a file with its variables filled in
//	annotated COUNT [PATH]         see countAnnotated
//	releases                       see serveReleases
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "testdata", "script"),
		Setup:               setUpScript,
		Cmds:                scriptVerbs(),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
	})
}

func scriptVerbs() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"code":      runCode,
		"sandbox":   runSandboxVerb,
		"recorded":  printRecorded,
		"requests":  printRequests,
		"hostile":   startHostile,
		"annotated": countAnnotated,
		"expand":    expandFile,
		"releases":  serveReleases,
	}
}

// setUpScript gives a script an environment of its own: testscript passes on
// none of this process but PATH.
func setUpScript(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, ".home")
	for name, folder := range map[string]string{
		"HOME": ".", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data",
		"XDG_CACHE_HOME": "cache", "APPDATA": "config", "LOCALAPPDATA": "state", "USERPROFILE": ".",
	} {
		path := filepath.Join(home, folder)
		if err := os.MkdirAll(path, 0o700); err != nil {
			return err
		}
		env.Setenv(name, path)
	}
	env.Setenv(scriptNow, "2026-11-21T12:00:00Z")
	env.Values[standInsKey{}] = &standIns{}
	return nil
}

// runCode runs a command whose exit code is part of the promise.
func runCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
