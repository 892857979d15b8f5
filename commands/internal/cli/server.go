package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/config"
)

// Server is the ProGet server of a run, with where its address and the
// credentials came from.
type Server struct {
	*client.Client
	AddressFrom string
	KeyFrom     string         // "" without credentials
	Source      *config.Source // nil if the address was given as a URL
	Insecure    bool           // the certificate is not verified

	method  authMethod
	options []client.Option // those that do not concern who asks
	curlTLS []string        // the TLS settings as options of curl
	proxy   func(*url.URL) (*url.URL, error)
}

// ServerUse says how a command uses the server.
type ServerUse struct {
	// Options gives further options of the client, when all values are known.
	Options func() []client.Option
	// UncheckedProxy leaves a proxy that cannot be used to the command.
	UncheckedProxy bool
}

type serverRequest struct {
	to  **Server
	use ServerUse
}

// Server declares that the command asks the server.
func (f *Flags) Server(to **Server, use ServerUse) { f.server = &serverRequest{to, use} }

// ServerAddress declares that the command needs no more of the server than its
// address, and that only if --source is given. The address is as records and
// messages have it.
func (f *Flags) ServerAddress(to *Text) { f.base = to }

// GivenFlags are the server's values that the command line gives. Variables do
// not count.
type GivenFlags struct {
	Source, APIKey, KeyFile, Username, Password, Auth, CACert, ClientCert, ClientKey Text
	KeyInFile                                                                        client.Secret // what stands in KeyFile
	Insecure                                                                         bool
}

// GivenFlags declares that the command takes the server's flags as they are.
func (f *Flags) GivenFlags(to *GivenFlags) { f.given = to }

// resolveServer makes the connection that the command asked for.
func (f *Flags) resolveServer(c *connection) {
	if f.server == nil {
		return
	}
	for _, v := range f.values {
		if v.stdin && v.got.Value == "-" {
			c.stdinUser = v.got.From
		}
	}
	*f.server.to = c.connect(f.server.use)
}

// resolveGiven reads the server's flags as they are.
func (f *Flags) resolveGiven(c *connection) {
	g := c.globals
	*f.given = GivenFlags{
		Source: g.source.onLine(), APIKey: g.key.onLine(), KeyFile: g.keyFile.onLine(), Username: g.username.onLine(),
		Password: g.password.onLine(), Auth: g.auth.onLine(), CACert: g.caCert.onLine(), ClientCert: g.clientCert.onLine(),
		ClientKey: g.clientKey.onLine(), Insecure: c.globals.switched(g.insecure, c.io, c.problems),
	}
	f.given.KeyInFile = c.keyFromFile(f.given.KeyFile)
}

// connection is the way to the server while it is being found.
type connection struct {
	globals  *globals
	io       *IO
	ctx      context.Context
	problems *Problems

	address   Text
	source    *config.Source // nil if the address was given as a URL
	stdinUser string         // the flag that reads standard input, "" for none
}

// variable reads the variables of a value alone.
func (c *connection) variable(v *Value) Text {
	t, problem := v.fromVariables(c.io.Env)
	if problem != "" {
		c.problems.Addf("%s", problem)
	}
	return t
}

// connect makes the client. What is wrong is added to the problems; then the
// result is nil.
func (c *connection) connect(use ServerUse) *Server {
	before := len(c.problems.lines)
	creds := c.credentials()
	s := &Server{
		AddressFrom: c.address.From, KeyFrom: creds.from, Source: c.source, method: creds.method,
		options: c.clientOptions(), proxy: c.proxy(),
	}
	tlsConfig := c.tlsConfig(s)
	if len(c.problems.lines) > before || c.address.Value == "" {
		return nil
	}
	s.options = append(s.options, client.WithTLS(tlsConfig), client.WithProxy(s.proxy))
	options := append(s.options[:len(s.options):len(s.options)], creds.options...)
	if use.Options != nil {
		options = append(options, use.Options()...)
	}
	var err error
	if s.Client, err = client.New(c.address.Value, options...); err != nil {
		c.problems.Addf("%s", connectProblem(c.address, creds, err))
		return nil
	}
	if _, err := s.Proxy(); err != nil && !use.UncheckedProxy {
		c.problems.Add(err)
		return nil
	}
	return s
}

// BaseURL is how records and messages name the server at an address, "" if there
// is none, or none that can be used.
func BaseURL(address Text, p *Problems) string {
	if address.Value == "" {
		return ""
	}
	made, err := client.New(address.Value)
	if err != nil {
		p.Addf("%s", connectProblem(address, credentials{}, err))
		return ""
	}
	return made.BaseURL()
}

// connectProblem names what is wrong: the address, or else the credentials. It
// repeats neither, because both may hold a secret.
func connectProblem(address Text, creds credentials, err error) string {
	e, ok := errors.AsType[*client.Error](err)
	switch {
	case !ok:
		return err.Error()
	case e.Err == nil: // an option's problem is the cause of its error
		return fmt.Sprintf("%s: %s", address.From, e.Message)
	case creds.from != "":
		return fmt.Sprintf("%s: %s", creds.from, e.Message)
	}
	return e.Message
}

// clientOptions are the options that do not concern who asks.
func (c *connection) clientOptions() []client.Option {
	g, env := c.globals, c.io.Env
	opts := []client.Option{
		client.WithUserAgent("progetctl/" + env.Build.Version),
		client.WithTimeout(g.timeout.read(env, c.problems).duration(client.DefaultTimeout, c.problems)),
		client.WithRetries(g.retries.read(env, c.problems).count(client.DefaultRetries, 0, c.problems)),
		client.WithClock(env.Now),
		client.WithRedactor(c.io.redactor),
		client.WithSleep(c.io.pause),
	}
	if c.io.Debug {
		opts = append(opts, client.WithTrace(HarmlessLines{c.io.Stderr}))
	}
	return opts
}

// Anonymous is a client of the same server without credentials.
func (s *Server) Anonymous() (*client.Client, error) { return client.New(s.BaseURL(), s.options...) }

// Proxy is the proxy through which the server is asked, nil for none.
func (s *Server) Proxy() (*url.URL, error) {
	base, err := url.Parse(s.BaseURL())
	if err != nil {
		return nil, err
	}
	return s.proxy(base)
}

// WithCredentialHint adds to a 401 or 403 where the credentials and the address
// came from, unless the client knows better.
func (s *Server) WithCredentialHint(err error) error {
	e, ok := errors.AsType[*client.Error](err)
	if !ok || e.Kind != client.KindAuth || e.Hint != "" {
		return err
	}
	from := "no credentials were given: set PROGET_API_KEY"
	if s.KeyFrom != "" {
		from = "the credentials came from " + s.KeyFrom
	}
	e.Hint = fmt.Sprintf("%s; the server's address %s came from %s", from, s.BaseURL(), s.AddressFrom)
	return err
}
