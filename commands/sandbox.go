package commands

import (
	"context"
	"net"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// sandbox is the group of commands around the ProGet stand-in.
func (a *app) sandbox() *cobra.Command {
	return group("sandbox", "Run a ProGet stand-in, for trying things out and for tests",
		a.sandboxStart(), a.sandboxExec(), a.sandboxDemo())
}

// sandboxFlags say what the stand-in is like.
type sandboxFlags struct {
	options sandbox.Options
	dialect string
	faults  []string
}

// register declares the flags; the API key is the one of every command.
func (f *sandboxFlags) register(flags *pflag.FlagSet) {
	flags.VarP(rawValue{&f.options.PackagesDir, "DIR"}, "packages", "", "serve the packages in this folder too: DIR/x.nupkg, or DIR/FEED/x.nupkg")
	flags.VarP(rawValue{&f.options.BasePath, "PATH"}, "base-path", "", "put the whole server below this path: /proget")
	flags.VarP(rawValue{&f.dialect, "current|old"}, "dialect", "", "spelling of the promotions endpoint: group and package, or groupName and packageName (default current)")
	flags.BoolVar(&f.options.IgnoreFilters, "ignore-filters", false, "answer every promotion, whatever was asked")
	flags.BoolVar(&f.options.GroupBug, "group-bug", false, "miss packages with a group where the query names one, as ProGet is known to")
	flags.BoolVar(&f.options.OldHealth, "old-health", false, "tell the health as ProGet 2025 and before: JSON at /health, nothing at /health/json")
	flags.BoolVar(&f.options.ChocolateyAtFeeds, "chocolatey-at-feeds", false, "put Chocolatey feeds at /feeds/NAME, as Inedo's pages say now, in the place of /nuget/NAME")
	flags.Var(rawValues{&f.faults, "FAULT"}, "fault", "misbehave (see FAULTS): path=/api/package-deployment;status=503;retry-after=2;times=3; repeat it")
}

// faultHelp says what --fault takes.
const faultHelp = `FAULTS
  A fault is a list of KEY=VALUE, separated by semicolons. The next requests for its
  path meet it; several faults of one path are met in their order. A fault with
  nothing but a path lets one request pass.

  path         required: how the request's path begins; * stands for any text, and $
               at the end for the end of the path
  method       only requests with this method
  times        how many requests meet it (default 1), or always
  status       answer with this status code, and store nothing
  body, size   text of that answer, and how many bytes it is repeated to
  header       a field of the answer, as Name: value; may be repeated
  retry-after, location
               short for these two fields
  answer       sign-in (a web page with status 200) or challenge (a 401)
  effect       reset-before, reset-reading, reset-after: lose the connection before
               anything is stored, while the request is read, or after it is stored;
               cut, corrupt, stall, slow: spoil the body of the answer, or hold it up;
               no-range: send the whole where a part was asked for
  after        byte at which the effect takes place
  delay        pause before the answer, or of the effect: 2s

`

// dialects of the promotions endpoint, by their words.
func dialects() map[string]sandbox.Dialect {
	return map[string]sandbox.Dialect{"current": sandbox.DialectCurrent, "old": sandbox.DialectOld}
}

// standIn makes the server that the flags describe. What is wrong is added to
// the problems.
func (c *call) standIn(f *sandboxFlags) *sandbox.Server {
	f.options.Dialect = dialects()[choice(c, c.setting("dialect"), []string{"current", "old"})]
	f.options.Now = c.env.Now
	server, err := sandbox.New(f.options)
	if err != nil {
		c.problems.add(err)
	}
	for _, spec := range f.faults {
		pattern, fault, err := sandbox.ParseFault(spec)
		switch {
		case err != nil:
			c.problems.addf("--fault: %s", err)
		case server != nil:
			server.Fault(pattern, fault)
		}
	}
	return server
}

// running is a stand-in that answers on a port of its own.
type running struct {
	*sandbox.Server
	url  string
	stop func() error
}

// run serves on addr until stop is called, which waits for the end.
func (c *call) run(server *sandbox.Server, addr, basePath string) (*running, error) {
	listener, err := (&net.ListenConfig{}).Listen(c.ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.ctx))
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	url := "http://" + listener.Addr().String() + strings.TrimRight(basePath, "/")
	return &running{Server: server, url: url, stop: func() error {
		cancel()
		return <-served
	}}, nil
}
