package commands

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// sandboxAddress is ProGet's own port, on loopback.
const sandboxAddress = "127.0.0.1:8624"

func (a *app) sandboxStart() *cobra.Command {
	f, addr := &sandboxFlags{}, ""
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Run the stand-in until Ctrl-C",
		Long: `Run a ProGet stand-in until Ctrl-C: the endpoints that progetctl uses, with a few
feeds, packages and promotions, in memory. Open its address in a browser to see
what was recorded. It listens on loopback unless --addr says otherwise.

With --api-key it wants that key; without, it lets anyone do anything, as a
freshly installed ProGet does.

` + faultHelp + exitStatus(codeDone, codeInternal, codeUsage),
		Example: `  progetctl sandbox start --api-key secret &
  export PROGET_URL=http://127.0.0.1:8624 PROGET_API_KEY=secret`,
		Args: noArguments,
		RunE: a.runs(func(c *call) error { return c.startSandbox(f) }),
	}
	f.register(cmd.Flags())
	cmd.Flags().Var(rawValue{&addr, "HOST:PORT"}, "addr", "address to listen on (default "+sandboxAddress+")")
	return cmd
}

// startSandbox runs the command.
func (c *call) startSandbox(f *sandboxFlags) error {
	addr := c.setting("addr").text
	if addr == "" {
		addr = sandboxAddress
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.DefaultResolver.LookupPort(c.ctx, "tcp", port)
	}
	if err != nil {
		c.problems.addf("--addr %q is not HOST:PORT", addr)
	}
	f.options.APIKey = c.setting("api-key").text
	if c.env.StderrTerminal && !c.global.quiet {
		f.options.Log = cli.HarmlessLines{W: c.env.Stderr}
	}
	server := c.standIn(f)
	if err := c.ready(); err != nil {
		return err
	}
	r, err := c.run(server, addr, f.options.BasePath)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", addr, err)
	}
	if err := c.say("Listening on %s", r.url); err != nil {
		_ = r.stop()
		return err
	}
	<-c.ctx.Done()
	return r.stop()
}
