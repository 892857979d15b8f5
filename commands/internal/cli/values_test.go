package cli

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ci"
)

func TestPlaceholder(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"$VAR", "$_x1", "${VAR}", "${env:X}", "${VAR:-x}", "%VAR%", "$(Var)", "$(Build.BuildNumber)", "${{ github.actor }}", "${{x}}", "#{Octopus.Name}",
		"  $VAR ", "$()", "${}",
	} {
		if !placeholder(s) {
			t.Errorf("%q is not taken for a placeholder", s)
		}
	}
	for _, s := range []string{
		"", "$", "VAR", "a $VAR", "$VAR b", "$5.00", "100%", "50% of 100%", "%", "%%", "cost: $(5)", "#1", "# {x}", "{x}", "$VAR-$OTHER", "${A}${B}",
		"C:\\Users\\$me", "$(A)-$(B)",
	} {
		if placeholder(s) {
			t.Errorf("%q is taken for a placeholder", s)
		}
	}
}

// connectionOf is a connection with flags and variables, for what reads values of the server.
func connectionOf(t *testing.T, environ []string, flags ...string) *connection {
	t.Helper()
	a := New(Env{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Environ: func() []string { return environ }, Now: fixedNow})
	cmd := &cobra.Command{Use: "x"}
	a.RegisterGlobals(cmd)
	if err := cmd.PersistentFlags().Parse(flags); err != nil {
		t.Fatal(err)
	}
	return &connection{globals: a.globals, io: a.IO, ctx: t.Context(), problems: &Problems{}, stdin: &stdin{}}
}

// TestPrecedence takes a flag before a variable before the default.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		environ  []string
		flags    []string
		want     Text
		problems string
	}{
		{"nothing", nil, nil, Text{}, ""},
		{"variable", []string{"PROGET_AUTH=basic"}, nil, Text{"basic", "PROGET_AUTH"}, ""},
		{"flag", []string{"PROGET_AUTH=basic"}, []string{"--auth", "query"}, Text{"query", "--auth"}, ""},
		{"empty variable", []string{"PROGET_AUTH="}, nil, Text{}, ""},
		{"the last of several", []string{"PROGET_AUTH=basic", "PROGET_AUTH=query"}, nil, Text{"query", "PROGET_AUTH"}, ""},
		{"a longer name", []string{"PROGET_AUTHX=basic", "PROGET_AUT=H"}, nil, Text{}, ""},
		{"blank variable", []string{"PROGET_AUTH= "}, nil, Text{"", "PROGET_AUTH"}, "PROGET_AUTH is blank"},
		{"placeholder in a variable", []string{"PROGET_AUTH=$(Auth)"}, nil, Text{"", "PROGET_AUTH"}, `PROGET_AUTH is "$(Auth)": an unexpanded variable`},
		{"flag beats a bad variable", []string{"PROGET_AUTH=$(Auth)"}, []string{"--auth=basic"}, Text{"basic", "--auth"}, ""},
		// checkLine has named it by then.
		{"empty flag", []string{"PROGET_AUTH=basic"}, []string{"--auth="}, Text{"", "--auth"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			made := connectionOf(t, c.environ, c.flags...)
			if got := made.globals.auth.read(made.io.Env, made.problems); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if got := strings.Join(made.problems.lines, "\n"); got != c.problems {
				t.Errorf("problems %q, want %q", got, c.problems)
			}
		})
	}
}

// TestCredentialsAreNotLookedAt: a password may look like anything.
func TestCredentialsAreNotLookedAt(t *testing.T) {
	t.Parallel()
	c := connectionOf(t, []string{"PROGET_PASSWORD=$PASSWORD", "PROGET_USERNAME=%me%"}, "--api-key", "${KEY}")
	for _, v := range []*Value{c.globals.key, c.globals.username, c.globals.password} {
		if got := v.read(c.io.Env, c.problems); got.Value == "" {
			t.Errorf("%+v was dropped", got)
		}
	}
	if !c.problems.None() {
		t.Errorf("problems %q", c.problems.lines)
	}
}

func TestChoiceAndCount(t *testing.T) {
	t.Parallel()
	p := &Problems{}
	if got := OneOf(Text{}, client.Encodings(), p); got != client.EncodingJSON {
		t.Errorf("the default is %q", got)
	}
	if got := OneOf(Text{"form", "--encoding"}, client.Encodings(), p); got != client.EncodingForm {
		t.Errorf("got %q", got)
	}
	if got := (Text{}).count(4, 0, p); got != 4 {
		t.Errorf("the default is %d", got)
	}
	if got := (Text{"0", "--retries"}).count(4, 0, p); got != 0 || !p.None() {
		t.Errorf("got %d, problems %q", got, p.lines)
	}
	OneOf(Text{"FORM", "--encoding"}, client.Encodings(), p)
	Text{"0", "--parallel"}.count(8, 1, p)
	Text{"1.5", "--retries"}.count(4, 0, p)
	Text{"99999999999999999999", "--retries"}.count(4, 0, p)
	Text{"0s", "--timeout"}.duration(1, p)
	if len(p.lines) != 5 {
		t.Errorf("problems %q, want 5", p.lines)
	}
}

