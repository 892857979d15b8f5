package deploy

import (
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

const server = "PROGET_URL=https://proget.example"

// TestParseRecord has the options of deploy record, and the records that they make.
func TestParseRecord(t *testing.T) {
	t.Parallel()
	base := recordOptions{encoding: client.EncodingJSON, parallel: 8, policy: delivery.PolicyFail, ledger: cli.Ledger{Path: "l", Named: true, From: "PROGETCTL_LEDGER"}, shell: shell.Default(runtime.GOOS)}
	record := records.Record{Application: "A", Description: "D", FeedName: "F", PackageName: "P", Version: "1", Target: "T"}
	line := func(more ...string) []string {
		return append([]string{"--application", "A", "--description", "D", "--feed", "F", "--package", "P", "--version", "1", "--target", "T"}, more...)
	}
	for _, test := range []struct {
		name    string
		environ []string
		args    []string
		change  func(*recordOptions)
		records []records.Record
	}{
		{"flags", nil, line(), nil, []records.Record{record}},
		{"two targets", nil, line("--target", "U"), nil, []records.Record{record, with(record, func(r *records.Record) { r.Target = "U" })}},
		{"variables", []string{"PROGETCTL_APPLICATION=A", "PROGETCTL_DESCRIPTION=D", "PROGETCTL_TARGET=T", "PROGET_FEED=F"}, []string{"pkg:nuget/P@1"}, nil, []records.Record{record}},
		{"everything", nil, line("--deployment-user", "me", "--deployment-url", "https://ci.example/1", "--date", "2026-11-20T10:00+01:00", "--group", "G"), nil, []records.Record{
			with(record, func(r *records.Record) {
				r.UserName, r.URL, r.Date, r.GroupName = "me", "https://ci.example/1", "2026-11-20T09:00:00Z", "G"
			}),
		}},
		{"how it is sent", nil, line("--encoding", "form", "--parallel", "3", "--on-failure", "warn", "--resend", "--check", "--dry-run", "--shell", "cmd"), func(o *recordOptions) {
			o.shell = shell.Cmd
			o.encoding, o.parallel, o.policy, o.resend, o.check, o.dryRun = client.EncodingForm, 3, delivery.PolicyWarn, true, true, true
		}, []records.Record{record}},
		{"the policy of the environment", []string{"PROGETCTL_ON_FAILURE=queue", "CI=true"}, line(), func(o *recordOptions) { o.policy = delivery.PolicyQueue }, []records.Record{record}},
		{"once", nil, line("--once"), func(o *recordOptions) { o.once = 24 * time.Hour }, []records.Record{record}},
		{"once in a week", nil, line("--once=7d"), func(o *recordOptions) { o.once = 168 * time.Hour }, []records.Record{record}},
		{"a file", nil, []string{"--input-file", "-"}, func(o *recordOptions) { o.file = cli.Text{Value: "-", From: "--input-file"} }, []records.Record{{}}},
		{"the CI job", []string{"GITHUB_ACTIONS=true", "GITHUB_RUN_NUMBER=7", "GITHUB_ACTOR=me"}, []string{"pkg:nuget/P@1", "--feed", "F", "--target", "T"}, nil, []records.Record{
			with(record, func(r *records.Record) {
				r.Application, r.Description, r.UserName = "GitHub Actions", "Deployed by GitHub Actions #7", "me"
			}),
		}},
		{"not the CI job", []string{"GITHUB_ACTIONS=true", "GITHUB_WORKFLOW=W", "GITHUB_ACTOR=me"}, line("--no-ci-defaults"), nil, []records.Record{record}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := clitest.Parsed(t, clitest.Env(t, append([]string{server, "PROGETCTL_LEDGER=l"}, test.environ...)...), newRecord, test.args...)
			if got.server.BaseURL() != "https://proget.example" {
				t.Errorf("the server is %s", got.server.BaseURL())
			}
			var all []records.Record
			for _, d := range draftsOf(got.defaults(), records.Item{}) {
				all = append(all, d.Record)
			}
			if !reflect.DeepEqual(all, test.records) {
				t.Errorf("%+v, want %+v", all, test.records)
			}
			want := base
			if test.change != nil {
				test.change(&want)
			}
			want.server, want.pkg, want.targets = got.server, got.pkg, got.targets
			want.application, want.description, want.feed, want.user, want.url, want.date = got.application, got.description, got.feed, got.user, got.url, got.date
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
}

func with(r records.Record, change func(*records.Record)) records.Record { change(&r); return r }

// TestParseHistory has the question to the ledger.
func TestParseHistory(t *testing.T) {
	t.Parallel()
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, time.UTC) }
	for _, test := range []struct {
		args []string
		want ledger.Filter
	}{
		{nil, ledger.Filter{}},
		{[]string{"--target", "T", "--feed", "F", "--application", "A", "--status", "failed", "--limit", "3", "--latest"}, ledger.Filter{
			Target: "T", Feed: "F", Application: "A", Status: ledger.Failed, Limit: 3, Latest: true,
		}},
		{[]string{"pkg:npm/%40a/b@1.0"}, ledger.Filter{Type: "npm", Group: "@a", Package: "b", Version: "1.0"}},
		{[]string{"pkg:npm/b@1.0"}, ledger.Filter{Type: "npm", Ungrouped: true, Package: "b", Version: "1.0"}},
		{[]string{"--package", "b"}, ledger.Filter{Package: "b"}},
		{[]string{"--since", "24h", "--until", "2026-11-20"}, ledger.Filter{Since: day(20, 12, 0), Until: day(21, 0, 0)}},
		{[]string{"--source", "https://PROGET.example/x/"}, ledger.Filter{Server: "https://proget.example/x"}},
	} {
		// None of the variables of a new record counts, nor the server's.
		environ := []string{"PROGETCTL_TARGET=other", "PROGET_FEED=other", "PROGETCTL_APPLICATION=other", server}
		if got := clitest.Parsed(t, clitest.Env(t, environ...), newHistory, test.args...).filter(); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: %+v, want %+v", test.args, got, test.want)
		}
	}
}

