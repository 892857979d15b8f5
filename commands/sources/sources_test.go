package sources

import (
	"context"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/internal/config"
	"github.com/spf13/cobra"
)

func TestWithoutUser(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://proget.corp.local/x":       "https://proget.corp.local/x",
		"https://user:canary@p.example/?k":  "https://p.example/",
		"https://p.example/?key=canary#c":   "https://p.example/",
		"https://p.example/%zz":             "(not a URL)",
		"https://user:1/canary@p.example":   "(not a URL)",
		"https://user:1/canary%40p.example": "(not a URL)",
		"canary@p.example":                  "(not a URL)",
		"user:canary":                       "(not a URL)",
		"":                                  "(not a URL)",
	} {
		if got := withoutUser(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// TestWords splits key commands.
func TestWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, want string
		problem    bool
	}{
		{"pass  show x", "pass|show|x", false},
		{` ["op", "read", "op://a b/c"]`, "op|read|op://a b/c", false},
		{"[]", "", true}, {"[1]", "", true}, {"[x", "", true}, {`["a"] b`, "", true},
	}
	for _, test := range tests {
		var p cli.Problems
		got := strings.Join(words(cli.Text{Value: test.text, From: "--key-command"}, &p), "|")
		if !p.None() != test.problem || (!test.problem && got != test.want) {
			t.Errorf("%q: %q, %q", test.text, got, p)
		}
	}
}

// TestShape: docs/json.md has the properties that are written.
func TestShape(t *testing.T) {
	t.Parallel()
	clitest.CheckShape(t, "../../docs/json.md", "Sources", listedSource{})
}

// TestParseAdd: what is saved comes from the command line, not from environment variables.
func TestParseAdd(t *testing.T) {
	t.Parallel()
	environ := []string{"PROGET_API_KEY=other", "PROGET_AUTH=query", "PROGET_FEED=E", "PROGET_URL=https://other.example"}
	for _, test := range []struct {
		args []string
		want addOptions
	}{
		{[]string{"--url", "https://p.example/"}, addOptions{source: config.Source{Name: "Default", URL: "https://p.example"}}},
		{[]string{"--name", "n", "--url", "https://p.example", "--feed", "F", "--api-key", "$K", "--auth", "header", "--insecure", "--force"}, addOptions{
			source: config.Source{Name: "n", URL: "https://p.example", Feed: "F", APIKey: "$K", Auth: "header", Insecure: true}, force: true,
		}},
		{[]string{"n", "--url", "https://p.example"}, addOptions{source: config.Source{Name: "n", URL: "https://p.example"}}},
		{[]string{"--url", "https://p.example", "--username", "u", "--password", " p"}, addOptions{
			source: config.Source{Name: "Default", URL: "https://p.example", Username: "u", Password: " p"},
		}},
		{[]string{"--url", "https://p.example", "--key-command", "pass show x"}, addOptions{
			source: config.Source{Name: "Default", URL: "https://p.example", KeyCommand: []string{"pass", "show", "x"}},
		}},
		{[]string{"--url", "https://p.example", "--api-key-file", "-"}, addOptions{source: config.Source{Name: "Default", URL: "https://p.example", APIKey: "typed"}}},
	} {
		env := clitest.Env(t, environ...)
		env.Stdin = strings.NewReader("typed\n")
		got := clitest.Parsed(t, env, newAdd, test.args...)
		if len(got.source.KeyCommand) == 0 {
			got.source.KeyCommand = nil
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: %+v, want\n%+v", test.args, got, test.want)
		}
	}
}

// TestTypedKey: at a terminal, the key is asked for without showing it.
func TestTypedKey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		typed, key, stderr string
		err                error
	}{
		{" typed ", "typed", "API key: \n", nil},
		{" ", "", "API key: \nerror: --api-key-file: no key was typed\nhint: see `progetctl add --help`\n", nil},
		{"", "", "API key: \nerror: --api-key-file: EOF\nhint: see `progetctl add --help`\n", io.EOF},
	} {
		var got addOptions
		env := clitest.Env(t)
		env.StdinTerminal, env.ReadSecret = true, func(context.Context) (string, error) { return test.typed, test.err }
		r := clitest.Run(t, env, func(app *cli.App) *cobra.Command {
			return newAdd(app, func(_ context.Context, _ *cli.IO, o addOptions) error { got = o; return nil })
		}, "--url", "https://p.example", "--api-key-file", "-")
		if got.source.APIKey != test.key || r.Stderr != test.stderr || (r.Code == 0) != (test.key != "") {
			t.Errorf("%q: %+v, %q", test.typed, r, got.source.APIKey)
		}
	}
}

// TestParseProblems names everything once.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		make func(*cli.App) *cobra.Command
		args []string
		want []string
	}{
		{func(app *cli.App) *cobra.Command { return newAdd(app, add) }, []string{"--source", "s", "--username", "u", "--auth", "x", "--client-key", "k", "--feed", "%F%"}, []string{
			`--feed is "%F%": an unexpanded variable`, "--url is required", "--source can't be used here; give the name of the source as the argument",
			"--username and --password must be given together", `--auth "x" is not a valid value; use auto, header, query or basic`,
			"--client-key is given without a client certificate (--client-cert)",
		}},
		{func(app *cli.App) *cobra.Command { return newRemove(app, remove) }, nil, []string{"NAME is required: the name of the source"}},
		{func(app *cli.App) *cobra.Command { return newUse(app, use) }, []string{"a", "--name", "b"}, []string{`--name and the argument "a" can't be used together`}},
		{func(app *cli.App) *cobra.Command { return newUse(app, use) }, []string{"$NAME"}, []string{`the argument is "$NAME": an unexpanded variable`}},
		{func(app *cli.App) *cobra.Command { return newRemove(app, remove) }, []string{"--name", ""}, []string{"--name is empty"}},
		{func(app *cli.App) *cobra.Command { return newRemove(app, remove) }, []string{"--name", "a", "--name", "b"}, []string{"--name is given 2 times, but takes one value"}},
		{func(app *cli.App) *cobra.Command { return newList(app, list) }, []string{"-o", "x"}, []string{`--output "x" is not a valid value; use table, wide, json, ndjson, csv or markdown`}},
	} {
		command := test.make(cli.New(clitest.Env(t))).Name()
		clitest.CheckProblems(t, clitest.Run(t, clitest.Env(t), test.make, test.args...), command, strings.Join(test.want, "\n"))
	}
}
