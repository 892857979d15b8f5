package commands

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/internal/sandbox"
)

func (a *app) sandboxDemo() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show the three jobs, each as a command line with its output",
		Long: `Start a private stand-in and show the three jobs on it: recording a deployment,
querying promotions, and fetching a package while leaving a deployment record. Each
is shown as the command line that you would type, with its output.

` + exitStatus(codeDone, codeInternal, codeUsage),
		Example: `  progetctl sandbox demo`,
		Args:    noArguments,
		RunE:    a.runs(runDemo),
	}
}

// demoStep is one command line of the demo, with why one would type it.
type demoStep struct {
	why  string
	args []string
}

func demoSteps() []demoStep {
	return []demoStep{
		{"1. Record that web01 now runs Newtonsoft.Json 12.0.3", []string{
			"deploy", "record", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet",
			"--application", "HDARS", "--description", "Deployed by HDARS to Testing", "--target", "web01",
		}},
		{"2. Ask who promoted a package to the feed of approved ones", []string{
			"promotions", "list", "pkg:npm/@angular/animation@12.3.1", "--to-feed", "npm-approved",
		}},
		{"   … and as a script would, with no jq installed", []string{
			"promotions", "list", "pkg:npm/@angular/animation@12.3.1", "--to-feed", "npm-approved",
			"--jq", ".[].promotions[] | .toFeed + \" \" + .date",
		}},
		{"3. Fetch a package; the download itself leaves the deployment record", []string{
			"feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "--deployment-application", "HDARS",
			"--deployment-description", "Deployed by HDARS to Testing", "--deployment-target", "web02",
		}},
	}
}

func runDemo(c *call) error {
	if err := c.ready(); err != nil {
		return err
	}
	server, err := sandbox.New(sandbox.Options{APIKey: sandboxKey, Now: c.env.Now})
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "progetctl-demo-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	r, err := c.run(server, "127.0.0.1:0", "")
	if err != nil {
		return err
	}
	defer func() { _ = r.stop() }()
	if err := c.say("A ProGet stand-in inside this program listens on %s (PROGET_URL, PROGET_API_KEY are set).", r.url); err != nil {
		return err
	}
	for _, step := range demoSteps() {
		if err := c.demonstrate(step, r.url, scratch); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(c.env.Stdout); err != nil {
		return err
	}
	return c.showRecorded(r)
}

// demonstrate runs one command line in a process of its own, in a folder that
// goes away with the demo.
func (c *call) demonstrate(step demoStep, url, scratch string) error {
	if _, err := fmt.Fprintf(c.env.Stdout, "\n# %s\n$ progetctl%s\n", step.why, commandLine(step.args)); err != nil {
		return err
	}
	path, err := os.Executable()
	if err != nil {
		return err
	}
	child := *c
	// Under its own name, which tests need to find the program in their binary.
	child.args = append([]string{os.Args[0]}, step.args...)
	code, err := child.runChild(path, c.sandboxEnviron(url, scratch), scratch)
	if err != nil {
		return err
	}
	return childCode(code) // it has said itself what is wrong
}

// demoWidth is where a long command line is broken, as one would in a script.
const demoWidth = 88

// commandLine writes arguments as one would type them in a shell.
func commandLine(args []string) string {
	var b strings.Builder
	width := 0
	for i, arg := range args {
		word := arg
		if strings.ContainsAny(arg, " \"'|*$()[]") {
			word = shellQuote(arg)
		}
		next := len(word) + 1
		if strings.HasPrefix(arg, "--") && i+1 < len(args) {
			next += len(args[i+1]) + 3
		}
		if strings.HasPrefix(arg, "--") && width+next > demoWidth {
			b.WriteString(" \\\n   ")
			width = 0
		}
		b.WriteString(" " + word)
		width += len(word) + 1
	}
	return b.String()
}
