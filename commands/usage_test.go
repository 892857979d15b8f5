package commands

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// recordLine is the command line of a whole record with flags added.
func recordLine(more ...string) []string { return append(one("web01"), more...) }

// TestUsageErrors goes over everything that can be wrong with a command line. Nothing may be sent:
// the server is one that does not exist, and asking it would end in another exit code.
func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		env  []string
		args []string
		says []string
	}{
		{"unknown command", nil, []string{"frobnicate"}, []string{`unknown command "frobnicate" for "progetctl"`}},
		{"nearly a command", nil, []string{"promotion", "list"}, []string{`unknown command "promotion"`, "hint: did you mean `progetctl promotions list`?"}},
		{"nearly a command below", nil, []string{"deploy", "recrod"}, []string{`unknown command "recrod" for "progetctl deploy"`, "did you mean `progetctl deploy record`?"}},
		{"by meaning", nil, []string{"deploy", "list"}, []string{`unknown command "list" for "progetctl deploy"`, "did you mean `progetctl deploy history`?"}},
		{"by meaning, of a feed", nil, []string{"feed", "download"}, []string{"did you mean `progetctl feed get`?"}},
		{"without its group", nil, []string{"record"}, []string{`unknown command "record" for "progetctl"`, "did you mean `progetctl deploy record`?"}},
		{"by meaning, without its group", nil, []string{"login"}, []string{"did you mean `progetctl sources add`?"}},
		{"a verb of others", nil, []string{"install"}, []string{"did you mean `progetctl feed get`?"}},
		{"another verb", nil, []string{"pull"}, []string{"did you mean `progetctl feed get`?"}},
		{"a list of what", nil, []string{"ls"}, []string{"did you mean `progetctl deploy history`, `progetctl promotions list` or `progetctl sources list`?"}},
		{"who am I", nil, []string{"whoami"}, []string{"did you mean `progetctl doctor`?"}},
		{"status", nil, []string{"status"}, []string{"did you mean `progetctl doctor`?"}},
		{"get", nil, []string{"get"}, []string{"did you mean `progetctl feed get`"}},
		{"config", nil, []string{"config"}, []string{"did you mean `progetctl sources add`?"}},
		{"in the wrong group", nil, []string{"packages", "download"}, []string{"did you mean `progetctl feed get`?"}},
		{"nearly a command of a group", nil, []string{"recrod"}, []string{"did you mean `progetctl deploy record`?"}},
		{"what pgutil does", nil, []string{"promote"}, []string{"progetctl doesn't do that; use `pgutil packages promote`"}},
		{"a topic", nil, []string{"help", "env"}, []string{"did you mean `progetctl help environment`?"}},
		{"a flag of others", nil, []string{"deploy", "record", "--env", "prod"}, []string{"did you mean --target?"}},
		{"a format as a flag", nil, []string{"promotions", "list", "--json"}, []string{"did you mean -o json?"}},
		{"a name", nil, []string{"feed", "get", "--name", "A"}, []string{"did you mean --package?"}},
		{"a letter", nil, []string{"deploy", "record", "-f", "x.csv"}, []string{`unknown flag "-f"`, "did you mean --input-file?"}},
		{"a server", nil, []string{"doctor", "--url", "https://x"}, []string{"did you mean --source?"}},
		{"a token", nil, []string{"doctor", "--token", "x"}, []string{"did you mean --api-key?"}},
		{"a feed's name", nil, []string{"feed", "get", "--feed-name", "x"}, []string{"did you mean --feed?"}},
		{"a file to write", nil, []string{"feed", "get", "--out", "x"}, []string{"did you mean --output-file?"}},
		{"name and version in one argument", []string{nowhere}, []string{"deploy", "record", "@angular/animation@12.3.1", "--feed", "F", "--application", "A", "--description", "D", "--target", "T"}, []string{
			"for a plain name use `--package @angular/animation --version 12.3.1`"}},
		{"flag by meaning", nil, []string{"feed", "get", "--target", "web01"}, []string{`unknown flag "--target"`, "did you mean --deployment-target?"}},
		{"another flag by meaning", nil, []string{"deploy", "record", "--user", "x"}, []string{"did you mean --deployment-user?"}},
		{"name and version as arguments", nil, []string{"deploy", "record", "Newtonsoft.Json", "12.0.3"}, []string{
			"a package URL looks like pkg:TYPE/NAME@VERSION", "--package Newtonsoft.Json --version 12.0.3"}},
		{"unknown flag", nil, []string{"deploy", "record", "--frobnicate"}, []string{`unknown flag "--frobnicate" for "progetctl deploy record"`}},
		{"unknown flag alone, nothing else is named", nil, []string{"deploy", "record", "--frobnicate", "--date", "x"}, []string{"unknown flag"}},
		{"nearly a flag", nil, []string{"deploy", "record", "--aplication", "x"}, []string{`unknown flag "--aplication"`, "did you mean --application?"}},
		{"unknown short flag", nil, []string{"version", "-z"}, []string{`unknown flag "-z"`}},
		{"flag without its value", nil, []string{"deploy", "record", "--feed"}, []string{"--feed"}},
		{"all that is missing", nil, []string{"deploy", "record"}, []string{
			"no server: use --source", "--application is required", "--description is required", "--target is required", "--feed is required",
			"--package is required", "--version is required",
		}},
		{"all that is malformed", []string{nowhere}, recordLine("--date", "soon", "--deployment-url", "x", "--encoding", "xml", "--timeout", "x", "--retries", "-1", "-o", "yaml", "--auth", "token"), []string{
			`--date "soon" is not a valid date`, `--deployment-url "x"`, `--encoding "xml" is not a valid value; use json or form`, `--timeout "x" is not a valid duration`,
			`--retries "-1" must be a whole number`, `--output "yaml" is not a valid value; use table, wide, json, ndjson, csv or markdown`, `--auth "token" is not a valid value`,
		}},
		{"date in the future", []string{nowhere}, recordLine("--date", "2027-01-01"), []string{`--date "2027-01-01" is more than a day in the future`}},
		{"address of another scheme", nil, recordLine("--source", "ftp://proget.corp.local"), []string{"--source"}},
		{"address that holds a password", nil, recordLine("--source", "https://u:hunter2@proget.corp.local"), []string{"give credentials on their own"}},
		{"both addresses", []string{nowhere, "PROGET_SOURCE=x"}, recordLine(), []string{"PROGET_SOURCE and PROGET_URL are both set"}},
		{"purl and package", []string{nowhere}, recordLine("pkg:nuget/A@1"), []string{"--package and the package URL", "--version and the package URL"}},
		{"two purls", []string{nowhere}, []string{"deploy", "record", "pkg:nuget/A@1", "pkg:nuget/B@1"}, []string{"takes one package URL, but got 2 arguments"}},
		{"purl without a version", []string{nowhere}, []string{"deploy", "record", "pkg:nuget/A", "--feed", "F", "--application", "A", "--description", "D", "--target", "T"}, []string{"has no version"}},
		{"no purl at all", []string{nowhere}, []string{"deploy", "record", "Newtonsoft.Json", "--feed", "F", "--application", "A", "--description", "D", "--target", "T"}, []string{`"Newtonsoft.Json"`}},
		{"key file that does not exist", []string{nowhere}, recordLine("--api-key-file", "no-such-file"), []string{"--api-key-file", "no-such-file"}},
		{"key and password", []string{nowhere}, recordLine("--api-key", "K", "--username", "u", "--password", "p"), []string{"can't be used together"}},
		{"user without a password", []string{nowhere}, recordLine("--username", "u"), []string{"give both a user name and a password"}},
		{"key with a line break", []string{nowhere, "PROGET_API_KEY=a\nb"}, recordLine(), []string{"error: PROGET_API_KEY: the API key contains a control character"}},
		{"blank key", []string{nowhere, "PROGET_API_KEY= \u00a0"}, recordLine(), []string{"error: PROGET_API_KEY: the API key is blank"}},
		{"key with a mark inside", []string{nowhere, "PROGET_API_KEY=a\u200bb"}, recordLine(), []string{"the API key contains the invisible character U+200B"}},
		{"blank user", []string{nowhere}, recordLine("--username", "\ufeff ", "--password", "p"), []string{"the user name is blank"}},
		{"account in an address without a scheme", []string{"PROGET_URL=u:p@host"}, recordLine(), []string{"PROGET_URL (not shown because it may contain a password) is not a URL"}},
		{"account in a name", nil, recordLine("--source", "u:p@host"), []string{"--source (not shown because it may contain a password) is neither a URL"}},
		{"password with a line break", []string{nowhere}, recordLine("--username", "u", "--password", "a\nb"), []string{"error: --username and --password: the password contains a control character"}},
		{"flag instead of a value", []string{nowhere}, recordLine("--target", "--once"), []string{"--target is followed by the flag --once instead of a value"}},
		{"flag with a value instead of a value", []string{nowhere}, recordLine("--group", "--ledger=off"), []string{"--group is followed by the flag --ledger=off"}},
		{"empty value", []string{nowhere}, recordLine("--group", ""), []string{"--group is empty"}},
		{"blank value", []string{nowhere}, recordLine("--deployment-user", "  "), []string{"--deployment-user is blank"}},
		{"placeholder", []string{nowhere}, recordLine("--group", "$(Build.Group)"), []string{`--group is "$(Build.Group)": an unexpanded variable`}},
		{"placeholder among targets", []string{nowhere}, recordLine("--target", "${TARGET}"), []string{`--target is "${TARGET}": an unexpanded variable`}},
		{"placeholder in a variable", []string{nowhere, "PROGET_FEED=%FEED%"}, []string{"deploy", "record", "pkg:nuget/A@1", "--application", "A", "--description", "D", "--target", "T"}, []string{`PROGET_FEED is "%FEED%": an unexpanded variable`}},
		{"placeholder as the argument", []string{nowhere}, []string{"feed", "get", "$PURL", "--feed", "F"}, []string{`the argument is "$PURL": an unexpanded variable`}},
		{"jq that is none", []string{nowhere}, []string{"promotions", "list", "--jq", ".["}, []string{"jq"}},
		{"jq with a table", []string{nowhere}, []string{"promotions", "list", "--jq", ".", "-o", "csv"}, []string{"--jq works on JSON"}},
		{"one of the headers without the others", []string{nowhere}, []string{"feed", "get", "--path", "a/b", "--deployment-target", "T", "--no-ci-defaults"}, []string{"--deployment-application", "--deployment-description"}},
		{"line break in a header", []string{nowhere}, []string{"feed", "get", "--path", "a/b", "--deployment-target", "a\nb", "--deployment-application", "A", "--deployment-description", "D"}, []string{"--deployment-target", "control character"}},
		{"path that climbs", []string{nowhere}, []string{"feed", "get", "--path", "../x"}, []string{"dot segment"}},
		{"checksum that is none", []string{nowhere}, []string{"feed", "get", "--path", "a/b", "--checksum", "sha256:abc"}, []string{`"abc"`}},
		{"JSON on stdout", []string{nowhere}, []string{"feed", "get", "--path", "a/b", "-O", "-", "-o", "json"}, []string{"can't be used with -o json"}},
		{"input for two", []string{nowhere}, []string{"deploy", "record", "--input-file", "-", "--api-key-file", "-"}, []string{"standard input"}},
		{"ports that there are not", nil, []string{"sandbox", "start", "--addr", "127.0.0.1:99999", "--dialect", "x"}, []string{`--addr "127.0.0.1:99999" is not HOST:PORT`, "--dialect"}},
		{"input file that does not exist", []string{nowhere}, []string{"deploy", "record", "--input-file", "no.csv", "--parallel", "x"}, []string{"--input-file: ", "no.csv", "--parallel"}},
		{"debug that is neither", []string{nowhere, "PROGETCTL_DEBUG=maybe"}, recordLine(), []string{`PROGETCTL_DEBUG "maybe" is not a valid value; use 1 or 0`}},
		{"certificate that does not exist", []string{nowhere}, recordLine("--ca-cert", "no.pem", "--client-key", "k.pem"), []string{"--ca-cert", "--client-key"}},
		{"arguments for a command without any", nil, []string{"version", "x"}, []string{`"progetctl version" takes no arguments, but got "x"`}},
		{"nothing to run", nil, []string{"sandbox", "exec"}, []string{"a command to run is missing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wantUsage(t, here(t, c.env, c.args...), c.says...)
		})
	}
}

