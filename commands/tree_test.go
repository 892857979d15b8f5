package commands

import (
	"bytes"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/help"
	"github.com/spf13/cobra"
)

// TestBranchIsAsInTheWholeTree compares the help of each command in the tree that a run gets with
// that in the whole one.
func TestBranchIsAsInTheWholeTree(t *testing.T) {
	t.Parallel()
	whole, seen := map[string]string{}, 0
	eachCommand(NewRoot(Env{}), func(cmd *cobra.Command) { whole[cmd.CommandPath()] = shown(t, cmd) })
	for _, b := range (&app{cli.New(Env{})}).branches() {
		branch, _, err := (&app{cli.New(Env{})}).rootFor([]string{b.name, "--anything"}).Find([]string{b.name})
		if err != nil || branch.Name() != b.name {
			t.Fatalf("the branch %q has the command %q: %v", b.name, branch.Name(), err)
		}
		eachCommand(branch, func(cmd *cobra.Command) {
			seen++
			if got := shown(t, cmd); got != whole[cmd.CommandPath()] {
				t.Errorf("help of %s differs from that in the whole tree:\n%s", cmd.CommandPath(), got)
			}
		})
	}
	if seen < 15 {
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

// shown is the help of a command in a pipe.
func shown(t *testing.T, cmd *cobra.Command) string {
	t.Helper()
	var out bytes.Buffer
	if err := help.Show(cli.New(Env{Stdout: &out}).IO, cmd); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
