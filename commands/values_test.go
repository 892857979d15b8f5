package commands

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
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

// callOf is a call with flags and variables, for what reads settings.
func callOf(t *testing.T, environ []string, flags ...string) *call {
	t.Helper()
	a := newApp(Env{Environ: func() []string { return environ }, Now: fixedNow})
	cmd := &cobra.Command{Use: "x"}
	a.global.register(cmd.Flags())
	if err := cmd.Flags().Parse(flags); err != nil {
		t.Fatal(err)
	}
	return &call{app: a, ctx: t.Context(), cmd: cmd}
}

// TestPrecedence takes a flag before a variable before the default.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		environ  []string
		flags    []string
		want     setting
		problems string
	}{
		{"nothing", nil, nil, setting{}, ""},
		{"variable", []string{"PROGET_AUTH=basic"}, nil, setting{"basic", "PROGET_AUTH"}, ""},
		{"flag", []string{"PROGET_AUTH=basic"}, []string{"--auth", "query"}, setting{"query", "--auth"}, ""},
		{"empty variable", []string{"PROGET_AUTH="}, nil, setting{}, ""},
		{"the last of several", []string{"PROGET_AUTH=basic", "PROGET_AUTH=query"}, nil, setting{"query", "PROGET_AUTH"}, ""},
		{"a longer name", []string{"PROGET_AUTHX=basic", "PROGET_AUT=H"}, nil, setting{}, ""},
		{"blank variable", []string{"PROGET_AUTH= "}, nil, setting{"", "PROGET_AUTH"}, "PROGET_AUTH is blank"},
		{"placeholder in a variable", []string{"PROGET_AUTH=$(Auth)"}, nil, setting{"", "PROGET_AUTH"}, `PROGET_AUTH is "$(Auth)", a placeholder that nothing has replaced`},
		{"flag beats a bad variable", []string{"PROGET_AUTH=$(Auth)"}, []string{"--auth=basic"}, setting{"basic", "--auth"}, ""},
		// checkFlags has named it by then.
		{"empty flag", []string{"PROGET_AUTH=basic"}, []string{"--auth="}, setting{"", "--auth"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			call := callOf(t, c.environ, c.flags...)
			if got := call.setting("auth", "PROGET_AUTH"); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if got := strings.Join(call.problems.lines, "\n"); got != c.problems {
				t.Errorf("problems %q, want %q", got, c.problems)
			}
		})
	}
}

// TestCredentialsAreNotLookedAt: a password may look like anything.
func TestCredentialsAreNotLookedAt(t *testing.T) {
	t.Parallel()
	c := callOf(t, []string{"PROGET_PASSWORD=$PASSWORD", "PROGET_USERNAME=%me%"}, "--api-key", "${KEY}")
	c.checkFlags()
	for _, s := range []setting{c.setting("api-key", "PROGET_API_KEY"), c.setting("", "PROGET_USERNAME"), c.setting("", "PROGET_PASSWORD")} {
		if s.text == "" {
			t.Errorf("%+v was dropped", s)
		}
	}
	if len(c.problems.lines) != 0 {
		t.Errorf("problems %q", c.problems.lines)
	}
}

func TestChoiceAndCount(t *testing.T) {
	t.Parallel()
	c := callOf(t, nil)
	if got := choice(c, setting{}, client.Encodings()); got != client.EncodingJSON {
		t.Errorf("the default is %q", got)
	}
	if got := choice(c, setting{"form", "--encoding"}, client.Encodings()); got != client.EncodingForm {
		t.Errorf("got %q", got)
	}
	if got := c.count(setting{}, 4, 0); got != 4 {
		t.Errorf("the default is %d", got)
	}
	if got := c.count(setting{"0", "--retries"}, 4, 0); got != 0 || len(c.problems.lines) != 0 {
		t.Errorf("got %d, problems %q", got, c.problems.lines)
	}
	choice(c, setting{"FORM", "--encoding"}, client.Encodings())
	c.count(setting{"0", "--parallel"}, 8, 1)
	c.count(setting{"1.5", "--retries"}, 4, 0)
	c.count(setting{"99999999999999999999", "--retries"}, 4, 0)
	c.duration(setting{"0s", "--timeout"}, 1)
	if len(c.problems.lines) != 5 {
		t.Errorf("problems %q, want 5", c.problems.lines)
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