// everyKind are options with a value of each kind.
type everyKind struct {
	text, path, feed, url Text
	several               []Text
	feeds                 []string
	on                    bool
	count                 int
	wait                  time.Duration
	date                  Text
	choice                client.Encoding
	since, until          time.Time
	ledger                Ledger
	pkg                   Package
	required              Text
	only                  bool
}

// parse runs a command with all of them, and returns what it was given and said.
func parse(t *testing.T, environ []string, args ...string) (o everyKind, code int, said string) {
	t.Helper()
	var stderr bytes.Buffer
	home := t.TempDir()
	a := New(Env{Stdout: &bytes.Buffer{}, Stderr: &stderr, Now: fixedNow, Environ: func() []string {
		return append([]string{"HOME=" + home, "XDG_STATE_HOME=" + home}, environ...)
	}})
	cmd := &cobra.Command{Use: "x", SilenceErrors: true, SilenceUsage: true}
	a.RegisterGlobals(cmd)
	f := a.Flags(cmd)
	f.Package(&o.pkg)
	f.Text(&o.text, Flag{Name: "text", Variables: []string{"X_TEXT"}})
	f.Path(&o.path, Flag{Name: "path", Variables: []string{"X_PATH"}})
	f.Feed(&o.feed, Flag{Name: "feed", Variables: []string{"X_FEED"}})
	f.URL(&o.url, Flag{Name: "url", Variables: []string{"X_URL"}})
	f.Texts(&o.several, Flag{Name: "several", Variables: []string{"X_SEVERAL"}})
	f.Feeds(&o.feeds, Flag{Name: "feeds"})
	f.Switch(&o.on, Flag{Name: "on"})
	o.count, o.wait = 8, time.Hour
	f.Count(&o.count, 1, Flag{Name: "count", Variables: []string{"X_COUNT"}})
	f.Duration(&o.wait, Flag{Name: "wait", Alone: "24h"})
	f.Date(&o.date, Flag{Name: "date"})
	Choice(f, &o.choice, client.Encodings(), Flag{Name: "choice"})
	f.Period(&o.since, &o.until, Flag{}, Flag{})
	f.Ledger(&o.ledger)
	f.Text(&o.required, Flag{Name: "required", Variables: []string{"X_REQUIRED"}, Required: true, When: func() bool { return o.only }})
	o.only = true
	f.Run(func(context.Context, *IO) error { return nil })
	cmd.SetArgs(args)
	code = a.Finish(cmd.ExecuteContext(t.Context()))
	return o, code, stderr.String()
}

