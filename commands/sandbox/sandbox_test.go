package sandbox

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/commands/internal/shell"
	fake "github.com/progetctl/progetctl/internal/sandbox"
)

// withoutFuncs are options without what no test can compare.
func withoutFuncs(o fake.Options) fake.Options {
	o.Now, o.Log = nil, nil
	return o
}

func TestParseStart(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("in-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	plain := fake.Options{Edition: "enterprise"}
	for _, test := range []struct {
		environ []string
		args    []string
		address string
		want    fake.Options
	}{
		{nil, nil, "127.0.0.1:8624", plain},
		// What a client reads from the environment is not the server's.
		{[]string{"PROGET_API_KEY=K", "PROGET_URL=https://p.example", "PROGET_FEED=$F"}, nil, "127.0.0.1:8624", plain},
		{nil, []string{"--addr", "[::1]:0"}, "[::1]:0", plain},
		{nil, []string{"--addr", ":http"}, ":http", plain},
		{nil, []string{"--api-key", "K"}, "127.0.0.1:8624", fake.Options{Edition: "enterprise", APIKey: "K"}},
		{nil, []string{"--api-key-file", key}, "127.0.0.1:8624", fake.Options{Edition: "enterprise", APIKey: "in-file"}},
		{nil, []string{"--edition", "free"}, "127.0.0.1:8624", fake.Options{Edition: "free"}},
		{nil, []string{"--edition", "basic", "--dialect", "old"}, "127.0.0.1:8624", fake.Options{Edition: "basic", Dialect: fake.DialectOld}},
		{nil, []string{"--edition=enterprise", "--dialect=current"}, "127.0.0.1:8624", plain},
		{nil, []string{"--packages", folder, "--base-path", "/proget", "--ignore-filters", "--group-bug", "--old-health", "--chocolatey-at-feeds"}, "127.0.0.1:8624", fake.Options{
			Edition: "enterprise", PackagesDir: folder, BasePath: "/proget", IgnoreFilters: true, GroupBug: true, OldHealth: true, ChocolateyAtFeeds: true,
		}},
	} {
		got := clitest.Parsed(t, clitest.Env(t, test.environ...), newStart, test.args...)
		if options := withoutFuncs(got.server.options); got.address != test.address || !reflect.DeepEqual(options, test.want) || got.server.server == nil {
			t.Errorf("%q, %q: %+v at %s, want %+v at %s", test.environ, test.args, options, got.address, test.want, test.address)
		}
	}
}

// TestRequestsAreShown on a terminal, unless that is not wanted.
func TestRequestsAreShown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		terminal bool
		args     []string
		want     bool
	}{{true, nil, true}, {true, []string{"--quiet"}, false}, {false, nil, false}} {
		env := clitest.Env(t)
		env.StderrTerminal = test.terminal
		if got := clitest.Parsed(t, env, newStart, test.args...); (got.server.options.Log != nil) != test.want {
			t.Errorf("terminal %v, %q: %v", test.terminal, test.args, got.server.options.Log)
		}
	}
}

func TestParseExec(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args    []string
		command []string
		edition string
	}{
		{[]string{"--", "sh", "-c", "exit 1"}, []string{"sh", "-c", "exit 1"}, "enterprise"},
		{[]string{"sh", "--edition", "free"}, []string{"sh", "--edition", "free"}, "enterprise"},
		{[]string{"--edition", "free", "--", "progetctl", "version"}, []string{"progetctl", "version"}, "free"},
		// What its words mean is the command's own business.
		{[]string{"--", "sh", "-c", "$CMD", "", " ", "${X}"}, []string{"sh", "-c", "$CMD", "", " ", "${X}"}, "enterprise"},
	} {
		got := clitest.Parsed(t, clitest.Env(t), newExec, test.args...)
		want := fake.Options{Edition: test.edition, APIKey: privateKey}
		if !reflect.DeepEqual(got.command, test.command) || !reflect.DeepEqual(withoutFuncs(got.server.options), want) {
			t.Errorf("%q: %q, %+v", test.args, got.command, got.server.options)
		}
	}
}

// TestFaultsApply in their order, each to its own path.
func TestFaultsApply(t *testing.T) {
	t.Parallel()
	got := clitest.Parsed(t, clitest.Env(t), newExec, "--fault", "path=/health;status=503", "--fault", "path=/health;status=418;times=2", "--", "true")
	for i, want := range []int{503, 418, 418, 200} {
		answer := httptest.NewRecorder()
		got.server.server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/health", nil))
		if answer.Code != want {
			t.Errorf("request %d: %d, want %d", i+1, answer.Code, want)
		}
	}
}

