package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
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

// TestMessagesFitTheTerminal: they are wrapped between words, under their beginning; a command
// stays in one piece. In a pipe each is one line.
func TestMessagesFitTheTerminal(t *testing.T) {
	t.Parallel()
	const text = "the server has no feed of that name; `progetctl promotions list` lists some"
	const fitted = `error: the server has no feed of
       that name;
       ` + "`progetctl promotions list`" + `
       lists some
hint: the server has no feed of that
      name;
      ` + "`progetctl promotions list`" + `
      lists some
`
	for _, test := range []struct {
		name     string
		terminal bool
		columns  int
		want     string
	}{
		{"narrow", true, 36, fitted},
		{"wide", true, 90, "error: " + text + "\nhint: " + text + "\n"},
		{"unknown width", true, 0, "error: " + text + "\nhint: " + text + "\n"},
		{"pipe", false, 36, "error: " + text + "\nhint: " + text + "\n"},
	} {
		var stderr bytes.Buffer
		a := New(Env{
			Stdout: io.Discard, Stderr: &stderr, StderrTerminal: test.terminal, Width: func() int { return test.columns },
			Environ: func() []string { return []string{"NO_COLOR=1"} },
		})
		a.Finish(&Failure{Kind: client.KindNotFound, Lines: []string{text}, Hint: text})
		if got := stderr.String(); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

// TestWaitIsShown: if no bar is shown, a wait is, on a line that is wiped; in a pipe nothing is.
// The wait of the test ends when the line has come.
func TestWaitIsShown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                   string
		terminal, bar, isShown bool
	}{
		{"on a terminal", true, false, true}, {"under a bar", true, true, false}, {"in a pipe", false, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			terminal, stderr := io.Pipe()
			line := make(chan string, 1)
			go func() {
				first, _ := bufio.NewReader(terminal).ReadString('K')
				line <- first
				_, _ = io.Copy(io.Discard, terminal)
			}()
			shown := ""
			o := newIO(Env{
				Stdout: io.Discard, Stderr: stderr, StderrTerminal: test.terminal, Now: time.Now, Environ: func() []string { return nil },
				Sleep: func(context.Context, time.Duration) error {
					if test.isShown {
						shown = <-line
					}
					return nil
				},
			})
			o.barShown = test.bar
			if err := o.pause(t.Context(), time.Hour); err != nil {
				t.Error(err)
			}
			_ = stderr.Close()
			if !test.isShown {
				shown = <-line
			}
			if want := test.isShown; strings.Contains(shown, "retrying in ") != want || !want && shown != "" {
				t.Errorf("shown is %q", shown)
			}
		})
	}
}

func TestRetryLine(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]string{
		2400 * time.Millisecond: "no response yet; retrying in 2s, attempt 2 of 5",
		300 * time.Millisecond:  "no response yet; retrying in 1s, attempt 2 of 5",
		-time.Second:            "no response yet; retrying in 1s, attempt 2 of 5",
		time.Minute:             "no response yet; retrying in 1m, attempt 2 of 5",
	} {
		if got := retryLine(left, client.Attempt{Number: 2, Of: 5}); got != want {
			t.Errorf("%s: %q, want %q", left, got, want)
		}
	}
}

// TestMessagesInACIJob are annotations of the job if its system has any, each written once and with
// its hint. What others wrote gives no orders to the system that reads the log. JSON stays JSON.
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
