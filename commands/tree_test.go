package commands

import (
	"bytes"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/help"
	"github.com/spf13/cobra"
)

// TestBranchIsAsInTheWholeTree compares the help of each command in the tree that a run gets with
// that in the whole one.
func TestBranchIsAsInTheWholeTree(t *testing.T) {
	t.Parallel()
	seen := 0
	eachCommand(NewRoot(Env{}), func(cmd *cobra.Command) {
		line := strings.Fields(cmd.CommandPath())[1:]
		if len(line) == 0 || cmd.IsAdditionalHelpTopicCommand() {
			return
		}
		root := (&app{cli.New(Env{})}).rootFor(append(line, "--anything"))
		got, _, err := root.Find(line)
		if err != nil || got.CommandPath() != cmd.CommandPath() {
			t.Fatalf("%q finds %q: %v", line, got.CommandPath(), err)
		}
		if got, want := shown(t, got), shown(t, cmd); got != want {
			t.Errorf("help of %s differs from that in the whole tree:\n%s", cmd.CommandPath(), got)
		}
		if line[0] == "completion" {
			return // it is never alone
		}
		seen++
		if siblings := len(got.Parent().Commands()); siblings != 1 {
			t.Errorf("%s has %d siblings", cmd.CommandPath(), siblings-1)
		}
	})
	if seen < 24 {
		t.Errorf("only %d commands were compared", seen)
	}
}

// TestTreeIsWholeWhereItIsLookedAt: what does not begin with a command may ask for any of them.
func TestTreeIsWholeWhereItIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {}, {"help"}, {"--help"}, {"-o", "json", "version"}, {"completion", "bash"}, {"__complete", ""}, {"frobnicate"}, {"Version"}} {
		root := (&app{cli.New(Env{})}).rootFor(args)
		for _, name := range []string{"deploy", "promotions", "version", "completion", "exit-codes"} {
			if found, _, err := root.Find([]string{name}); err != nil || found.Name() != name {
				t.Errorf("%q: the tree lacks %s", args, name)
			}
		}
	}
}

// TestGroupIsWholeWhereItIsLookedAt is the same for what comes after the name of a group.
func TestGroupIsWholeWhereItIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"deploy"}, {"deploy", "--help"}, {"deploy", "-o", "json", "record"}, {"deploy", "Record"}} {
		root := (&app{cli.New(Env{})}).rootFor(args)
		for _, name := range []string{"record", "where", "retire"} {
			if found, _, err := root.Find([]string{"deploy", name}); err != nil || found.Name() != name {
				t.Errorf("%q: the group lacks %s", args, name)
			}
		}
	}
}

// shown is the help of a command in a pipe.
func shown(t *testing.T, cmd *cobra.Command) string {
	t.Helper()
	var out bytes.Buffer
	if err := help.Show(cli.New(Env{Stdout: &out}).IO, cmd); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
