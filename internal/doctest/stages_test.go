package doctest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/scripttest"
)

// sandboxStage is where a block runs that needs only a server.
const sandboxStage = "exec progetctl sandbox exec -- sh -eu block.sh\n"

// stages have what the text of a block presupposes: a script for each, in which block.sh is the
// block, and typed are all after it on its page. What comes before the block shows that the server
// insists, what comes after it that the text keeps its promise.
func stages() map[string]string {
	return map[string]string{
		"a private authority": `
sandbox start -tls
cp ca.pem $HOME/corp-root.pem
code 6 progetctl doctor
exec sh -eu block.sh
stdout '^ok +tls +certificate valid until '
`,
		"a private authority and a key": `
sandbox start -tls -proxy -api-key K
env PROGET_URL= PROGET_API_KEY=
cp ca.pem $HOME/corp-root.pem
cp key $HOME/proget.key
exec sh -eu block.sh
exec progetctl doctor
stdout '^ok +address +https://proget.corp.local, '
stdout '^ok +tls +certificate valid until '
stdout '^ok +key '
stdout '^ok +feed +DefaultNuGet '
-- key --
K
`,
		"these deployments": `
sandbox start -api-key K
code 0 progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet --date 2026-02-20 --application Shop --description d --target web01 --target web02
code 0 progetctl deploy record pkg:nuget/Newtonsoft.Json@13.0.1 --feed DefaultNuGet --application Shop --description d --target web01
exec sh -eu block.sh
`,
		"a client certificate": `
sandbox start -tls -client-cert
env PROGETCTL_CA_CERT=ca.pem
code 6 progetctl doctor
exec sh -eu block.sh
stdout '^ok +connection '
`,
		"a release": `
[!exec:curl] skip 'no curl'
[!exec:sha256sum] skip 'no sha256sum'
releases
exec sh -eu block.sh
exec ./progetctl version
stdout '^progetctl_1.2.3_linux_amd64.tar.gz: version$'
# A release that was swapped is not unpacked.
rm progetctl
env PROGETCTL_SHA256=0000000000000000000000000000000000000000000000000000000000000000
! exec sh -eu block.sh
! exists progetctl
`,
		"a checkout": `
[!exec:go] skip 'no go'
env GOBIN=$WORK/bin
cd $CHECKOUT
exec sh -eu $WORK/block.sh
exec $WORK/bin/progetctl version
stdout '^progetctl '
`,
		"the rest of the page, typed": `
[!exec:bash] skip 'no bash'
stdin typed
exec sh -eu block.sh
stdout '^Recorded Newtonsoft.Json 12.0.3 on web01 '
stdout '^not approved: exit code 8$'
stdout '^to the last line$'
stdout '^The sandbox recorded 6 deployments:$'
stderr '^error: Acme.Web 1.2.0 has not been promoted to nuget-prod$'
`,
	}
}

// script is the test of the block.
func (b block) script(t *testing.T) string {
	t.Helper()
	stage := sandboxStage
	if name, marked := strings.CutPrefix(b.marker, runWith); marked {
		if stage = stages()[strings.TrimSuffix(name, " -->")]; stage == "" {
			t.Fatalf("%s: there is no way to run a block with %s", b.page, name)
		}
	}
	stage += shown(b.output)
	return fmt.Sprintf("[!exec:sh] skip 'no sh'\n[!exec:jq] skip 'no jq'\nenv %s=\n%s-- block.sh --\n%s-- typed --\nset -eu\n%secho to the last line\n",
		scripttest.Now, strings.TrimPrefix(stage, "\n"), b.text, b.rest)
}

// shown are the lines of a script that look for each line of an output that a page shows. Dates,
// the server's address and the width of gaps may differ.
func shown(output string) string {
	date := regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d`)
	var b strings.Builder
	for line := range strings.Lines(output) {
		if line = regexp.QuoteMeta(strings.TrimSpace(line)); line == "" {
			continue
		}
		line = strings.ReplaceAll(line, `proget\.corp\.local`, `[0-9.:]+`)
		line = date.ReplaceAllString(line, `\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:00Z)?`)
		line = regexp.MustCompile(` {2,}`).ReplaceAllString(line, ` {2,}`)
		b.WriteString("stdout '^" + strings.ReplaceAll(line, "'", "''") + "$'\n")
	}
	return b.String()
}

// TestEveryStageIsUsed keeps a renamed marker from leaving its stage behind.
func TestEveryStageIsUsed(t *testing.T) {
	t.Parallel()
	unused := stages()
	for _, page := range pages(t) {
		for _, b := range shellBlocks(t, page) {
			delete(unused, strings.TrimSuffix(strings.TrimPrefix(b.marker, runWith), " -->"))
		}
	}
	for name := range unused {
		t.Errorf("no block runs with %s", name)
	}
}

// stageSetUp also gives a script the folder of the checkout, and Go's caches, which Go would not
// find with another home.
func stageSetUp(t *testing.T) func(*testscript.Env) error {
	t.Helper()
	checkout, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	// The checkout may be no repository, or another user's.
	variables := map[string]string{"CHECKOUT": checkout, "GOFLAGS": "-buildvcs=false"}
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOTOOLCHAIN"}
	// Without Go, the one script that needs it is skipped.
	if said, err := exec.CommandContext(t.Context(), "go", append([]string{"env"}, names...)...).Output(); err == nil {
		for i, value := range strings.Split(strings.TrimSuffix(string(said), "\n"), "\n") {
			variables[names[i]] = value
		}
	}
	return func(env *testscript.Env) error {
		for name, value := range variables {
			env.Setenv(name, value)
		}
		return scripttest.SetUp(env)
	}
}
