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
	"github.com/progetctl/progetctl/commands/internal/help"
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
		// A result that cannot be written ends any of them with 1; exec has the codes of what it
		// runs.
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

// TestFlagsAreExplained: completion shows a flag's text unchanged, without the help's reading of
// backquotes. A choice of words says which of them is taken if none is given.
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

// TestEnvironmentTopicIsWhole: the topic is made of the declarations of the whole tree, and each
// variable is in the contract's table below it.
func TestEnvironmentTopicIsWhole(t *testing.T) {
	t.Parallel()
	got := here(t, nil, "help", "environment")
	for _, line := range []string{
		"  PROGET_URL                 URL of the ProGet server (--source)\n",
		"  GitHub Actions (GITHUB_ACTIONS)\n    pipeline  GITHUB_REPOSITORY + GITHUB_WORKFLOW, or GITHUB_REPOSITORY\n", "  PROGET_FEED                ", "  PROGETCTL_LEDGER           ", "  PROGETCTL_TARGET           ", "  HTTPS_PROXY                proxy for https URLs\n",
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
	topic := strings.Join(strings.Fields(here(t, nil, "help", "formatting").stdout), " ")
	if !exact || !strings.Contains(topic, "nothing is altered in a pipe") {
		t.Errorf("csv is %q, and the topic says:\n%s", out.String(), topic)
	}
}

// TestExitCodesTopic: each code that a command may end with has its line.
func TestExitCodesTopic(t *testing.T) {
	t.Parallel()
	topic := here(t, nil, "help", "exit-codes").stdout
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

// TestHelpFitsTheTerminal: at each width, no page and no topic has a longer line, unless it is one
// word that is longer, and none breaks a word.
func TestHelpFitsTheTerminal(t *testing.T) {
	t.Parallel()
	whole := NewRoot(Env{})
	for _, test := range []struct {
		terminal bool
		columns  int
		want     int
	}{{true, 60, 60}, {true, 80, 80}, {true, 100, 100}, {true, 160, 100}, {true, 0, 80}, {true, 20, 40}, {false, 160, 80}} {
		var out bytes.Buffer
		env := Env{Stdout: &out, Stderr: &bytes.Buffer{}, StdoutTerminal: test.terminal, Width: func() int { return test.columns }}
		a := &app{cli.New(env)}
		longest := 0
		for _, cmd := range everyPage(whole) {
			out.Reset()
			if err := help.Show(a.IO, cmd); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				n := len([]rune(strings.TrimRight(line, "\n")))
				longest = max(longest, n)
				if n > test.want && len(strings.Fields(line)) > 2 && !strings.HasPrefix(line, "  ") {
					t.Errorf("%s at %+v: %d columns: %s", cmd.CommandPath(), test, n, line)
				}
			}
		}
		if test.want >= 80 && (longest > test.want || longest < test.want-3) {
			t.Errorf("%+v: the longest line has %d columns", test, longest)
		}
	}
}

// everyPage lists all that has help: commands, groups and topics.
func everyPage(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, child := range cmd.Commands() {
		all = append(all, everyPage(child)...)
	}
	return all
}

// TestHelpOrder: sentence, usage with the required flags, examples, flags with the required ones
// first, exit status.
func TestHelpOrder(t *testing.T) {
	t.Parallel()
	got := here(t, nil, "deploy", "record", "--help").stdout
	at := -1
	for _, part := range []string{
		"Record that a package was deployed.\n", "\nUSAGE\n  progetctl deploy record (PURL | --package NAME --version VERSION)\n", "--target ",
		"  progetctl deploy record --input-file FILE [flags]\n", "\nEXAMPLES\n", "\nREQUIRED FLAGS (without --input-file)\n", "\nPACKAGE FLAGS\n", "\nEXIT STATUS\n", "progetctl help flags",
	} {
		next := strings.Index(got, part)
		if next <= at {
			t.Errorf("%q is missing or out of place in\n%s", part, got)
		}
		at = next
	}
	for _, global := range []string{"--api-key KEY", "--timeout", "--help"} {
		if strings.Contains(got, global) {
			t.Errorf("%s is in the help of one command", global)
		}
		for _, page := range [][]string{nil, {"help", "flags"}} {
			if all := here(t, nil, page...).stdout; global != "--help" && !strings.Contains(all, global) {
				t.Errorf("%q has no %s", page, global)
			}
		}
	}
}
