// Command smallest is the least that a program with Cobra can be: a root and a version command. Its
// start is what progetctl's is measured against (docs/performance.md), so that the figure says what
// our own packages cost.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "smallest"}
	root.AddCommand(&cobra.Command{
		Use: "version",
		Run: func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), "smallest 0.0.0") },
	})
	if root.Execute() != nil {
		os.Exit(2)
	}
}
