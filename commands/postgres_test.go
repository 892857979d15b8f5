package commands

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/ledger/pgtest"
	"github.com/progetctl/progetctl/internal/scripttest"
)

// TestScriptsOnPostgres runs the scripts about a shared ledger, and those about what a ledger is
// once more, each with a ledger of its own in PostgreSQL.
func TestScriptsOnPostgres(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	params := scripttest.Params("", nil)
	params.Files, _ = filepath.Glob(filepath.Join("..", "testdata", "postgres", "*.txtar"))
	for _, name := range []string{"flush", "settle", "history", "latest", "once", "once_versions", "resend", "attempts"} {
		params.Files = append(params.Files, filepath.Join("..", "testdata", "script", "deploy_"+name+".txtar"))
	}
	setUp := params.Setup
	params.Setup = func(env *testscript.Env) error {
		if err := setUp(env); err != nil {
			return err
		}
		place := server.URL() + "&search_path=" + strings.ToLower(new(ledger.IDs).New(time.Now()))
		l, err := ledger.Open(t.Context(), ledger.Options{Path: place, Busy: time.Minute})
		if err != nil {
			return err
		}
		env.Setenv("PROGETCTL_LEDGER", place)
		return l.Close()
	}
	testscript.Run(t, params)
}
