// Package sandbox has the commands around the fake ProGet inside the program.
package sandbox

import (
	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	fake "github.com/progetctl/progetctl/internal/sandbox"
)

// New makes the group of commands.
func New(app *cli.App) *cobra.Command {
	return app.Group("sandbox", "Run a fake ProGet for demos and tests",
		newStart(app, start), newExec(app, execute), newDemo(app, demo))
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

// declare declares the values; complete adds to the options what only the command
// knows.
func (o *serverOptions) declare(f *cli.Flags, complete func(*fake.Options)) {
	var packages, basePath cli.Text
	var dialect string
	f.Path(&packages, cli.Flag{Name: "packages", Word: "DIR", Usage: "serve the packages in this folder too: DIR/x.nupkg, or DIR/FEED/x.nupkg"})
	f.Text(&basePath, cli.Flag{Name: "base-path", Word: "PATH", Usage: "put the whole server below this path: /proget"})
	cli.Choice(f, &dialect, dialects(), cli.Flag{Name: "dialect", Usage: "spelling of the promotions endpoint: group and package, or groupName and packageName", Default: "current"})
	cli.Choice(f, &o.options.Edition, editions(), cli.Flag{Name: "edition", Word: "free|basic|enterprise", Usage: "edition that the server says it is; the free one has no promotions and no vulnerabilities", Default: "enterprise"})
	f.Switch(&o.options.IgnoreFilters, cli.Flag{Name: "ignore-filters", Usage: "ignore query filters"})
	f.Switch(&o.options.GroupBug, cli.Flag{Name: "group-bug", Usage: "reproduce ProGet's bug with grouped packages: a query that names the group misses them"})
	f.Switch(&o.options.OldHealth, cli.Flag{Name: "old-health", Usage: "answer /health like ProGet 2025 and earlier: JSON there, nothing at /health/json"})
	f.Switch(&o.options.Before2023, cli.Flag{Name: "before-2023", Usage: "be a server from before 2023: no lists of packages, no vulnerabilities"})
	f.Switch(&o.options.FeedKey, cli.Flag{Name: "feed-key", Usage: "treat the API key as a feed key, which may not ask for vulnerabilities"})
	f.Switch(&o.options.ChocolateyAtFeeds, cli.Flag{Name: "chocolatey-at-feeds", Usage: "serve Chocolatey feeds at /feeds/NAME, as Inedo's pages say now, instead of /nuget/NAME"})
	f.Texts(&o.faults, cli.Flag{Name: "fault", Word: "FAULT", Usage: "inject a fault (see FAULTS): path=/api/package-deployment;status=503;retry-after=2;times=3"})
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

  path         required: how the request's path begins; * stands for any text, and $
               at the end for the end of the path
  method       only requests with this method
  times        how many requests it applies to (default 1), or always
  status       answer with this status code, and store nothing
  body, size   text of that answer, and how many bytes it is repeated to
  header       a field of the answer, as Name: value; may be repeated
  retry-after, location
               short for these two fields
  answer       sign-in (a web page with status 200) or challenge (a 401)
  effect       reset-before, reset-reading, reset-after: lose the connection before
               anything is stored, while the request is read, or after it is stored;
               cut, corrupt, stall, slow: spoil the body of the answer, or delay it;
               no-range: send the whole content when a part was requested
  after        byte at which the effect takes place
  delay        pause before the answer, or of the effect: 2s

`
