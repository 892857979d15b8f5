package promotions

import (
	"reflect"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
)

const server = "PROGET_URL=https://proget.example"

func november(day, hour, minute, second int) time.Time {
	return time.Date(2026, 11, day, hour, minute, second, 0, time.UTC)
}

// queried are a query's package and the rest of it, which tests compare.
func queried(q query) (ecosystem.Package, query) {
	pkg := q.pkg.Package
	q.pkg = cli.Package{}
	return pkg, q
}

// TestParseList has the question of promotions list, and how its answer is shown.
func TestParseList(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args  []string
		pkg   ecosystem.Package
		query query
		rest  listOptions
	}{
		{nil, ecosystem.Package{}, query{}, listOptions{order: byDate}},
		{[]string{"--package", "a", "--version", "1"}, ecosystem.Package{Name: "a", Version: "1"}, query{}, listOptions{order: byDate}},
		{[]string{"--group", "a", "--package", "@A/b"}, ecosystem.Package{Group: "a", Name: "b"}, query{}, listOptions{order: byDate}},
		{[]string{"--group", "org.acme", "--package", "org.acme:b"}, ecosystem.Package{Group: "org.acme", Name: "b"}, query{}, listOptions{order: byDate}},
		{[]string{"--group", "a", "--package", "c/b"}, ecosystem.Package{Group: "a", Name: "c/b"}, query{}, listOptions{order: byDate}},
		{[]string{"pkg:npm/%40a/b@1"}, ecosystem.Package{Type: "npm", Group: "@a", Name: "b", Version: "1"}, query{ungrouped: true}, listOptions{order: byDate}},
		{[]string{"--from-feed", "a,b", "--to-feed", "c", "--to-feed", "d"}, ecosystem.Package{}, query{fromFeed: []string{"a", "b"}, toFeed: []string{"c", "d"}}, listOptions{order: byDate}},
		{[]string{"--since", "24h", "--until", "2026-11-21"}, ecosystem.Package{}, query{since: november(20, 12, 0, 0), until: november(21, 23, 59, 59)}, listOptions{order: byDate}},
		{[]string{"--sort", "package", "--limit", "3", "--latest", "--flat"}, ecosystem.Package{}, query{}, listOptions{order: byPackage, limit: 3, latest: true, flat: true}},
	} {
		// The feed of a new record is not asked about.
		got := clitest.Parsed(t, clitest.Env(t, server, "PROGET_FEED=other"), newList, test.args...)
		pkg, query := queried(got.query)
		rest := listOptions{order: got.order, limit: got.limit, latest: got.latest, flat: got.flat}
		if !reflect.DeepEqual(pkg, test.pkg) || !reflect.DeepEqual(query, test.query) || !reflect.DeepEqual(rest, test.rest) {
			t.Errorf("%q: %+v, %+v, %+v", test.args, pkg, query, rest)
		}
	}
}

// TestParseOthers has the options of the other questions.
func TestParseOthers(t *testing.T) {
	t.Parallel()
	env := func() cli.Env { return clitest.Env(t, server) }
	line := []string{"pkg:nuget/A@1", "--to-feed", "prod"}
	check := clitest.Parsed(t, env(), newCheck, line...)
	if pkg, q := queried(check.query); !reflect.DeepEqual(pkg, ecosystem.Package{Type: "nuget", Name: "A", Version: "1"}) ||
		!reflect.DeepEqual(q, query{toFeed: []string{"prod"}, ungrouped: true}) || check.wait != (waitOptions{interval: 5 * time.Second}) || check.flat {
		t.Errorf("check: %+v", check)
	}
	check = clitest.Parsed(t, env(), newCheck, append(line, "--wait", "30m", "--interval", "1m", "--flat", "--from-feed", "test", "--since", "2026-11-20")...)
	if _, q := queried(check.query); !reflect.DeepEqual(q, query{fromFeed: []string{"test"}, toFeed: []string{"prod"}, ungrouped: true, since: november(20, 0, 0, 0)}) ||
		check.wait != (waitOptions{30 * time.Minute, time.Minute}) || !check.flat {
		t.Errorf("check: %+v", check)
	}
	matrix := clitest.Parsed(t, env(), newMatrix, "--package", "A", "--stages", "dev,test,prod")
	if pkg, q := queried(matrix.query); pkg.Name != "A" || !reflect.DeepEqual(q, query{}) || !reflect.DeepEqual(matrix.stages, []string{"dev", "test", "prod"}) {
		t.Errorf("matrix: %+v", matrix)
	}
	audit := clitest.Parsed(t, env(), newAudit, "--feed", "prod", "--from-feed", "test", "--since", "30d", "--all", "--parallel", "2")
	if _, q := queried(audit.query); !reflect.DeepEqual(q, query{fromFeed: []string{"test"}, toFeed: []string{"prod"}}) ||
		!audit.since.Equal(november(21, 12, 0, 0).AddDate(0, 0, -30)) || !audit.all || audit.parallel != 2 {
		t.Errorf("audit: %+v", audit)
	}
}

// TestParseProblems names everything that is wrong once.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		command func(*cli.App) *cobra.Command
		args    []string
		want    string
	}{
		{"list", func(app *cli.App) *cobra.Command { return newList(app, list) }, []string{"--limit", "0", "--sort", "size", "--since", "soon"}, `--since "soon" is not a valid date; use 2026-11-21 or 2026-11-21T10:00:00Z, today, yesterday, or a time back from now such as 24h or 7d
--sort "size" is not a valid value; use date, package, version or none
--limit "0" must be a whole number, 1 or more`},
		{"check", func(app *cli.App) *cobra.Command { return newCheck(app, check) }, []string{"--interval", "1m"}, `--to-feed is required
--package is required (or a package URL as the argument)
--version is required (or a package URL as the argument)
--interval requires --wait`},
		{"matrix", func(app *cli.App) *cobra.Command { return newMatrix(app, matrix) }, []string{"--stages", "a,A"}, `--stages names "A" twice`},
		{"audit", func(app *cli.App) *cobra.Command { return newAudit(app, audit) }, []string{"--parallel", "0"}, `--parallel "0" must be a whole number, 1 or more
--feed is required`},
	} {
		clitest.CheckProblems(t, clitest.Run(t, clitest.Env(t, server), test.command, test.args...), test.name, test.want)
	}
}