// TestParseOthers has the options of what else looks at the ledger.
func TestParseOthers(t *testing.T) {
	t.Parallel()
	const named = "PROGETCTL_LEDGER=l"
	at := cli.Ledger{Path: "l", Named: true, From: "PROGETCTL_LEDGER"}
	if got := clitest.Parsed(t, clitest.Env(t, named), newPending); got.ledger != at {
		t.Errorf("pending: %+v", got)
	}
	if got, want := clitest.Parsed(t, clitest.Env(t, named), newSettle, "A", "B", "--as", "dropped"), (settleOptions{[]string{"A", "B"}, ledger.Dropped, at}); !reflect.DeepEqual(got, want) {
		t.Errorf("settle: %+v", got)
	}
	got := clitest.Parsed(t, clitest.Env(t, named, server), newFlush, "--parallel", "2", "--encoding", "form", "--resend")
	if want := (flushOptions{got.server, at, client.EncodingForm, 2, true}); got != want {
		t.Errorf("flush: %+v", got)
	}
}

// TestParseProblems names everything that is wrong once.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		environ []string
		args    []string
		want    string
	}{
		{"record", nil, nil, `no server: use --source URL, set PROGET_URL, or save one with ` + "`progetctl sources add`" + `
--application is required (or set PROGETCTL_APPLICATION)
--description is required (or set PROGETCTL_DESCRIPTION)
--target is required (or set PROGETCTL_TARGET)
--feed is required (or set PROGET_FEED)
--package is required (or a package URL as the argument)
--version is required (or a package URL as the argument)`},
		{"record", []string{server}, []string{"--application", "A", "--description", "D", "--target", "T", "--feed", "F", "--package", "$P", "--version", " "}, `--package is "$P": an unexpanded variable
--version is blank`},
		{"record", []string{server, "PROGETCTL_LEDGER=${X}", "PROGETCTL_TARGET=%T%"}, []string{"--input-file", "no.csv", "--once=soon", "--parallel", "0"}, `PROGETCTL_TARGET is "%T%": an unexpanded variable
--parallel "0" must be a whole number, 1 or more
--once "soon" is not a valid duration; use 90s, 24h or 7d
PROGETCTL_LEDGER is "${X}": an unexpanded variable
--input-file: file "no.csv" does not exist`},
		{"record", []string{server, "CI=true"}, []string{"--input-file", "-", "--once", "--on-failure", "queue", "--ledger", "off", "--api-key-file", "-"}, `--input-file - and --api-key-file - can't both read standard input
--once needs a ledger, but it is turned off
--on-failure queue needs a ledger, but it is turned off`},
		{"record", []string{server, "CI=true"}, []string{"--input-file", "-", "--on-failure", "queue"}, `--on-failure queue in a CI job (CI is set) needs a ledger that is kept after the job; name one with --ledger`},
		{"history", []string{"PROGETCTL_LEDGER=off"}, []string{"--status", "lost", "--limit", "0", "--source", "https://u:p@x"}, `--status "lost" is not a valid value; use recorded, queued, failed, uncertain, planned, dropped or retired
--limit "0" must be a whole number, 1 or more
--source: the server's address holds a user name or password: give credentials on their own
progetctl history needs a ledger, but it is turned off`},
		{"settle", nil, nil, "--as is required: recorded or dropped\nat least one record's ID is required"},
		{"settle", nil, []string{"$ID", "--as", "queued"}, "the argument is \"$ID\": an unexpanded variable\n--as \"queued\" is not a valid value; use recorded or dropped"},
		{"flush", []string{"PROGETCTL_LEDGER=off", server}, []string{"--parallel", "x"}, "--parallel \"x\" must be a whole number, 1 or more\nprogetctl flush needs a ledger, but it is turned off"},
		{"pending", []string{"PROGETCTL_LEDGER= "}, nil, "PROGETCTL_LEDGER is blank"},
		{"where", nil, []string{"--version", "1.*"}, `--version: version range "1.*": "1.*" has no operator; write bounds with <, <=, >, >=, = or !=, such as ">=12.0 <13.0.1"`},
		{"where", nil, []string{"pkg:nuget/Acme.Web@Latest"}, `the package URL: "Latest" works only with deploy record and feed get, which ask the feed; give the version itself (for a Docker tag, pkg:docker/Acme.Web@Latest)`},
		{"history", nil, []string{"--version", "latest-stable"}, `--version: "latest-stable" works only with deploy record and feed get, which ask the feed; give the version itself (for a Docker tag, pkg:docker/NAME@latest-stable)`},
		{"history", nil, []string{"--version", "<2"}, "--version: \"<2\" is not a version; only `progetctl deploy where` takes ranges"},
		{"where", nil, []string{"--affected-by", "-", "--api-key-file", "-"}, "--affected-by - and --api-key-file - can't both read standard input"},
		{"import", nil, []string{"-", "--api-key-file", "-"}, "argument 1 (-) and --api-key-file - can't both read standard input"},
		{"import", nil, []string{"a", "-", "-"}, "argument 2 (-) and argument 3 (-) can't both read standard input"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			make := map[string]func(*cli.App) *cobra.Command{
				"record":  func(app *cli.App) *cobra.Command { return newRecord(app, record) },
				"history": func(app *cli.App) *cobra.Command { return newHistory(app, history) },
				"settle":  func(app *cli.App) *cobra.Command { return newSettle(app, settle) },
				"flush":   func(app *cli.App) *cobra.Command { return newFlush(app, flush) },
				"pending": func(app *cli.App) *cobra.Command { return newPending(app, pending) },
				"where":   func(app *cli.App) *cobra.Command { return newWhere(app, where) },
				"import":  func(app *cli.App) *cobra.Command { return newImport(app, importLines) },
			}[test.name]
			r := clitest.Run(t, clitest.Env(t, test.environ...), make, test.args...)
			clitest.CheckProblems(t, r, test.name, test.want)
		})
	}
}