// TestParseProblems names everything that is wrong once.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args []string
		want []string
	}{
		{"start", []string{
			"--addr", "8624", "--dialect", "new", "--edition", "Free", "--base-path", "$BASE", "--fault", "status=503", "--fault", "path=/x;times=0",
			"--packages", "no-such-folder", "--api-key", "",
		}, []string{`--addr "8624"`, `--dialect "new"`, `--edition "Free"`, `--base-path is "$BASE"`, "--fault: ", "--fault: ", "no-such-folder", "--api-key is empty"}},
		{"start", []string{"--addr", "localhost:no-such-port"}, []string{`--addr "localhost:no-such-port" is not HOST:PORT`}},
		{"start", []string{"--addr", ""}, []string{"--addr is empty"}},
		{"start", []string{"--api-key-file", "no-such-file"}, []string{"no-such-file"}},
		{"start", []string{"stray"}, []string{"takes no arguments"}},
		{"exec", nil, []string{"a command to run is missing: `progetctl sandbox exec -- COMMAND`"}},
		{"exec", []string{"--edition", "pro", "--"}, []string{`--edition "pro"`, "a command to run is missing"}},
		{"demo", []string{"stray"}, []string{"takes no arguments"}},
	} {
		t.Run(test.name+" "+strings.Join(test.args, " "), func(t *testing.T) {
			t.Parallel()
			make := map[string]func(*cli.App) *cobra.Command{
				"start": func(app *cli.App) *cobra.Command { return newStart(app, start) },
				"exec":  func(app *cli.App) *cobra.Command { return newExec(app, execute) },
				"demo":  func(app *cli.App) *cobra.Command { return newDemo(app, demo) },
			}[test.name]
			r := clitest.Run(t, clitest.Env(t), make, test.args...)
			if r.Code != cli.CodeUsage || r.Stdout != "" || strings.Count(r.Stderr, "error: ") != len(test.want) {
				t.Errorf("%+v, want %d problems", r, len(test.want))
			}
			for _, want := range test.want {
				if !strings.Contains(r.Stderr, want) {
					t.Errorf("%q is not said:\n%s", want, r.Stderr)
				}
			}
		})
	}
}

// TestEnviron: the command sees its own server and ledger, and nothing of what the environment says
// of others.
func TestEnviron(t *testing.T) {
	t.Parallel()
	env := clitest.Env(t)
	env.Environ = func() []string {
		return []string{"PATH=/bin", "PROGET_SOURCE=other", "ProGet_Feed=F", "PROGETCTL_TARGET=T", "EDITOR=vi"}
	}
	got := environ(cli.New(env).IO, "http://127.0.0.1:1", "scratch")
	want := []string{
		"PATH=/bin", "EDITOR=vi", "PROGET_URL=http://127.0.0.1:1", "PROGET_API_KEY=" + privateKey,
		"PROGETCTL_LEDGER=" + filepath.Join("scratch", "ledger.db"), "PATH=/bin",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		shell shell.Shell
		args  []string
		want  string
	}{
		{shell.POSIX, nil, ""},
		{shell.POSIX, []string{"version", "-o", "json"}, " version -o json"},
		{shell.POSIX, []string{"--jq", `.[0] | .user + " "`}, ` --jq '.[0] | .user + " "'`},
		{shell.PowerShell, []string{"--target", "it's"}, " --target 'it''s'"},
		{shell.POSIX, []string{"--application", strings.Repeat("a", 52), "--target", "web01"}, " --application " + strings.Repeat("a", 52) + " \\\n    --target web01"},
		{shell.PowerShell, []string{"--application", strings.Repeat("a", 52), "--target", "web01"}, " --application " + strings.Repeat("a", 52) + " `\n    --target web01"},
	} {
		if got := commandLine(test.shell, lineWidth, test.args); got != test.want {
			t.Errorf("%s %q: %q, want %q", test.shell, test.args, got, test.want)
		}
	}
}

// TestCommandLineFits breaks at the width of a narrow terminal.
func TestCommandLineFits(t *testing.T) {
	t.Parallel()
	const want = " deploy \\\n    --target web01 \\\n    --feed f"
	if got := commandLine(shell.POSIX, 25, []string{"deploy", "--target", "web01", "--feed", "f"}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestVariables: a key that came from a file is not shown.
func TestVariables(t *testing.T) {
	t.Parallel()
	const url = "http://127.0.0.1:1"
	for _, test := range []struct {
		key, file cli.Text
		want      []variable
	}{
		{cli.Text{}, cli.Text{}, []variable{{"PROGET_URL", url}}},
		{cli.Text{Value: " it's ", From: "--api-key"}, cli.Text{}, []variable{{"PROGET_URL", url}, {"PROGET_API_KEY", "it's"}}},
		{cli.Text{}, cli.Text{Value: "key.txt", From: "--api-key-file"}, []variable{{"PROGET_URL", url}, {"PROGET_API_KEY_FILE", "key.txt"}}},
		{cli.Text{}, cli.Text{Value: "-", From: "--api-key-file"}, []variable{{"PROGET_URL", url}}},
	} {
		o := startOptions{key: test.key, keyFile: test.file}
		if got := o.variables(url); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%+v: %q, want %q", test, got, test.want)
		}
	}
	o := startOptions{key: cli.Text{Value: "it's", From: "--api-key"}}
	said := o.pasted(&running{url: url})
	for _, want := range []string{
		"Listening on " + url + "\n", `export PROGET_URL='` + url + `' PROGET_API_KEY='it'\''s'`, "$env:PROGET_URL = '" + url + "'; $env:PROGET_API_KEY = 'it''s'\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}

func TestListenFailure(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", privateAddress)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	address := listener.Addr().String()
	server, err := fake.New(fake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = serve(t.Context(), server, address, "")
	f := cli.Describe(listenFailure(address, err))
	if f.Error() != "cannot listen on "+address+": the port is already in use" || !strings.Contains(f.Hint, "--addr 127.0.0.1:0") {
		t.Errorf("%q, hint %q", f.Error(), f.Hint)
	}
}

func TestIsShell(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"bash": true, "/bin/sh -i": true, "bash --norc": true, "PowerShell.exe": true, "bash deploy.sh": false, "sh -c ls": false, "go test": false,
	} {
		if got := isShell(strings.Fields(line)); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

// TestInterrupt: a command that can't be asked to end is not an error, as on Windows, where the
// console asks it.
func TestInterrupt(t *testing.T) {
	const waits = "WAIT_FOR_INPUT"
	if os.Getenv(waits) != "" {
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestInterrupt$")
	cmd.Env = append(os.Environ(), waits+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := interrupt(cmd.Process); err != nil {
		t.Error(err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // on Unix it ends by the signal
	if err := interrupt(cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
}