// TestEveryKind reads a good value of each kind.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	got, code, said := parse(t, []string{"X_TEXT=t", "X_COUNT=3", "X_REQUIRED=r", "X_SEVERAL=s", "PROGETCTL_LEDGER=l"},
		"--path", "p", "--feed", "f", "--url", "https://u", "--feeds", "a, b", "--on", "--wait", "--date", "2026-11-20", "--choice", "form",
		"--since", "7d", "--until", "2026-11-20", "--package", "@a/b", "--version", "1", "-q")
	if code != CodeDone || said != "" {
		t.Fatalf("%d, %s", code, said)
	}
	day := func(d, h, m, s int) time.Time { return time.Date(2026, 11, d, h, m, s, 0, time.UTC) }
	want := everyKind{
		text: Text{"t", "X_TEXT"}, path: Text{"p", "--path"}, feed: Text{"f", "--feed"}, url: Text{"https://u", "--url"},
		several: []Text{{"s", "X_SEVERAL"}}, feeds: []string{"a", "b"}, on: true, count: 3, wait: 24 * time.Hour, date: Text{"2026-11-20T00:00:00Z", "--date"},
		choice: client.EncodingForm, since: day(14, 12, 0, 0), until: day(20, 23, 59, 59), ledger: Ledger{Path: "l", Named: true, From: "PROGETCTL_LEDGER"}, required: Text{"r", "X_REQUIRED"}, only: true,
	}
	want.pkg.Group, want.pkg.Name, want.pkg.Version = "@a", "b", "1"
	want.pkg.name, want.pkg.version = Text{"@a/b", "--package"}, Text{"1", "--version"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestEachProblemIsNamedOnce: a run with anything wrong names all of it, each once.
func TestEachProblemIsNamedOnce(t *testing.T) {
	t.Parallel()
	const required = "X_REQUIRED=r"
	for _, c := range []struct {
		name    string
		environ []string
		args    []string
		want    []string
	}{
		{"missing", nil, nil, []string{"--required is required (or set X_REQUIRED)"}},
		{"blank variables", []string{"X_TEXT= ", "X_REQUIRED=\t"}, nil, []string{"X_TEXT is blank", "X_REQUIRED is blank"}},
		{"placeholders", []string{required, "PROGETCTL_LEDGER=${X}", "X_FEED=%F%"}, []string{"--path", "$P"}, []string{
			`--path is "$P": an unexpanded variable`, `X_FEED is "%F%": an unexpanded variable`,
			`PROGETCTL_LEDGER is "${X}": an unexpanded variable`,
		}},
		{"doubled", []string{required}, []string{"--text", "a", "--count", "1", "--text", "b", "--count=1", "--timeout", "1s", "--timeout", "1s", "--on", "--on", "--several", "a", "--several", "a"}, []string{
			"--text is given 2 times, but takes one value", "--count is given 2 times, but takes one value", "--timeout is given 2 times, but takes one value",
		}},
		{"malformed", []string{required, "X_COUNT=x"}, []string{"--wait=soon", "--date", "x", "--choice", "xml", "--since", "x", "--url", "ftp://x", "--feeds", "a,,b", "--on=maybe"}, []string{
			`--url "ftp://x" is not an absolute http or https URL`, "a name in --feeds is empty", `--on "maybe" is not a valid value; use 1 or 0`,
			`X_COUNT "x" must be a whole number, 1 or more`, `--wait "soon" is not a valid duration; use 90s, 24h or 7d`,
			`--date "x" is not a valid date; use 2026-11-21 or 2026-11-21T10:00:00Z`, `--choice "xml" is not a valid value; use json or form`,
			`--since "x" is not a valid date; use 2026-11-21 or 2026-11-21T10:00:00Z, today, yesterday, or a time back from now such as 24h or 7d`,
		}},
		{"a bad variable beside its flag", []string{required, "X_TEXT=$(X)"}, []string{"--text", "x"}, nil},
		{"a flag instead of a value", []string{required}, []string{"--several", "--on"}, []string{"--several is followed by the flag --on instead of a value; check for an empty, unquoted variable"}},
		{"a package by both names", []string{required}, []string{"pkg:npm/a@1", "--group", "g"}, []string{`--group and the package URL "pkg:npm/a@1" can't be used together`}},
		{"a version beside a package URL", []string{required}, []string{"pkg:npm/@s/a", "--version", "<13.0.1"}, []string{`--version and the package URL "pkg:npm/@s/a" can't be used together; write "pkg:npm/@s/a@<13.0.1"`}},
		{"two versions", []string{required}, []string{"pkg:npm/a@1", "--version", "2"}, []string{`--version and the package URL "pkg:npm/a@1" can't be used together`}},
		{"a period turned round", []string{required}, []string{"--since", "1d", "--until", "2d"}, []string{`--until "2d" is before --since "1d"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, code, said := parse(t, c.environ, c.args...)
			if len(c.want) == 0 {
				if code != CodeDone || said != "" {
					t.Errorf("%d, %s", code, said)
				}
				return
			}
			want := "error: " + strings.Join(c.want, "\nerror: ") + "\nhint: see `x --help`\n"
			if code != CodeUsage || said != want {
				t.Errorf("%d\n%s, want\n%s", code, said, want)
			}
		})
	}
}

func TestAsksForJSON(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"-o json": true, "-ojson": true, "-o=json": true, "--output json": true, "--output=ndjson": true, "--jq .": true, "--jq=.": true,
		"-qo json": true, "-qqojson": true, "-qo=ndjson": true, "-q": false, "-q json": false,
		"x -o ndjson y": true, "-o table": false, "-o": false, "--output": false, "": false, "json": false, "-- -o json": false, "--outputx json": false,
	} {
		if got := asksForJSON(strings.Fields(line)); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}

func TestTextOr(t *testing.T) {
	t.Parallel()
	tests := []struct{ had, other, want Text }{
		{Text{"a", "--a"}, Text{"b", "source"}, Text{"a", "--a"}},
		{Text{"", "--a"}, Text{"b", "source"}, Text{"", "--a"}}, // unusable, and named as such
		{Text{}, Text{"b", "source"}, Text{"b", "source"}},
		{Text{}, Text{"", "source"}, Text{}},
	}
	for _, test := range tests {
		if got := test.had.Or(test.other.Value, test.other.From); got != test.want {
			t.Errorf("%v or %v: %v, want %v", test.had, test.other, got, test.want)
		}
	}
}

func TestTextOrCI(t *testing.T) {
	t.Parallel()
	for _, nothing := range []string{"", " ", "$(Build.DefinitionName)", "${CI_X}"} {
		if got := (Text{}).orCI(ci.Value{Text: nothing, From: "Azure"}); got.Given() {
			t.Errorf("%q was taken: %v", nothing, got)
		}
	}
	if got := (Text{}).orCI(ci.Value{Text: "x", From: "Azure (Y)"}); got != (Text{"x", "Azure (Y)"}) {
		t.Errorf("%v", got)
	}
}
