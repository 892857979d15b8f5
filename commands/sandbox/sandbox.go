// Package sandbox has the commands around the fake ProGet inside the program.
package sandbox

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	fake "github.com/progetctl/progetctl/internal/sandbox"
)

// New makes the group of commands, for what follows its name on the command line.
func New(app *cli.App, line []string) *cobra.Command {
	return app.Group("sandbox", "Run a fake ProGet for demos and tests", line,
		cli.Leaf(app, "start", newStart, start), cli.Leaf(app, "exec", newExec, execute), cli.Leaf(app, "demo", newDemo, demo))
}

// serverOptions say what the server is like.
type serverOptions struct {
	options fake.Options
	faults  []cli.Text
	// server is made of them, when all values are known. It listens nowhere yet.
	server *fake.Server
}

// The words of --dialect and --edition, the default first.
func dialects() []string { return []string{"current", "old"} }
func editions() []string { return []string{"enterprise", "basic", "free"} }

// declare declares the values; complete adds to the options what only the command has.
func (o *serverOptions) declare(f *cli.Flags, complete func(*fake.Options)) {
	var packages, basePath cli.Text
	var dialect string
	f.Group("Server")
	f.Path(&packages, cli.Flag{Name: "packages", Word: "DIR", Usage: "also serve the packages in this folder: DIR/x.nupkg or DIR/FEED/x.nupkg"})
	f.Text(&basePath, cli.Flag{Name: "base-path", Word: "PATH", Usage: "serve below this path, such as /proget"})
	cli.Choice(f, &dialect, dialects(), cli.Flag{Name: "dialect", Usage: "property names of the promotions API: group and package, or groupName and packageName", Default: "current"})
	cli.Choice(f, &o.options.Edition, editions(), cli.Flag{Name: "edition", Word: "free|basic|enterprise", Usage: "edition to report; the free edition has no promotions and no vulnerabilities", Default: "enterprise"})
	f.Switch(&o.options.IgnoreFilters, cli.Flag{Name: "ignore-filters", Usage: "ignore query filters"})
	f.Switch(&o.options.GroupBug, cli.Flag{Name: "group-bug", Usage: "reproduce ProGet's bug with grouped packages: queries with a group miss them"})
	f.Switch(&o.options.OldHealth, cli.Flag{Name: "old-health", Usage: "answer /health like ProGet 2025 and earlier"})
	f.Switch(&o.options.Before2023, cli.Flag{Name: "before-2023", Usage: "act like a server before 2023: no package lists, no vulnerabilities"})
	f.Switch(&o.options.FeedKey, cli.Flag{Name: "feed-key", Usage: "treat the API key as a feed key, which can't ask for vulnerabilities"})
	f.Switch(&o.options.ChocolateyAtFeeds, cli.Flag{Name: "chocolatey-at-feeds", Usage: "serve Chocolatey feeds at /feeds/NAME instead of /nuget/NAME"})
	f.Texts(&o.faults, cli.Flag{Name: "fault", Word: "FAULT", Usage: "inject a fault, such as path=/health;status=503 (see FAULTS)"})
	f.Check(func(p *cli.Problems) {
		o.options.PackagesDir, o.options.BasePath = packages.Value, basePath.Value
		if dialect == "old" {
			o.options.Dialect = fake.DialectOld
		}
		complete(&o.options)
		o.makeServer(p)
	})
}

// makeServer makes the server with its faults.
func (o *serverOptions) makeServer(p *cli.Problems) {
	server, err := fake.New(o.options)
	p.Add(err)
	for _, spec := range o.faults {
		pattern, fault, err := fake.ParseFault(spec.Value)
		switch {
		case err != nil:
			p.Addf("%s: %s", spec.From, err)
		case server != nil:
			server.Fault(pattern, fault)
		}
	}
	o.server = server
}

// faultHelp says what --fault takes.
const faultHelp = `FAULTS
A fault is a list of KEY=VALUE, separated by semicolons. Each fault applies to the
next requests for its path, in order. A fault with only a path lets one request
through.

  path         required; the start of the request path. * matches any text, and $ at the end matches the end of the path
  method       only requests with this method
  times        number of requests it applies to (default 1), or always
  status       respond with this status code, and store nothing
  body         text of that response
  size         repeat the text up to this many bytes
  header       response header, as Name: value; repeatable
  retry-after  value of the Retry-After header
  location     value of the Location header
  answer       sign-in (a web page with status 200) or challenge (a 401)
  effect       before it is stored: reset-before, reset-reading (while the request is read); afterwards: reset-after. In the response body: cut, corrupt, stall, slow, or no-range (send the whole content when a part was requested)
  after        byte of the body at which the effect starts
  delay        pause before the response, or of the effect, such as 2s

`
