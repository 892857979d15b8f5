// Command gendocs writes what is made from the command tree instead of by hand: the Markdown
// reference, the man pages and the completion scripts. It is a program of its own because the
// libraries behind it cost every start of the client 0.8 ms otherwise.
//
//	go run ./internal/gendocs -reference docs/reference -man docs/man -completions completions
//
// The same tree gives the same bytes on every machine and day: .ci/run compares them with what is
// committed.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

// run returns the exit code: 0 done, 1 something could not be written, 2 wrong flags.
func run(args []string, stderr io.Writer) int {
	jobs := []struct {
		name, usage string
		write       func(*cobra.Command, string) error
		dir         string
	}{
		{name: "reference", usage: "write the Markdown reference to `DIR`", write: writeReference},
		{name: "man", usage: "write the man pages to `DIR`", write: writeMan},
		{name: "completions", usage: "write the completion scripts to `DIR`", write: writeCompletions},
	}
	flags := flag.NewFlagSet("gendocs", flag.ContinueOnError)
	flags.SetOutput(stderr)
	for i := range jobs {
		flags.StringVar(&jobs[i].dir, jobs[i].name, "", jobs[i].usage)
	}
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 || flags.NFlag() == 0 {
		fmt.Fprintln(stderr, "gendocs: give at least one of -reference, -man and -completions, and no argument")
		return 2
	}
	for _, job := range jobs {
		if job.dir == "" {
			continue
		}
		if err := job.write(tree(), job.dir); err != nil {
			fmt.Fprintln(stderr, "gendocs:", err)
			return 1
		}
	}
	return 0
}

// tree is the real command tree in an empty environment, with the commands that Cobra adds only
// when it runs.
func tree() *cobra.Command {
	root := commands.NewRoot(commands.Env{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}