// TestUsageErrorsAreJSON under -o json, whatever could be parsed of the line.
func TestUsageErrorsAreJSON(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-o", "json", "frobnicate"}, {"frobnicate", "-ojson"}, {"promotions", "list", "--frobnicate", "--output=ndjson"},
		{"deploy", "-o=json"}, {"deploy", "record", "--jq", ".x"}, {"promotions", "list", "--jq", "$FILTER"}, {"promotions", "list", "--jq", ""}, {"promotions", "list", "-o", "json", "--since", "x"},
	} {
		got := here(t, []string{nowhere}, args...)
		if got.code != cli.CodeUsage || got.stdout != "" || !strings.HasPrefix(got.stderr, `{"error":{"kind":"usage","message":"`) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: %d\n%s", args, got.code, got.stderr)
		}
	}
	if got := here(t, nil, "frobnicate", "--", "-o", "json"); !strings.HasPrefix(got.stderr, "error: ") {
		t.Errorf("what comes after -- was taken for a flag: %s", got.stderr)
	}
}

// TestEveryGroup needs a command, at every level of the real tree.
func TestEveryGroup(t *testing.T) {
	t.Parallel()
	var walk func(cmd *cobra.Command, path []string)
	walk = func(cmd *cobra.Command, path []string) {
		if !cmd.HasAvailableSubCommands() || len(path) > 0 && path[0] == "completion" {
			return
		}
		if alone := here(t, nil, path...); len(path) == 0 {
			if alone.code != cli.CodeDone || !strings.Contains(alone.stdout, "DEPLOYMENTS, PROMOTIONS, PACKAGES\n") || alone.stderr != "" {
				t.Errorf("the program alone: %+v", alone)
			}
		} else {
			if alone.code != cli.CodeUsage || alone.stdout != "" || !strings.Contains(alone.stderr, "USAGE\n  "+cmd.CommandPath()+" COMMAND\n") {
				t.Errorf("%q alone: %+v", path, alone)
			}
			for _, child := range cmd.Commands() {
				if !strings.Contains(alone.stderr, child.Short) {
					t.Errorf("%q alone does not list %s: %s", path, child.Name(), alone.stderr)
				}
			}
			wantUsage(t, here(t, nil, append(path, "-o", "json")...), "needs a command: ")
		}
		wantUsage(t, here(t, nil, append(path, "frobnicate")...), `unknown command "frobnicate"`)
		for _, child := range cmd.Commands() {
			walk(child, append(append([]string(nil), path...), child.Name()))
		}
	}
	walk(NewRoot(Env{}), nil)
}

// TestHelp writes help to stdout, and nothing else anywhere.
func TestHelp(t *testing.T) {
	t.Parallel()
	var walk func(cmd *cobra.Command, path []string)
	walk = func(cmd *cobra.Command, path []string) {
		got := here(t, nil, append(path, "--help")...)
		if got.code != cli.CodeDone || got.stderr != "" || !strings.Contains(got.stdout, cmd.CommandPath()) {
			t.Errorf("%s --help: %d, stderr %q, %d bytes", cmd.CommandPath(), got.code, got.stderr, len(got.stdout))
		}
		for _, child := range cmd.Commands() {
			if child.IsAvailableCommand() {
				walk(child, append(append([]string(nil), path...), child.Name()))
			}
		}
	}
	walk(NewRoot(Env{}), nil)
}
