package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/commands/internal/suggest"
	"github.com/progetctl/progetctl/internal/config"
)

// Server is the ProGet server of a run, with where its address and the credentials came from.
type Server struct {
	*client.Client
	AddressFrom string
	KeyFrom     string         // "" without credentials
	Source      *config.Source // nil if the address was given as a URL
	Insecure    bool           // the certificate is not verified

	onLine  bool // --source named it
	method  authMethod
	options []client.Option  // those that do not concern who asks
	curlTLS []shell.Argument // the TLS settings as options of curl
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

type laterRequest struct {
	to  *func(context.Context) (*Server, error)
	use ServerUse
}

// GivenFlags are the server's values that the command line gives. Variables do not count.
type GivenFlags struct {
	Source, APIKey, KeyFile, Username, Password, Auth, CACert, ClientCert, ClientKey Text
	KeyInFile                                                                        client.Secret // what is in KeyFile
	Insecure                                                                         bool

	ctx context.Context // of the run, which an interruption ends
}

// connection is the way to the server while it is being found.
type connection struct {
	globals  *globals
	io       *IO
	ctx      context.Context
	problems *Problems

	address Text
	source  *config.Source // nil if the address was given as a URL
	stdin   *stdin
}

// variable reads the variables of a value alone.
func (c *connection) variable(v *Value) Text {
	t, problem := v.fromVariables(c.io.Env)
	if problem != "" {
		c.problems.Addf("%s", problem)
	}
	return t
}

// connect makes the client. What is wrong is added to the problems; then the result is nil.
func (c *connection) connect(use ServerUse) *Server {
	before := len(c.problems.lines)
	creds := c.credentials()
	s := &Server{
		AddressFrom: c.address.From, KeyFrom: creds.from, Source: c.source, method: creds.method, onLine: c.globals.source.OnLine(),
		options: c.clientOptions(), proxy: proxyFinder(c.variable(c.globals.httpProxy), c.variable(c.globals.httpsProxy), c.variable(c.globals.noProxy)),
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

// BaseURL is how records and messages name the server at an address, "" if there is none, or none
// that can be used.
func BaseURL(address Text, p *Problems) string {
	if address.Value == "" {
		return ""
	}
	made, err := client.New(address.Value)
	if err != nil {
		p.Addf("%s%s", connectProblem(address, credentials{}, err), meantURL(address.Value))
		return ""
	}
	return made.BaseURL()
}

// connectProblem names what is wrong: the address, or else the credentials. It repeats neither,
// because both may hold a secret.
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

// Option is what a command in a hint needs to ask the same server: " --source NAME", or "" if it
// finds the server without.
func (s *Server) Option() string {
	switch {
	case s == nil || !s.onLine:
		return ""
	case s.Source != nil:
		return " --source " + shell.Hint(s.Source.Name)
	}
	return " --source " + shell.Hint(s.BaseURL())
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

// WithCredentialHint adds to a 401 or 403 which right it takes and where the credentials and the
// address came from, unless the client has a better hint.
func (s *Server) WithCredentialHint(err error) error {
	e, ok := errors.AsType[*client.Error](err)
	if !ok || e.Kind != client.KindAuth || HintOf(err) != "" {
		return err
	}
	var said []string
	switch {
	case e.Right != "":
		said = append(said, e.Right)
	case s.KeyFrom != "":
		said = append(said, "check the credentials, and what they may do in ProGet")
	}
	if s.KeyFrom == "" {
		said = append(said, "no credentials were given; set PROGET_API_KEY")
	} else {
		said = append(said, "the credentials came from "+s.KeyFrom)
	}
	said = append(said, fmt.Sprintf("the server's address %s came from %s", s.BaseURL(), s.AddressFrom))
	return WithHint(err, strings.Join(said, "; "))
}

// asksAPerson reports whether the key would be read from standard input, or from a program that may
// ask for a password.
func (c *connection) asksAPerson() bool {
	file := c.globals.keyFile.read(c.io.Env, c.problems)
	return file.Value == "-" || c.source != nil && len(c.source.KeyCommand) > 0
}

// findAddress finds the server's URL. The files with the sources are read only if one is named, or
// nothing else is.
func (c *connection) findAddress() {
	s := c.globals.source.onLine()
	s.Value = client.TrimPasted(s.Value)
	if !s.Given() {
		source, url := c.variable(c.globals.source), c.variable(c.globals.url)
		switch {
		case source.Given() && url.Given():
			c.problems.Addf("PROGET_SOURCE and PROGET_URL are both set; unset one of them")
			return
		case url.Given():
			c.takeURL(url)
			return
		}
		s = Text{client.TrimPasted(source.Value), source.From}
	}
	switch {
	case strings.Contains(s.Value, "://"):
		c.address = s
	case s.Given() && s.Value == "": // named already as unusable
	case s.Given():
		c.lookUp(s)
	default:
		c.lookUp(Text{})
	}
}

// takeURL takes a URL only.
func (c *connection) takeURL(s Text) {
	if s.Value != "" && !strings.Contains(s.Value, "://") {
		c.problems.Addf("%s %s is not a URL such as https://proget.corp.local%s", s.From, quotedAddress(s.Value), meantURL(s.Value))
		return
	}
	c.address = s
}

// fromArgument is where a value of an argument comes from.
const fromArgument = "the argument"

// findSource finds the source that the argument names, the default one without.
func (c *connection) findSource(args []string) {
	var name Text
	if len(args) > 0 {
		name = Text{client.TrimPasted(args[0]), fromArgument}
	}
	switch {
	case c.globals.source.OnLine():
		c.problems.Addf("--source can't be used here; give the name of the source as the argument")
	case !name.Given() || name.Value != "": // an empty one has been named
		c.lookUp(name)
	}
}

// lookUp finds a source; s.From is "" for the default one.
func (c *connection) lookUp(s Text) {
	source, err := Sources(c.io).Find(s.Value)
	if err == nil {
		c.address, c.source = Text{source.URL, sourceOrigin(source)}, &source
		return
	}
	unknown, ok := errors.AsType[*config.UnknownError](err)
	switch {
	case !ok:
		c.problems.Add(err)
	case s.From == fromArgument:
		c.problems.Addf("no source named %s; %s", quotedAddress(s.Value), OtherSources(unknown))
	case s.Given() && meantURL(s.Value) != "":
		c.problems.Addf("%s %s is neither a URL nor a saved source%s", s.From, quotedAddress(s.Value), meantURL(s.Value))
	case s.Given():
		c.problems.Addf("%s %s is neither a URL such as https://proget.corp.local nor a saved source; %s",
			s.From, quotedAddress(s.Value), OtherSources(unknown))
	case unknown.Name != config.DefaultName:
		c.problems.Addf("the default source %q does not exist any more; choose another with `progetctl sources use NAME`; %s", unknown.Name, OtherSources(unknown))
	case len(unknown.Known) > 0:
		c.problems.Addf("no server: use --source NAME or URL, or set PROGET_URL; %s", OtherSources(unknown))
	default:
		c.problems.Addf("no server: use --source URL, set PROGET_URL, or save one with `progetctl sources add`")
	}
}

// Sources are the named sources of whoever runs the program.
func Sources(o *IO) config.Store { return config.Open(o.Getenv) }

// quotedAddress is an address that cannot be used, unless there may be a password in it.
func quotedAddress(text string) string {
	if strings.Contains(text, "@") {
		return "(not shown because it may contain a password)"
	}
	return strconv.Quote(text)
}

// meantURL asks for the URL that a host without a scheme stands for, "; did you mean URL?", and is
// "" for any other text. A word alone is rather the name of a source.
func meantURL(text string) string {
	if strings.Contains(text, "://") || strings.ContainsAny(text, "@ ?#\\") || !strings.ContainsAny(text, ".:") && text != "localhost" {
		return ""
	}
	u, err := url.Parse("https://" + text)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		u.Scheme = "http"
	}
	return "; did you mean " + u.String() + "?"
}

// OtherSources says which saved source may be meant by a name that no source has: the nearest, else
// all.
func OtherSources(e *config.UnknownError) string {
	if len(e.Known) == 0 {
		return "no sources are saved; save one with `progetctl sources add`"
	}
	if near := suggest.Nearest(e.Name, e.Known); len(near) > 0 {
		return DidYouMean(quoted(near), "")
	}
	return "saved sources: " + strings.Join(quoted(e.Known), ", ")
}

func quoted(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = strconv.Quote(name)
	}
	return all
}

// sourceOrigin names a source as the place where a value came from.
func sourceOrigin(s config.Source) string { return fmt.Sprintf("source %q in %s", s.Name, s.File) }
