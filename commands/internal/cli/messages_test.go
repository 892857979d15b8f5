package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// TestWarningsAndNotes go to stderr, notes to a person alone.
func TestWarningsAndNotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                  string
		terminal, quiet, json bool
		want                  string
	}{
		{"pipe", false, false, false, "warning: w\n"},
		{"terminal", true, false, false, "warning: w\nnote: n\n"},
		{"quiet", true, true, false, "warning: w\n"},
		{"json", true, false, true, `{"warning":"w"}` + "\n"},
	} {
		var stderr bytes.Buffer
		env := Env{Stdout: new(bytes.Buffer), Stderr: &stderr, Sleep: func(context.Context, time.Duration) error { return nil }}
		env.StderrTerminal = c.terminal
		env.Environ = func() []string { return []string{"NO_COLOR=1"} }
		o := newIO(env)
		o.json, o.Quiet = c.json, c.quiet
		o.Warn("%s", "w")
		o.Note("%s", "n")
		if got := stderr.String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestWaitIsTold: a person who sees no bar hears of a wait that is long enough
// to wonder about; a script does not.
func TestWaitIsTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		terminal bool
		drawn    bool
		wait     time.Duration
		want     string
	}{
		{"on a terminal", true, false, 2400 * time.Millisecond, "note: no usable answer yet: the next attempt is in 2s\n"},
		{"a moment", true, false, 300 * time.Millisecond, ""},
		{"under a bar", true, true, 2 * time.Second, ""},
		{"in a pipe", false, false, time.Minute, ""},
	} {
		var stderr bytes.Buffer
		env := Env{Stdout: new(bytes.Buffer), Stderr: &stderr, Sleep: func(context.Context, time.Duration) error { return nil }}
		env.StderrTerminal = test.terminal
		env.Environ = func() []string { return []string{"NO_COLOR=1"} }
		o := newIO(env)
		o.barShown = test.drawn
		if err := o.pause(t.Context(), test.wait); err != nil || stderr.String() != test.want {
			t.Errorf("%s: %q, %v", test.name, &stderr, err)
		}
	}
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
		o := newIO(Env{Stderr: &out, Environ: func() []string { return []string{env} }})
		o.Warn("%s", text)
		got := out.String()
		if !strings.Contains(got, want) || strings.Contains(got, "\n::error") {
			t.Errorf("%s: %q", env, got)
		}
		if strings.Contains(got, " ##vso[task.complete]") {
			t.Errorf("%s: an order is left in %q", env, got)
		}
	}
}
