package commands

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ci"
)

func TestSettingOr(t *testing.T) {
	t.Parallel()
	tests := []struct{ had, other, want setting }{
		{setting{"a", "--a"}, setting{"b", "source"}, setting{"a", "--a"}},
		{setting{"", "--a"}, setting{"b", "source"}, setting{"", "--a"}}, // unusable, and named as such
		{setting{}, setting{"b", "source"}, setting{"b", "source"}},
		{setting{}, setting{"", "source"}, setting{}},
	}
	for _, test := range tests {
		if got := test.had.or(test.other.text, test.other.from); got != test.want {
			t.Errorf("%v or %v: %v, want %v", test.had, test.other, got, test.want)
		}
	}
}

func TestSettingOrCI(t *testing.T) {
	t.Parallel()
	for _, nothing := range []string{"", " ", "$(Build.DefinitionName)", "${CI_X}"} {
		if got := (setting{}).orCI(ci.Value{Text: nothing, From: "Azure"}); got.given() {
			t.Errorf("%q was taken: %v", nothing, got)
		}
	}
	if got := (setting{}).orCI(ci.Value{Text: "x", From: "Azure (Y)"}); got != (setting{"x", "Azure (Y)"}) {
		t.Errorf("%v", got)
	}
}

func TestWithoutUser(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://proget.corp.local/x":      "https://proget.corp.local/x",
		"https://user:canary@p.example/?k": "https://p.example/",
		"https://p.example/?key=canary#c":  "https://p.example/",
		"https://p.example/%zz":            "(not a URL)",
	} {
		if got := withoutUser(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
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
		{server, checkOK, "agrees"},
		{server.Add(clockTolerance), checkOK, "agrees"},
		{server.Add(-clockTolerance), checkOK, "agrees"},
		{server.Add(3 * time.Hour), checkWarning, "this machine is 3h0m0s ahead of the server"},
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
	k := check{Check: "records", Status: checkFailure, Message: "a\x1b[2Jb", Remedy: "do\nthis"}
	if got := k.lines(false, 0); strings.ContainsAny(got, "\x1b") || strings.Count(got, "\n") != 2 || !strings.Contains(got, "\n"+strings.Repeat(" ", 24)+"→ do") {
		t.Errorf("%q is not two clean lines", got)
	}
	if got := k.lines(true, 0); !strings.HasPrefix(got, "\x1b[31mfailure\x1b[0m     records     a") {
		t.Errorf("%q has no colour, or the wrong width", got)
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

// TestWarningsAreHarmless: what others wrote gives no orders to the system that reads the log.
func TestWarningsAreHarmless(t *testing.T) {
	t.Parallel()
	const text = "x ##vso[task.complete] \n::error::y"
	for env, want := range map[string]string{
		"":                    "warning: ",
		"GITHUB_ACTIONS=true": "\n::warning::",
		"TF_BUILD=True":       "\n##vso[task.logissue type=warning]",
		"TEAMCITY_VERSION=1":  "\n##teamcity[message text='",
	} {
		var out bytes.Buffer
		a := newApp(Env{Stderr: &out, Environ: func() []string { return []string{env} }})
		a.warn("%s", text)
		got := out.String()
		if !strings.Contains(got, want) || strings.Contains(got, "\n::error") {
			t.Errorf("%s: %q", env, got)
		}
		if env != "" && strings.Contains(strings.TrimPrefix(got, "warning: x "), " ##vso[task.complete]") && !strings.Contains(env, "GITHUB") {
			t.Errorf("%s: an order is left in %q", env, got)
		}
	}
}
