package ledger

import (
	"os"
	"os/exec"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger/pgtest"
)

// TestOnPostgres runs the tests of this package once more, with ledgers in PostgreSQL: what a
// ledger is does not depend on the engine.
func TestOnPostgres(t *testing.T) {
	if os.Getenv(placeVariable) != "" {
		t.Skip("this is it")
	}
	t.Parallel()
	server := pgtest.Start(t)
	args := []string{"-test.run=^(Test|Example)"}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	if testing.Verbose() {
		args = append(args, "-test.v")
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), placeVariable+"="+server.URL())
	out, err := cmd.CombinedOutput()
	if err != nil || testing.Verbose() {
		t.Logf("%s", out)
	}
	if err != nil {
		t.Error(err)
	}
}
