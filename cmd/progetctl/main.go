// Command progetctl records package deployments in Inedo ProGet, queries promotions, and downloads
// packages, optionally recording the deployment.
package main

import (
	"context"
	"os"

	"github.com/progetctl/progetctl/commands"
)

// Set by the linker in releases; see commands.BuildOf for other builds.
var version, commit, date string

func main() {
	env := commands.System(commands.BuildOf(version, commit, date))
	os.Exit(commands.Main(context.Background(), env, os.Args[1:]))
}
