package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/output"
)

// globalFlags are the flags of every command.
type globalFlags struct {
	raw             [16]string // texts of the flags that are parsed later, see [rawValue]
	insecure        bool
	quiet, debug    bool
	format          output.Format
	query           *output.Query
	registeredFlags int
}

// register declares the flags of every command.
func (g *globalFlags) register(flags *pflag.FlagSet) {
	g.text(flags, "source", "", "NAME|URL", "the ProGet server: a URL, or a named source (PROGET_SOURCE or PROGET_URL)")
	g.text(flags, "api-key", "", "KEY", "API key (PROGET_API_KEY); other users of this machine can see a command line: prefer the variable or --api-key-file")
	g.text(flags, "api-key-file", "", "PATH", "read the API key from a file; - is standard input (PROGET_API_KEY_FILE)")
	g.text(flags, "username", "", "NAME", "user name for Basic authentication instead of a key (PROGET_USERNAME)")
	g.text(flags, "password", "", "TEXT", "password for Basic authentication (PROGET_PASSWORD)")
	g.text(flags, "auth", "", "MODE", "how the key travels: auto, header, query or basic (PROGET_AUTH) (default auto)")
	g.text(flags, "output", "o", "FORMAT", "format of the result: "+strings.Join(output.Formats(), ", ")+" (default table)")
	g.text(flags, "jq", "", "EXPR", "filter the JSON with a jq expression; implies -o json")
	g.text(flags, "timeout", "", "DURATION", "longest wait for the server to begin its answer, and for the next byte (PROGETCTL_TIMEOUT) (default 100s)")
	g.text(flags, "retries", "", "N", "further attempts after a failure that another may mend (PROGETCTL_RETRIES) (default 4)")
	g.text(flags, "ca-cert", "", "PATH", "PEM file of certificate authorities to trust besides the system's (PROGETCTL_CA_CERT)")
	g.text(flags, "client-cert", "", "PATH", "PEM file of the client certificate (PROGETCTL_CLIENT_CERT)")
	g.text(flags, "client-key", "", "PATH", "PEM file of the client certificate's key (PROGETCTL_CLIENT_KEY)")
	flags.BoolVar(&g.insecure, "insecure", false, "do not verify the server's certificate; warns")
	flags.BoolVarP(&g.quiet, "quiet", "q", false, "only data, errors and warnings: no progress, no notes")
	flags.BoolVar(&g.debug, "debug", false, "show each request and response on stderr, without credentials (PROGETCTL_DEBUG=1)")
}

func (g *globalFlags) text(flags *pflag.FlagSet, name, short, kind, usage string) {
	flags.VarP(rawValue{&g.raw[g.registeredFlags], kind}, name, short, usage)
	g.registeredFlags++
}

// asksForJSON looks at the arguments before they are parsed, for the error
// that tells that they cannot be.
func asksForJSON(args []string) bool {
	for i, arg := range args {
		if arg == "--" {
			return false
		}
		// -o may share its word with -q, which takes no value.
		if quiet, found := strings.CutPrefix(arg, "-q"); found {
			arg = "-" + strings.TrimLeft(quiet, "q")
		}
		name, value, found := strings.Cut(arg, "=")
		switch {
		case name == "--jq":
			return true
		case name == "-o" || name == "--output":
			if !found && i+1 < len(args) {
				value = args[i+1]
			}
		case strings.HasPrefix(arg, "-o"):
			value = strings.TrimPrefix(strings.TrimPrefix(arg, "-o"), "=")
		default:
			continue
		}
		if value == string(output.JSON) || value == string(output.NDJSON) {
			return true
		}
	}
	return false
}

// call is one run of one command.
type call struct {
	*app
	ctx      context.Context
	cmd      *cobra.Command
	args     []string
	problems problems
	warnings []string // said once the command line is known to be good
	found    *address // the server's address once it was looked for
	stdinFor string   // the flag that reads standard input, "" while none does
	drawn    bool     // a bar on the terminal shows what goes on
	curlTLS  []string // the TLS settings as options of curl, for --dry-run
}

// runs makes Cobra's function of a command's own, which ends in order when it
// is interrupted.
func (a *app) runs(run func(*call) error) func(*cobra.Command, []string) error {
	return a.runsBriefly(func(c *call) error {
		ctx, ignore := a.heedSignals(c.ctx)
		defer ignore()
		c.ctx = ctx
		return run(c)
	})
}

// runsBriefly is runs for what only looks at itself: the flags that every
// command has are checked first, but nothing is reported before the command's
// own are.
func (a *app) runsBriefly(run func(*call) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c := &call{app: a, ctx: cmd.Context(), cmd: cmd, args: args}
		c.checkFlags()
		c.readOutputFlags()
		return run(c)
	}
}

// ready reports everything that was found wrong, all at once; after it the
// work begins.
func (c *call) ready() error {
	// What an interruption left unread is no fault of the command line.
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if err := c.problems.err(c.cmd); err != nil {
		return err
	}
	for _, warning := range c.warnings {
		c.warn("%s", warning)
	}
	c.warnings = nil
	return nil
}

func (c *call) readOutputFlags() {
	format := c.setting("output")
	c.global.format = output.Format(choice(c, format, output.Formats()))
	jq := c.setting("jq")
	if jq.text != "" {
		query, err := output.ParseQuery(jq.text)
		c.problems.add(err)
		c.global.query = query
		if !format.given() {
			c.global.format = output.JSON
		}
		known := slices.Contains(output.Formats(), format.text) // else that has been said
		if known && c.global.format != output.JSON && c.global.format != output.NDJSON {
			c.problems.addf("--jq works on JSON: it goes with -o json or ndjson, not with -o %s", c.global.format)
		}
	}
	c.json = c.global.format == output.JSON || c.global.format == output.NDJSON || jq.given()
	if debug := c.setting("debug", "PROGETCTL_DEBUG"); debug.text != "" {
		on, err := strconv.ParseBool(debug.text)
		if err != nil {
			c.problems.addf("%s %q is neither 1 nor 0", debug.from, debug.text)
		}
		c.global.debug = on
	}
}

// count reads a whole number of at least least.
func (c *call) count(s setting, otherwise, least int) int {
	if s.text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s.text)
	if err != nil || n < least {
		c.problems.addf("%s %q is no whole number from %d on", s.from, s.text, least)
		return otherwise
	}
	return n
}

// duration reads a duration above zero.
func (c *call) duration(s setting, otherwise time.Duration) time.Duration {
	if s.text == "" {
		return otherwise
	}
	d, err := parseDuration(s.text)
	if err == nil && d == 0 {
		c.problems.addf("%s %q is no time at all", s.from, s.text)
	} else if err != nil {
		c.problems.addf("%s %s", s.from, err)
	}
	return d
}

// outputOptions says how the result is written.
func (c *call) outputOptions() output.Options {
	return output.Options{
		Format: c.global.format, Query: c.global.query, Context: c.ctx, Terminal: c.env.StdoutTerminal,
		Color: output.ColorEnabled(c.env.StdoutTerminal, c.env.getenv), Width: c.env.columns(c.env.StdoutTerminal),
		Disarm: c.disarm(),
	}
}

// forPerson reports whether the result is in words rather than data.
func (c *call) forPerson() bool { return c.global.format == output.Table }

// kinds shortens a choice of the client's words.
func kinds[T ~string](known []T) string { return joined(known, "|") }

func joined[T ~string](known []T, separator string) string {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	return strings.Join(words, separator)
}
