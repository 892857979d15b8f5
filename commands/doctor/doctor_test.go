package doctor

import (
	"errors"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/internal/config"
	"pgregory.net/rapid"
)

func noonToday() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func TestCheckTLS(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) client.Health { return client.Health{Certificate: noonToday().Add(d)} }
	tests := []struct {
		name, base, keyFrom string
		health              client.Health
		err                 error
		insecure            bool
		status, message     string
	}{
		{"a long time", "https://p", "K", in(90 * 24 * time.Hour), nil, false, checkOK, "certificate valid until 2027-02-19"},
		{"the last weeks", "https://p", "K", in(20 * 24 * time.Hour), nil, false, checkWarning, "certificate valid until 2026-12-11"},
		{"not verified", "https://p", "K", in(time.Hour), nil, true, checkWarning, "certificate verification is off"},
		{"not accepted", "https://p", "K", client.Health{}, &client.Error{Kind: client.KindUnavailable, Reason: client.ReasonCertificate, Message: "m", Hint: "h"}, false, checkFailure, "m"},
		{"no answer", "https://p", "K", client.Health{}, errors.New("x"), false, checkSkipped, "no connection"},
		{"a key in the clear", "http://p", "K", client.Health{}, nil, false, checkWarning, "no TLS: credentials and packages are sent unencrypted"},
		{"nothing to hide", "http://p", "", client.Health{}, nil, false, checkOK, "not used (http)"},
		{"this machine", "http://127.0.0.1:8624", "K", client.Health{}, nil, false, checkOK, "not used (http)"},
		{"this machine by name", "http://localhost", "K", client.Health{}, nil, false, checkOK, "not used (http)"},
		{"this machine, IPv6", "http://[::1]:80", "K", client.Health{}, nil, false, checkOK, "not used (http)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base, err := url.Parse(test.base)
			if err != nil {
				t.Fatal(err)
			}
			e := examination{server: &cli.Server{KeyFrom: test.keyFrom, Insecure: test.insecure}, now: noonToday}
			got := e.checkTLS(base, test.health, test.err)
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
	if got := checkVersion(client.Health{Version: "2026.12"}); *got != *fine("version", "ProGet 2026.12") {
		t.Errorf("%+v", got)
	}
}

func TestCheckRecords(t *testing.T) {
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
		{"on", client.FeedSettings{RecordsEnabled: &yes}, nil, checkOK, "", "F stores deployment records"},
		{"off", client.FeedSettings{RecordsEnabled: &no}, nil, checkFailure, client.KindRejected, "F doesn't store deployment records"},
		{"not reported", client.FeedSettings{}, nil, checkWarning, "", "the server doesn't report whether F stores deployment records"},
		{"not allowed", client.FeedSettings{}, &client.Error{Kind: client.KindAuth}, checkWarning, "", "these credentials may not read the settings of F"},
		{"missing", client.FeedSettings{}, &client.Error{Kind: client.KindNotFound, Message: "404", Server: "no"}, checkWarning, "", "can't read the settings of F: 404: no"},
		{"something else", client.FeedSettings{}, errors.New("disk"), checkWarning, "", "can't read the settings of F: disk"},
	}
	for _, test := range tests {
		got := checkRecords("F", test.settings, test.err)
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
		{nil, checkOK, "not used"},
		{[]string{"HTTPS_PROXY=http://u:canary@proxy:8080"}, checkOK, "through http://proxy:8080"},
		{[]string{"https_proxy=proxy:8080"}, checkOK, "through http://proxy:8080"},
		{[]string{"HTTPS_PROXY=http://proxy", "NO_PROXY=corp.local"}, checkOK, "not used"},
	}
	for _, test := range tests {
		o := clitest.Parsed(t, clitest.Env(t, append(test.environ, "PROGET_URL=https://proget.corp.local")...), newDoctor)
		if got := checkProxy(o.server); got.Status != test.status || got.Message != test.message {
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
	store := config.Open(clitest.Env(t, environ...).Getenv)
	if err := store.Add(t.Context(), config.Source{Name: "default", URL: "https://p.example", APIKey: "k"}, false); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{0o600: checkOK, 0o640: checkWarning, 0o604: checkWarning, 0o400: checkOK} {
		if err := os.Chmod(store.Path(), mode); err != nil {
			t.Fatal(err)
		}
		if got := checkAddress(clitest.Parsed(t, clitest.Env(t, environ...), newDoctor).server); got.Status != want {
			t.Errorf("%v: %+v, want %s", mode, got, want)
		}
	}
}

func TestCheckClock(t *testing.T) {
	t.Parallel()
	server := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		here   time.Time
		status string
		want   string
	}{
		{server, checkOK, "in sync with the server (difference 0s)"},
		{server.Add(clockTolerance), checkOK, "in sync with the server (difference 2m)"},
		{server.Add(-clockTolerance), checkOK, "in sync with the server (difference 2m)"},
		{server.Add(3 * time.Hour), checkWarning, "this machine is 3h ahead of the server"},
		{server.Add(-150 * time.Second), checkWarning, "this machine is 2m30s behind the server"},
	}
	for _, test := range tests {
		got := checkClock(client.Health{Date: server}, test.here)
		if got.Status != test.status || !strings.Contains(got.Message, test.want) {
			t.Errorf("%v: %+v", test.here, got)
		}
	}
	if got := checkClock(client.Health{}, server); got.Status != checkWarning {
		t.Errorf("no date: %+v", got)
	}
}

func TestCheckLines(t *testing.T) {
	t.Parallel()
	k := &check{Check: "records", Status: checkFailure, Message: "a\x1b[2Jb", Remedy: "do\nthis"}
	if got := k.lines(false, false, 0); strings.ContainsAny(got, "\x1b") || strings.Count(got, "\n") != 2 || !strings.Contains(got, "\n"+strings.Repeat(" ", 24)+"→ do") {
		t.Errorf("%q is not two clean lines", got)
	}
	if got := k.lines(false, true, 0); !strings.HasPrefix(got, "\x1b[31mfailure\x1b[0m     records     a") {
		t.Errorf("%q has no colour, or the wrong width", got)
	}
	if got := k.lines(true, false, 40); !strings.HasPrefix(got, "✗ records     a") || !strings.Contains(got, "\n"+strings.Repeat(" ", 14)+"→ do") {
		t.Errorf("%q has no mark, or the wrong indent", got)
	}
	several := &check{Check: "health, version", Status: checkSkipped, Message: "no connection"}
	if got := several.lines(true, true, 40); got != "- health, version: no connection\n" {
		t.Errorf("%q", got)
	}
}

// TestMerged makes one line of what was skipped for one reason, and no other.
func TestMerged(t *testing.T) {
	t.Parallel()
	checks := []*check{
		skip("tls", "no connection", ""), {Check: "connection", Status: checkFailure}, skip("health", "no connection", ""),
		skip("version", "no connection", ""), skip("feed", "no feed was given", "name one"), fine("a", ""), fine("b", ""),
	}
	var names []string
	for _, k := range merged(checks) {
		names = append(names, k.Check)
	}
	if got, want := strings.Join(names, "|"), "tls|connection|health, version|feed|a|b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := summary(checks), "2 ok, 1 failure, 4 skipped"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"a b c", 0, "a b c"},
		{"a b c", -4, "a b c"},
		{"twenty columns is it, and more", 20, "twenty columns is|it, and more"},
		{"größe größe größe grö größe", 21, "größe größe größe grö|größe"},
		{"see https://proget.corp.local/long/path now", 20, "see|https://proget.corp.local/long/path|now"},
		{"", 40, ""},
	}
	for _, test := range tests {
		if got := strings.Join(wrap(test.text, test.width), "|"); got != test.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text, width := rapid.StringMatching(`([a-zß]{1,30} ?){0,9}`).Draw(t, "text"), rapid.IntRange(leastWidth, 80).Draw(t, "width")
		lines := wrap(text, width)
		if strings.Join(lines, " ") != strings.Join(strings.Fields(text), " ") {
			t.Errorf("%q became %q", text, lines)
		}
		for _, line := range lines {
			if utf8.RuneCountInString(line) > width && strings.Contains(line, " ") {
				t.Errorf("%q is wider than %d", line, width)
			}
		}
	})
}

