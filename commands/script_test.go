package commands

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/scripttest"
)

var update = flag.Bool("update", false, "rewrite what the scripts compare with")

// TestMain lets scripts run the real program.
func TestMain(m *testing.M) { scripttest.Main(m, runProgram) }

// runProgram is the program's own main, except that with a clock waiting takes no time, and Tab has
// time enough on any machine.
func runProgram(clock *scripttest.Clock) int {
	env := System(Build{Version: "1.2.3", Commit: "0123456789abcdef", Date: "2026-11-20T08:00:00Z"})
	env.Hostname = func() (string, error) { return "build-7", nil }
	if clock != nil {
		env.Now, env.Sleep, env.CompletionTimeout = clock.Now, clock.Sleep, time.Minute
	}
	return Main(context.Background(), env, os.Args[1:])
}

// TestScripts runs testdata/script/*.txtar: one behaviour a file. Package scripttest says which
// commands they have.
func TestScripts(t *testing.T) {
	t.Parallel()
	params := scripttest.Params(filepath.Join("..", "testdata", "script"), nil)
	params.UpdateScripts = *update
	testscript.Run(t, params)
}
