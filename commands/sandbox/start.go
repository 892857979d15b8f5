package sandbox

import (
	"cmp"
	"context"
	"net"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	fake "github.com/progetctl/progetctl/internal/sandbox"
)

// defaultAddress is ProGet's own port, on loopback.
const defaultAddress = "127.0.0.1:8624"

// startOptions say what is started, and where it listens.
type startOptions struct {
	server  serverOptions
	address string
	key     cli.Text // the API key as it was given
	keyFile cli.Text // or the file that it is in
}

func newStart(app *cli.App, run func(context.Context, *cli.IO, startOptions) error) *cobra.Command {
	var o startOptions
	cmd := &cobra.Command{
		Use:        "start",
		SuggestFor: []string{"serve", "server", "up", "mock", "fake"},
		Short:      "Run a fake ProGet until Ctrl-C",
		Long: `Run a fake ProGet until Ctrl-C, with the APIs that progetctl uses and a few feeds,
packages and promotions, all in memory. Open its URL in a browser to see what was
recorded. It listens on 127.0.0.1 unless you pass --addr. The lines that point your
shell at it are printed.

With --api-key or --api-key-file, clients must send that key. Without it, anonymous
access is allowed, as in a fresh ProGet.

` + faultHelp + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl sandbox start --api-key secret &
  export PROGET_URL=http://127.0.0.1:8624
  export PROGET_API_KEY=secret`,
		Args: cli.NoArguments,
	}
	f := app.Flags(cmd)
	o.declare(f, app.IO)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// declare declares the values; the API key is the one of every command.
func (o *startOptions) declare(f *cli.Flags, io *cli.IO) {
	var given cli.GivenFlags
	f.GivenFlags(&given)
	o.server.declare(f, func(options *fake.Options) {
		options.Now, options.APIKey = io.Now, client.TrimPasted(cmp.Or(given.APIKey.Value, given.KeyInFile.Reveal()))
		if io.StderrTerminal && !io.Quiet {
			options.Log = cli.HarmlessLines{W: io.Stderr}
		}
	})
	var address cli.Text
	f.Text(&address, cli.Flag{Name: "addr", Word: "HOST:PORT", Usage: "address to listen on", Default: defaultAddress})
	f.Check(func(p *cli.Problems) {
		// Without a key, everyone would be let in.
		if given.APIKey.Given() && o.server.options.APIKey == "" {
			p.Addf("%s is empty", given.APIKey.From)
		}
		o.key, o.keyFile = given.APIKey, given.KeyFile
		o.address = address.Or(defaultAddress, "default").Value
		if o.address != "" && !isAddress(o.address) { // an empty one has been named
			p.Addf("%s %q is not HOST:PORT", address.From, o.address)
		}
	})
}

// isAddress reports whether a text is a host and a port, which may have a name.
func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	return err == nil
}

// start runs the command.
func start(ctx context.Context, io *cli.IO, o startOptions) error {
	r, err := serve(ctx, o.server.server, o.address, o.server.options.BasePath)
	if err != nil {
		return listenFailure(o.address, err)
	}
	if err := o.greet(io, r); err != nil {
		_ = r.stop()
		return err
	}
	<-ctx.Done()
	return r.stop()
}