// TestShape: docs/json.md has the properties that are written.
func TestShape(t *testing.T) {
	t.Parallel()
	clitest.CheckShape(t, "../../docs/json.md", "Checks", check{})
}

// TestParse has what the command line and the environment come to.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		environ       []string
		args          []string
		url, feed     string
		from, keyFrom string
	}{
		{[]string{"PROGET_URL=https://p.example"}, nil, "https://p.example", "", "PROGET_URL", ""},
		{[]string{"PROGET_URL=https://p.example", "PROGET_FEED=E", "PROGET_API_KEY=K"}, nil, "https://p.example", "E", "PROGET_URL", "PROGET_API_KEY"},
		{[]string{"PROGET_FEED=$E"}, []string{"--source", "https://p.example/x", "--feed", "F", "--api-key", "K"}, "https://p.example/x", "F", "--source", "--api-key"},
		{[]string{"HTTPS_PROXY=http://"}, []string{"--source", "https://p.example"}, "https://p.example", "", "--source", ""},
	} {
		got := clitest.Parsed(t, clitest.Env(t, test.environ...), newDoctor, test.args...)
		if s := got.server; s.BaseURL() != test.url || s.AddressFrom != test.from || s.KeyFrom != test.keyFrom || got.feed.Value != test.feed {
			t.Errorf("%q, %q: %+v, %q from %s, key from %q", test.environ, test.args, got.feed, s.BaseURL(), s.AddressFrom, s.KeyFrom)
		}
	}
}

// TestParseProblems names everything once.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	r := clitest.Run(t, clitest.Env(t, "PROGET_FEED=$(Feed)", "PROGETCTL_RETRIES=x"), New, "--timeout", "soon", "--auth", "token")
	clitest.CheckProblems(t, r, "doctor", `no server: use --source URL, set PROGET_URL, or save one with `+"`progetctl sources add`"+`
PROGET_FEED is "$(Feed)": an unexpanded variable
--auth "token" is not a valid value; use auto, header, query or basic
--timeout "soon" is not a valid duration; use 90s, 24h or 7d
PROGETCTL_RETRIES "x" must be a whole number, 0 or more`)
}
