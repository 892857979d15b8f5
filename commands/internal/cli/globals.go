package cli

import (
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/output"
)

// globals are the values that every command has.
type globals struct {
	values []*Value
	group  string // in help, of the values that are declared next
	// About the server.
	source, url, key, keyFile, username, password, auth *Value
	timeout, retries, caCert, clientCert, clientKey     *Value
	insecure                                            *Value
	httpProxy, httpsProxy, noProxy                      *Value
	// About the output.
	format, jq, quiet, debug *Value
}

// newGlobals declares them.
func newGlobals() *globals {
	g := &globals{}
	g.declareServer()
	g.declareOutput()
	return g
}

func (g *globals) add(kind Kind, flag Flag) *Value {
	v := &Value{Flag: flag, Kind: kind, Group: g.group}
	g.values = append(g.values, v)
	return v
}

func (g *globals) declareServer() {
	g.group = "Server"
	g.source = g.add(KindSource, Flag{Name: "source", Word: "NAME|URL", Variables: []string{"PROGET_SOURCE"}, Usage: "ProGet server: a URL or the name of a saved source (PROGET_URL or PROGET_SOURCE)"})
	g.url = g.add(KindText, Flag{Variables: []string{"PROGET_URL"}, Usage: "URL of the ProGet server (--source)"})
	g.key = g.add(KindCredential, Flag{Name: "api-key", Word: "KEY", Variables: []string{"PROGET_API_KEY"}, Usage: "API key; visible to other users in the process list; prefer PROGET_API_KEY or --api-key-file"})
	g.keyFile = g.add(KindPath, Flag{Name: "api-key-file", Word: "PATH", Variables: []string{"PROGET_API_KEY_FILE"}, Usage: "file with the API key; - reads standard input"})
	g.username = g.add(KindCredential, Flag{Name: "username", Word: "NAME", Variables: []string{"PROGET_USERNAME"}, Usage: "user name for Basic authentication, instead of an API key"})
	g.password = g.add(KindCredential, Flag{Name: "password", Word: "TEXT", Variables: []string{"PROGET_PASSWORD"}, Usage: "password for Basic authentication"})
	g.auth = g.add(KindChoice, Flag{Name: "auth", Word: "MODE", Variables: []string{"PROGET_AUTH"}, Usage: "how to send the API key: auto, header, query or basic", Default: "auto"})
	g.auth.words = func() []string { return Words(client.AuthModes()) }
	g.group = "Connection"
	g.timeout = g.add(KindDuration, Flag{Name: "timeout", Word: "DURATION", Variables: []string{"PROGETCTL_TIMEOUT"}, Usage: "how long to wait for a response to start, and between bytes", Default: "100s"})
	g.retries = g.add(KindCount, Flag{Name: "retries", Word: "N", Variables: []string{"PROGETCTL_RETRIES"}, Usage: "retries after a temporary failure", Default: "4"})
	g.caCert = g.add(KindPath, Flag{Name: "ca-cert", Word: "PATH", Variables: []string{"PROGETCTL_CA_CERT"}, Usage: "additional CA certificates to trust (PEM)"})
	g.clientCert = g.add(KindPath, Flag{Name: "client-cert", Word: "PATH", Variables: []string{"PROGETCTL_CLIENT_CERT"}, Usage: "client certificate (PEM)"})
	g.clientKey = g.add(KindPath, Flag{Name: "client-key", Word: "PATH", Variables: []string{"PROGETCTL_CLIENT_KEY"}, Usage: "private key of the client certificate (PEM)"})
	g.insecure = g.add(KindSwitch, Flag{Name: "insecure", Word: "bool", Alone: "true", Usage: "skip TLS certificate verification; prints a warning"})
	g.httpsProxy = g.add(KindProxy, Flag{Variables: []string{"HTTPS_PROXY", "https_proxy"}, Usage: "proxy for https URLs"})
	g.httpProxy = g.add(KindProxy, Flag{Variables: []string{"HTTP_PROXY", "http_proxy"}, Usage: "proxy for http URLs"})
	g.noProxy = g.add(KindProxy, Flag{Variables: []string{"NO_PROXY", "no_proxy"}, Usage: "hosts to connect to without a proxy"})
}

func (g *globals) declareOutput() {
	g.group = "Output"
	g.format = g.add(KindChoice, Flag{Name: "output", Short: "o", Word: "FORMAT", Usage: "output format: " + strings.Join(output.Formats(), ", "), Default: "table"})
	g.format.words = output.Formats
	g.jq = g.add(KindText, Flag{Name: "jq", Word: "EXPR", Usage: "filter the JSON with a jq expression; implies -o json"})
	g.quiet = g.add(KindSwitch, Flag{Name: "quiet", Short: "q", Word: "bool", Alone: "true", Usage: "hide progress and notes"})
	g.debug = g.add(KindSwitch, Flag{Name: "debug", Word: "bool", Alone: "true", Variables: []string{"PROGETCTL_DEBUG"}, Usage: "show each request and response on stderr, without credentials"})
	g.add(KindText, Flag{Variables: []string{"NO_COLOR"}, Usage: "turn colour off"})
	g.add(KindText, Flag{Variables: []string{"FORCE_COLOR"}, Usage: "use colour even if the output is not a terminal"})
}

// resolveOutput says how the run writes.
func (g *globals) resolveOutput(o *IO, p *Problems) {
	format, jq := g.format.read(o.Env, p), g.jq.read(o.Env, p)
	o.Format = output.Format(OneOf(format, output.Formats(), p))
	if jq.Value != "" {
		query, err := output.ParseQuery(jq.Value)
		p.Add(err)
		o.Query = query
		if !format.Given() {
			o.Format = output.JSON
		}
		known := slices.Contains(output.Formats(), format.Value) // otherwise that has been reported
		if known && o.Format != output.JSON && o.Format != output.NDJSON {
			p.Addf("--jq works on JSON: it goes with -o json or ndjson, not with -o %s", o.Format)
		}
	}
	o.json = o.Format == output.JSON || o.Format == output.NDJSON || jq.Given()
	o.Quiet = g.switched(g.quiet, o, p)
	o.Debug = g.switched(g.debug, o, p)
}

// switched reads a switch.
func (g *globals) switched(v *Value, o *IO, p *Problems) bool {
	t := v.read(o.Env, p)
	return t.Value != "" && t.on(p)
}

// asksForJSON looks for -o and --jq.
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
