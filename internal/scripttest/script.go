// Package scripttest runs testscripts against the real program: the commands that scripts have
// beside testscript's own, and the servers behind them. Only tests import it. The tests of package
// commands and internal/doctest share it.
package scripttest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Command is a command of scripts: testscript passes "!" as neg, and the words after the command's
// name.
type Command = func(ts *testscript.TestScript, neg bool, args []string)

// Main runs the tests of a package. The test binary is put into the PATH of scripts as progetctl: a
// process with that name runs program, with a clock that does not move by itself, or nil for the
// real one.
func Main(m *testing.M, program func(*Clock) (code int)) {
	shortenExit()
	testscript.Main(m, map[string]func(){"progetctl": func() {
		os.Exit(program(NewClock(os.Getenv(Now))))
	}})
}

// shortenExit keeps the race detector from delaying the end of each process by a second: tests
// start hundreds of them.
func shortenExit() {
	if os.Getenv("GORACE") == "" {
		// Setting this name to this value cannot fail.
		_ = os.Setenv("GORACE", "atexit_sleep_ms=0")
	}
}

// Params are how all scripts are run. more are commands beside those of Commands.
func Params(folder string, more map[string]Command) testscript.Params {
	commands := Commands()
	maps.Copy(commands, more)
	return testscript.Params{
		Dir: folder, Setup: SetUp, Cmds: commands, Condition: condition(false), RequireExplicitExec: true, RequireUniqueNames: true,
	}
}

// Commands are the commands of scripts beside testscript's own:
//
//	code N COMMAND [ARGUMENT...]   run it and insist on this exit code
//	sandbox start|stop|fault ...   see runSandbox
//	recorded [COUNT]               print what the sandbox recorded
//	requests [COUNT]               print the requests that it received
//	hostile NAME                   see hostileServers
//	expand FROM TO                 copy a file with its variables filled in
//	lines NAME FILE                set NAME_1, NAME_2, … to the lines of a file
//	annotated COUNT [PATH]         see countAnnotated
//
// The condition postgres is true where ledgers are in PostgreSQL: see OnPostgres.
func Commands() map[string]Command {
	return map[string]Command{
		"code":      runCode,
		"sandbox":   runSandbox,
		"recorded":  printRecorded,
		"requests":  printRequests,
		"hostile":   startHostile,
		"annotated": countAnnotated,
		"expand":    expandFile,
		"lines":     setLines,
	}
}

// Ledgers is the variable with which scripts begin the name of each ledger, so that the same script
// runs with ledgers in files and in PostgreSQL.
const Ledgers = "LEDGERS"

// SetUp gives a script an environment of its own: testscript passes on none of this process but
// PATH. Its ledgers are files in its folder.
func SetUp(env *testscript.Env) error {
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
	env.Setenv(Now, "2026-11-21T12:00:00Z")
	env.Setenv(Ledgers, env.WorkDir+string(filepath.Separator))
	env.Values[serversKey{}] = &servers{}
	return nil
}

// OnPostgres makes scripts use ledgers in a PostgreSQL database: PROGETCTL_LEDGER, and one for each
// name that begins with the variable Ledgers, each in a schema of its own.
func OnPostgres(params *testscript.Params, database string) {
	params.Condition = condition(true)
	setUp := params.Setup
	params.Setup = func(env *testscript.Env) error {
		ledgers := database + "&search_path=" + strings.ToLower(rand.Text())
		if err := setUp(env); err != nil {
			return err
		}
		env.Setenv(Ledgers, ledgers)
		env.Setenv("PROGETCTL_LEDGER", ledgers+"default")
		return nil
	}
}

// condition evaluates the only condition that is not one of testscript's own.
func condition(postgres bool) func(string) (bool, error) {
	return func(name string) (bool, error) {
		if name == "postgres" {
			return postgres, nil
		}
		return false, fmt.Errorf("unknown condition %q", name)
	}
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
