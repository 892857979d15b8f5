package commands

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/config"
)

// outcomeOf is what a run in this process came to.
type outcomeOf struct {
	code           int
	stdout, stderr string
}

// inProcess runs a command line with these variables and a configuration folder of its own, unless they name one.
func inProcess(t *testing.T, environ []string, args ...string) outcomeOf {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := Env{
		Stdin: strings.NewReader("canary\n"), Stdout: &stdout, Stderr: &stderr, Now: time.Now,
		Environ: func() []string {
			return append([]string{"XDG_CONFIG_HOME=" + t.TempDir(), "APPDATA=" + t.TempDir()}, environ...)
		},
	}
	code := Main(t.Context(), env, args)
	return outcomeOf{code, stdout.String(), stderr.String()}
}

func noonToday() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// doctorCall is a call with the flags of doctor, for single checks.
func doctorCall(t *testing.T, environ []string, flags ...string) *call {
	t.Helper()
	a := newApp(Env{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Now: noonToday, Environ: func() []string { return environ }})
	cmd := a.doctor()
	a.global.register(cmd.Flags())
	if err := cmd.ParseFlags(flags); err != nil {
		t.Fatal(err)
	}
	return &call{app: a, ctx: t.Context(), cmd: cmd}
}

func TestCheckTLS(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) client.Health { return client.Health{Certificate: noonToday().Add(d)} }
	tests := []struct {
		name, base, keyFrom string
		health              client.Health
		err                 error
		flags               []string
		status, message     string
	}{
		{"a long time", "https://p", "K", in(90 * 24 * time.Hour), nil, nil, checkOK, "certificate valid until 2027-02-19"},
		{"the last weeks", "https://p", "K", in(20 * 24 * time.Hour), nil, nil, checkWarning, "certificate valid until 2026-12-11"},
		{"not verified", "https://p", "K", in(time.Hour), nil, []string{"--insecure"}, checkWarning, "the certificate is not verified"},
		{"not accepted", "https://p", "K", client.Health{}, &client.Error{Kind: client.KindUnavailable, Certificate: true, Message: "m", Hint: "h"}, nil, checkFailure, "m"},
		{"no answer", "https://p", "K", client.Health{}, errors.New("x"), nil, checkWarning, "not known, for the server gives no usable answer"},
		{"a key in the clear", "http://p", "K", client.Health{}, nil, nil, checkWarning, "none: credentials and packages travel readably"},
		{"nothing to hide", "http://p", "", client.Health{}, nil, nil, checkOK, "none, for the address is http://"},
		{"this machine", "http://127.0.0.1:8624", "K", client.Health{}, nil, nil, checkOK, "none, for the address is http://"},
		{"this machine by name", "http://localhost", "K", client.Health{}, nil, nil, checkOK, "none, for the address is http://"},
		{"this machine, IPv6", "http://[::1]:80", "K", client.Health{}, nil, nil, checkOK, "none, for the address is http://"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base, err := url.Parse(test.base)
			if err != nil {
				t.Fatal(err)
			}
			c := doctorCall(t, []string{"PROGET_URL=" + test.base}, test.flags...)
			got := c.checkTLS(&server{keyFrom: test.keyFrom}, base, test.health, test.err)
			if got.Status != test.status || got.Message != test.message {
				t.Errorf("%+v, want %s %q", got, test.status, test.message)
			}
		})
	}
}

func TestCheckHealthAndVersion(t *testing.T) {
	t.Parallel()
	if got := checkHealth(client.Health{Problems: []string{"database: down", "license: expired"}}); got.Status != checkFailure ||
		got.Message != "database: down; license: expired" || got.kind != client.KindUnavailable || got.Remedy == "" {
		t.Errorf("%+v", got)
	}
	if got := checkVersion(client.Health{}); got.Status != checkWarning {
		t.Errorf("no version: %+v", got)
	}
	if got := checkVersion(client.Health{Version: "2026.12"}); got != fine("version", "ProGet 2026.12") {
		t.Errorf("%+v", got)
	}
}

