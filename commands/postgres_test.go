package commands

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/ledger/pgtest"
	"github.com/progetctl/progetctl/internal/scripttest"
)

// TestScriptsOnPostgres runs the scripts about a shared ledger, and once more those of all commands
// that have a ledger, each with ledgers of its own in PostgreSQL.
func TestScriptsOnPostgres(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	params := scripttest.Params("", nil)
	scripttest.OnPostgres(&params, server.URL())
	for _, pattern := range []string{"postgres/*", "script/deploy_*", "script/get_annotated_once", "script/completion_ledger"} {
		found, _ := filepath.Glob(filepath.Join("..", "testdata", pattern+".txtar"))
		if len(found) == 0 {
			t.Fatalf("no script is called %s", pattern)
		}
		params.Files = append(params.Files, found...)
	}
	// These are about files, and where they are.
	ofFiles := []string{"deploy_ledger.txtar", "deploy_flush_path.txtar"}
	params.Files = slices.DeleteFunc(params.Files, func(path string) bool { return slices.Contains(ofFiles, filepath.Base(path)) })
	for _, path := range params.Files {
		insistOnAnyEngine(t, path)
	}
	testscript.Run(t, params)
}

// insistOnAnyEngine fails if a script names a ledger that is a file wherever the script runs.
func insistOnAnyEngine(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?:--ledger[ =]|PROGETCTL_LEDGER=)(?:\$WORK\S*|[^\s$]\S*\.db)`)
	if file := named.FindString(string(text)); file != "" {
		t.Errorf("%s has %q: begin the ledger's name with ${%s}", filepath.Base(path), file, scripttest.Ledgers)
	}
}
