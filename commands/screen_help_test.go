package commands

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestHelpScreens is TestScreens for help: that of the root, of each command and of each topic fits
// each width, and at 80 columns it is what the files have.
func TestHelpScreens(t *testing.T) {
	t.Parallel()
	s := openScreen(t)
	for _, path := range helpPaths(NewRoot(plainEnv(&bytes.Buffer{}, &bytes.Buffer{}))) {
		name := "help-" + strings.Join(append(path, "root")[:max(len(path), 1)], "-")
		for _, width := range []int{60, 80, 100, 160} {
			got := s.run(width, append([]string{"help"}, path...)...)
			s.wantFit(fmt.Sprintf("%s-%d", name, width), width, got)
			if width == 80 {
				s.golden(name+"-80", got)
			}
		}
	}
}

// helpPaths are the words behind "progetctl help" for the help of a command and of all below it.
func helpPaths(cmd *cobra.Command) [][]string {
	paths := [][]string{strings.Fields(cmd.CommandPath())[1:]}
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() || child.IsAdditionalHelpTopicCommand() {
			paths = append(paths, helpPaths(child)...)
		}
	}
	return paths
}