func TestCheckKeepsRecords(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	tests := []struct {
		name     string
		settings client.FeedSettings
		err      error
		status   string
		kind     client.Kind
		message  string
	}{
		{"on", client.FeedSettings{RecordsEnabled: &yes}, nil, checkOK, "", "F keeps deployment records"},
		{"off", client.FeedSettings{RecordsEnabled: &no}, nil, checkFailure, client.KindRejected, "F keeps no deployment records"},
		{"not told", client.FeedSettings{}, nil, checkWarning, "", "the server does not tell whether F keeps deployment records"},
		{"not allowed", client.FeedSettings{}, &client.Error{Kind: client.KindAuth}, checkWarning, "", "these credentials may not look at the settings of F"},
		{"not there", client.FeedSettings{}, &client.Error{Kind: client.KindNotFound, Message: "404", Server: "no"}, checkWarning, "", "the settings of F cannot be asked: 404: no"},
		{"something else", client.FeedSettings{}, errors.New("disk"), checkWarning, "", "the settings of F cannot be asked: disk"},
	}
	for _, test := range tests {
		got := doctorCall(t, nil).checkKeepsRecords(nil, "F", test.settings, test.err)
		if got.Status != test.status || got.kind != test.kind || got.Message != test.message || (got.Remedy == "") != (got.Status == checkOK) {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

func TestCheckProxy(t *testing.T) {
	t.Parallel()
	tests := []struct {
		environ         []string
		status, message string
	}{
		{nil, checkOK, "none is used for this address"},
		{[]string{"HTTPS_PROXY=http://u:canary@proxy:8080"}, checkOK, "through http://proxy:8080"},
		{[]string{"https_proxy=proxy:8080"}, checkOK, "through http://proxy:8080"},
		{[]string{"HTTPS_PROXY=http://proxy", "NO_PROXY=corp.local"}, checkOK, "none is used for this address"},
	}
	for _, test := range tests {
		c := doctorCall(t, append(test.environ, "PROGET_URL=https://proget.corp.local"))
		if got := c.checkProxy(c.server()); got.Status != test.status || got.Message != test.message {
			t.Errorf("%v: %+v", test.environ, got)
		}
	}
}

// TestCheckAddressLooksAtTheMode: a file with a key is nobody else's business.
func TestCheckAddressLooksAtTheMode(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	home := t.TempDir()
	environ := []string{"XDG_CONFIG_HOME=" + home, "HOME=" + home}
	store := config.Open(Env{Environ: func() []string { return environ }}.getenv)
	if err := store.Add(t.Context(), config.Source{Name: "default", URL: "https://p.example", APIKey: "k"}, false); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{0o600: checkOK, 0o640: checkWarning, 0o604: checkWarning, 0o400: checkOK} {
		if err := os.Chmod(store.Path(), mode); err != nil {
			t.Fatal(err)
		}
		c := doctorCall(t, environ)
		s := c.connect()
		if s == nil {
			t.Fatal(c.problems.lines)
		}
		if got := c.checkAddress(s); got.Status != want {
			t.Errorf("%v: %+v, want %s", mode, got, want)
		}
	}
}

// TestAddressComesFromOnePlace tries what names the server, in its order.
func TestAddressComesFromOnePlace(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	own := filepath.Join(home, "progetctl", "config.json")
	if err := os.MkdirAll(filepath.Dir(own), 0o700); err != nil {
		t.Fatal(err)
	}
	const content = `{"sources": [{"name": "Default", "url": "https://d.example", "feed": "F"}, {"name": "lab", "url": "https://l.example"}]}`
	if err := os.WriteFile(own, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		flags, environ []string
		want, from     string
		feed           string
		problem        string
	}{
		{nil, nil, "https://d.example", `source "Default" in ` + own, "F", ""},
		{[]string{"--source", "LAB"}, nil, "https://l.example", `source "lab" in ` + own, "", ""},
		{[]string{"--source", "https://u.example"}, []string{"PROGET_SOURCE=a", "PROGET_URL=b"}, "https://u.example", "--source", "", ""},
		{nil, []string{"PROGET_URL=https://u.example"}, "https://u.example", "PROGET_URL", "", ""},
		{nil, []string{"PROGET_SOURCE=https://u.example"}, "https://u.example", "PROGET_SOURCE", "", ""},
		{nil, []string{"PROGET_SOURCE=lab", "PROGET_FEED=E"}, "https://l.example", `source "lab" in ` + own, "E", ""},
		{nil, []string{"PROGET_SOURCE=", "PROGET_URL="}, "https://d.example", `source "Default" in ` + own, "F", ""},
		{nil, []string{"PROGET_SOURCE=lab", "PROGET_URL=https://u"}, "", "", "", "PROGET_SOURCE and PROGET_URL are both set: unset one"},
		{nil, []string{"PROGET_URL=lab"}, "", "", "", `PROGET_URL "lab" is not a URL such as https://proget.corp.local`},
		{[]string{"--source", "x"}, nil, "", "", "", `--source "x" is no URL such as https://proget.corp.local, and no source has that name: known sources are "Default", "lab"`},
		{nil, []string{"PROGET_SOURCE=$SOURCE"}, "", "", "", `PROGET_SOURCE is "$SOURCE", a placeholder that nothing has replaced`},
	}
	for _, test := range tests {
		c := doctorCall(t, append(slices.Clone(test.environ), "XDG_CONFIG_HOME="+home, "APPDATA="+home), test.flags...)
		got := c.address()
		if again := c.address(); again != got {
			t.Errorf("%v %v: a second look gives %v", test.flags, test.environ, again)
		}
		if got.text != test.want || got.from != test.from || strings.Join(c.problems.lines, "; ") != test.problem {
			t.Errorf("%v %v: %q from %q, problems %q", test.flags, test.environ, got.text, got.from, c.problems.lines)
		}
		if test.problem == "" && c.feed().text != test.feed {
			t.Errorf("%v %v: feed %v", test.flags, test.environ, c.feed())
		}
	}
}

// TestSecretsStayHidden looks for the key wherever sources are shown.
func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	environ := []string{"XDG_CONFIG_HOME=" + home, "APPDATA=" + home}
	for _, args := range [][]string{
		{"sources", "add", "--url", "https://p.example", "--api-key", "canary"},
		{"sources", "add", "--url", "https://p.example", "--api-key", "canary"},
		{"sources", "add", "--name", "b", "--url", "https://p.example", "--username", "u", "--password", "canary", "-o", "json"},
		{"sources", "add", "--name", "c", "--url", "https://p.example", "--api-key-file", "-", "-o", "csv"},
		{"sources", "add", "--name", "d", "--url", "https://p.example?key=canary"},
		{"sources", "add", "--name", "e", "--url", "https://p.example", "--api-key", "canary", "--username", "u", "--password", "canary"},
		{"sources", "list"}, {"sources", "list", "-o", "json"}, {"sources", "list", "-o", "markdown"},
		{"deploy", "record", "pkg:nuget/A@1", "--feed", "F", "--application", "A", "--description", "D", "--target", "T", "--ledger", "off", "--dry-run"},
		{"sources", "remove", "--name", "b"},
	} {
		got := inProcess(t, environ, args...)
		if strings.Contains(got.stdout+got.stderr, "canary") {
			t.Errorf("%q shows the key: %s%s", args, got.stdout, got.stderr)
		}
	}
	got := inProcess(t, environ, "sources", "list", "--jq", `[.[] | .name + ": " + .credentials] | join(", ")`)
	if want := "Default: API key, c: API key\n"; got.stdout != want || got.code != 0 {
		t.Errorf("%+v, want %q", got, want)
	}
}
