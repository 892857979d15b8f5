package doctest

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/lib/pq" // the driver
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/ledger/pgtest"
	"github.com/progetctl/progetctl/internal/scripttest"
)

// fleetScript follows the page's steps, with what each role may do and may not.
const fleetScript = `
sql 1
sql 2
stdin empty.json
exec progetctl deploy import - --ledger $OWNER
sql 3

sandbox start -api-key K
env PROGET_FEED=DefaultNuGet PROGETCTL_APPLICATION=Shop PROGETCTL_DESCRIPTION=d
exec progetctl doctor --ledger $AGENT
stdout 'can read and write, and the session is kept'
code 0 progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --target web01 --once --ledger $AGENT
code 0 progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --target web01 --once --ledger $AGENT
stdout '^Already recorded'
code 0 progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.2 --target web01 --date 2020-01-01 --ledger $AGENT
code 0 progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --target web02 --ledger $AGENT
code 0 progetctl deploy retire --target web02 --ledger $AGENT
code 0 progetctl deploy flush --ledger $AGENT
code 1 progetctl deploy prune --older-than 400d --ledger $AGENT
stderr 'permission denied'

code 0 progetctl deploy where --ledger $AUDITOR --jq '.[].record.Target'
stdout '^web01$'
code 0 progetctl deploy pending --ledger $AUDITOR
code 0 progetctl deploy prune --older-than 400d --dry-run --ledger $AUDITOR
stdout '^Would remove 1 record '
code 1 progetctl deploy retire --target web01 --ledger $AUDITOR
stderr 'read-only'
code 0 progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --target web03 --ledger $AUDITOR
stderr 'without being saved to the ledger'

code 0 progetctl deploy prune --older-than 400d --ledger $OWNER
stdout '^Removed 1 record '
-- empty.json --
[]
`

// TestFleetRoles runs the SQL of the guide to a shared ledger, and tries its three roles.
func TestFleetRoles(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	blocks := blocksOf(t, filepath.Join("..", "..", "docs", "guides", "fleet.md"), "sql")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "roles.txtar"), []byte(fleetScript), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(ts *testscript.TestScript, _ bool, args []string) {
		n, err := strconv.Atoi(strings.Join(args, " "))
		ts.Check(err)
		url := server.URL()
		if n > 1 { // the page changes to the new database after its first block
			url = strings.Replace(url, "/postgres?", "/deployments?", 1)
		}
		db, err := sql.Open("postgres", url)
		ts.Check(err)
		defer db.Close()
		for statement := range strings.SplitSeq(strings.TrimSpace(blocks[n-1].text), ";\n") {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				ts.Fatalf("%s: %v", statement, err)
			}
		}
	}
	params := scripttest.Params(folder, map[string]scripttest.Command{"sql": run})
	setUp := params.Setup
	params.Setup = func(env *testscript.Env) error {
		for variable, login := range map[string]string{
			"OWNER": "ledger_owner:change-me-1", "AGENT": "agent:change-me-2", "AUDITOR": "auditor:change-me-3",
		} {
			env.Setenv(variable, fmt.Sprintf("postgres://%s@127.0.0.1:%d/deployments?sslmode=disable", login, server.Port))
		}
		return setUp(env)
	}
	testscript.Run(t, params)
}
