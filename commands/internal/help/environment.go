package help

import (
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ci"
)

// environmentTopic is made of the declarations of all values, and of the table of CI systems.
func environmentTopic(variables []cli.Variable) string {
	var b strings.Builder
	b.WriteString(`A flag overrides its environment variable, which overrides the setting of a saved
source. A variable that is set but empty counts as unset.

Credentials are taken as a set: a flag for one of them makes progetctl ignore all
variables for them. PROGET_URL and PROGET_SOURCE can't be used together.

VARIABLES
`)
	for _, v := range variables {
		fmt.Fprintf(&b, "  %-26s %s\n", v.Name, v.Meaning)
	}
	b.WriteString(`
FILES
Saved sources are in progetctl/config.json in XDG_CONFIG_HOME or HOME, on Windows in
APPDATA. The ledger is progetctl/ledger.db in XDG_STATE_HOME or HOME, on Windows in
LOCALAPPDATA.

CI SYSTEMS
In a job of a CI system below, values that you leave out of "deploy record" and of a
"feed get" with --deployment flags are taken from the job:

  --application      the system and the pipeline
  --description      Deployed by PIPELINE #RUN (COMMIT)
  --deployment-url   the page of the run
  --deployment-user  the user who started the run

The target is never guessed: pass --target. --no-ci-defaults turns this off, and
--dry-run shows where each value comes from. In CI (CI or TF_BUILD is set, and
not to false or 0), --on-failure queue requires --ledger.

A system is recognized by the variable next to its name. Below it are the variables
that each part is made of.
`)
	for _, s := range ci.Sources() {
		fmt.Fprintf(&b, "\n  %s (%s)\n", s.System, s.Mark)
		for _, part := range s.Parts {
			fmt.Fprintf(&b, "    %-9s %s\n", part.Name, alternatives(part.Variables))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// alternatives are sets of variables in words.
func alternatives(sets [][]string) string {
	words := make([]string, len(sets))
	for i, names := range sets {
		words[i] = strings.Join(names, " + ")
	}
	return strings.Join(words, ", or ")
}
