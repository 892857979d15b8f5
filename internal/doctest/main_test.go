package doctest

import (
	"context"
	"os"
	"testing"

	"github.com/progetctl/progetctl/commands"
	"github.com/progetctl/progetctl/internal/scripttest"
)

// TestMain lets scripts run the real program.
func TestMain(m *testing.M) {
	scripttest.Main(m, func(clock *scripttest.Clock) int {
		env := commands.System(commands.Build{Version: "1.2.3", Commit: "0123456789abcdef", Date: "2026-11-20T08:00:00Z"})
		if clock != nil {
			env.Now, env.Sleep = clock.Now, clock.Sleep
		}
		return commands.Main(context.Background(), env, os.Args[1:])
	})
}
