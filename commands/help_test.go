package commands

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// eachCommand calls do for every command that does something.
func eachCommand(cmd *cobra.Command, do func(*cobra.Command)) {
	if cmd.Runnable() && !cmd.HasSubCommands() {
		do(cmd)
	}
	for _, child := range cmd.Commands() {
		eachCommand(child, do)
	}
}

// TestHelpIsWhole: every command says what its codes mean, and shows itself at work.
func TestHelpIsWhole(t *testing.T) {
	t.Parallel()
	seen := 0
	eachCommand(NewRoot(Env{}), func(cmd *cobra.Command) {
		seen++
		if !strings.Contains(cmd.Long, "EXIT STATUS\n") {
			t.Errorf("%s: no EXIT STATUS in its help", cmd.CommandPath())
		}
		// A result that cannot be written ends any of them with 1; exec has the codes of what it runs.
		if !strings.Contains(cmd.Long, "\n  1    ") && cmd.Name() != "exec" {
			t.Errorf("%s: no exit code 1 in its help", cmd.CommandPath())
		}
		if !strings.Contains(cmd.Example, cmd.CommandPath()) {
			t.Errorf("%s: no example of it in its help", cmd.CommandPath())
		}
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: short help %q", cmd.CommandPath(), cmd.Short)
		}
	})
	if seen < 10 {
		t.Errorf("only %d commands were looked at", seen)
	}
}

// TestFlagsAreExplained: completion shows a flag's text as it stands, without the help's reading of backquotes. A choice
// of words says which of them is taken where none is given.
func TestFlagsAreExplained(t *testing.T) {
	t.Parallel()
	eachCommand(NewRoot(Env{}), func(cmd *cobra.Command) {
		explained := func(f *pflag.Flag) {
			if f.Usage == "" || strings.Contains(f.Usage, "`") {
				t.Errorf("%s: --%s says %q", cmd.CommandPath(), f.Name, f.Usage)
			}
			choice := strings.Contains(f.Value.Type(), "|") && strings.ToLower(f.Value.Type()) == f.Value.Type()
			if choice && f.Name != "as" && !strings.Contains(f.Usage, "(default ") {
				t.Errorf("%s: --%s does not say which of %s is the default", cmd.CommandPath(), f.Name, f.Value.Type())
			}
		}
		cmd.NonInheritedFlags().VisitAll(explained)
		cmd.InheritedFlags().VisitAll(explained)
	})
}

// TestHelpFitsATerminal: help is not wrapped, so its lines must fit.
func TestHelpFitsATerminal(t *testing.T) {
	t.Parallel()
	eachCommand(NewRoot(Env{}), func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Long) {
			if len([]rune(line)) > 90 {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), len([]rune(line)), line)
			}
		}
	})
	for _, topic := range helpTopics(&app{cli.New(Env{})}) {
		for line := range strings.Lines(topic.Long) {
			if len([]rune(line)) > 110 {
				t.Errorf("%s: %d columns: %s", topic.Name(), len([]rune(line)), line)
			}
		}
	}
}

// TestEnvironmentTopicIsWhole: the topic is made of the declarations of the
// whole tree, and each variable stands in the contract's table below it.
func TestEnvironmentTopicIsWhole(t *testing.T) {
	t.Parallel()
	got := here(t, nil, "help", "environment")
	for _, line := range []string{
		"  PROGET_URL                 address of the server (--source)\n",
		"  PROGET_FEED                ", "  PROGETCTL_LEDGER           ", "  PROGETCTL_TARGET           ", "  HTTPS_PROXY                proxy for https addresses\n",
	} {
		if !strings.Contains(got.stdout, line) {
			t.Errorf("no line %q in\n%s", line, got.stdout)
		}
	}
	if strings.Contains(got.stdout, "https_proxy") {
		t.Error("another spelling of a variable has a line of its own")
	}
}

// TestFormattingTopic holds what is said of csv to what it does.
func TestFormattingTopic(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := output.New(&out, output.Options{Format: output.CSV}, output.View[string]{
		Columns: []output.Column[string]{{Header: "comments", Cell: func(s string) string { return s }}},
	})
	if err := errors.Join(w.Write("=1+1\x1b"), w.Close()); err != nil {
		t.Fatal(err)
	}
	exact := out.String() == "comments\n=1+1\x1b\n"
	if !exact || !strings.Contains(formattingTopic, "nothing is altered in a pipe") {
		t.Errorf("csv is %q, and the topic says:\n%s", out.String(), formattingTopic)
	}
}

// TestExitCodesTopic: each code that a command may end with has its line.
func TestExitCodesTopic(t *testing.T) {
	t.Parallel()
	topic := exitCodesTopic()
	for _, code := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "130"} {
		if !regexp.MustCompile(`(?m)^  ` + code + ` +\S`).MatchString(topic) {
			t.Errorf("no line for %s", code)
		}
	}
}

// TestCompletionIsForShellsOnly: it is not set up on a plain start.
func TestCompletionIsForShellsOnly(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"__completeNoDesc", "doctor", "--auth", ""}, "auto\nheader\nquery\nbasic\n:4\n"},
		{[]string{"__complete", "sandbox", "start", "--dialect", ""}, "current\nold\n:4\n"},
		{[]string{"__complete", "sandbox", "start", "--base-path", ""}, ":4\n"},
		{[]string{"__complete", "deploy", "settle", "--as", ""}, "recorded\ndropped\n:4\n"},
	} {
		var out bytes.Buffer
		if code := Main(t.Context(), Env{Stdout: &out, Stderr: &bytes.Buffer{}}, test.args); code != 0 || out.String() != test.want {
			t.Errorf("%q: %d, %q, want %q", test.args, code, out.String(), test.want)
		}
	}
}

// TestHelpFitsTheTerminal: the texts of flags are wrapped between words; in a
// pipe each is one line.
func TestHelpFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{true, false} {
		var out bytes.Buffer
		env := Env{Stdout: &out, Stderr: &bytes.Buffer{}, StdoutTerminal: terminal, Width: func() int { return 100 }}
		if code := Main(t.Context(), env, []string{"deploy", "record", "--help"}); code != cli.CodeDone {
			t.Fatalf("exit code %d", code)
		}
		_, flags, found := strings.Cut(out.String(), "\nFlags:\n")
		longest := 0
		for line := range strings.Lines(flags) {
			longest = max(longest, len(line)-1)
		}
		if !found || (longest <= 100) != terminal {
			t.Errorf("on a terminal of 100 columns (%t) the longest line has %d:\n%s", terminal, longest, flags)
		}
	}
}
