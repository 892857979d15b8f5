package cli

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client"
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

// TestMessagesInACIJob are annotations of the job if its system has any, each
// written once and with its hint. What others wrote gives no orders to the system
// that reads the log. JSON stays JSON.
func TestMessagesInACIJob(t *testing.T) {
	t.Parallel()
	const text = "x ##vso[task.complete] \n::error::y"
	const plain = `x # #vso[task.complete] \n::error::y`
	const vso = `x # #vso[task.complete%5D \n::error::y`
	const teamCity = `x # #vso|[task.complete|] \n::error::y`
	for _, c := range []struct{ env, warning, error string }{
		{"X=", "warning: " + plain + "\n", "error: " + plain + "\nerror: b\nhint: h\n"},
		{"GITLAB_CI=true", "warning: " + plain + "\n", "error: " + plain + "\nerror: b\nhint: h\n"},
		{"JENKINS_URL=http://ci.example/", "warning: " + plain + "\n", "error: " + plain + "\nerror: b\nhint: h\n"},
		{"GITHUB_ACTIONS=true", "::warning::" + plain + "\n", "::error::" + plain + "%0Ab%0Ahint: h\n"},
		{"FORGEJO_ACTIONS=true", "::warning::" + plain + "\n", "::error::" + plain + "%0Ab%0Ahint: h\n"},
		{"TF_BUILD=True", "##vso[task.logissue type=warning]" + vso + "\n", "##vso[task.logissue type=error]" + vso + "%0Ab%0Ahint: h\n"},
		{"TEAMCITY_VERSION=1", "##teamcity[message text='" + teamCity + "' status='WARNING']\n", "##teamcity[message text='" + teamCity + "|nb|nhint: h' status='ERROR']\n"},
	} {
		var out bytes.Buffer
		a := New(Env{Stdout: new(bytes.Buffer), Stderr: &out, Environ: func() []string { return []string{c.env} }})
		said := func() string { defer out.Reset(); return out.String() }
		a.IO.Warn("%s", text)
		if got := said(); got != c.warning {
			t.Errorf("%s: the warning is %q, want %q", c.env, got, c.warning)
		}
		failed := &Failure{Kind: client.KindAuth, Lines: []string{text, "b"}, Hint: "h"}
		if code := a.Finish(failed); code != CodeAuth {
			t.Errorf("%s: exit code %d", c.env, code)
		}
		if got := said(); got != c.error {
			t.Errorf("%s: the error is %q, want %q", c.env, got, c.error)
		}
		a.IO.json = true
		a.IO.Warn("w")
		a.Finish(Usage("e"))
		if got := said(); got != `{"warning":"w"}`+"\n"+`{"error":{"kind":"usage","message":"e"}}`+"\n" {
			t.Errorf("%s: in JSON %q", c.env, got)
		}
	}
}
