package commands

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/progetctl/progetctl/client"
)

// server is the ProGet server of a call, with where its address and the
// credentials came from.
type server struct {
	*client.Client
	addressFrom string
	keyFrom     string
	defaultFeed string
	travels     travel
}

// travel is how credentials reach an API endpoint.
type travel int

const (
	travelsNot travel = iota
	travelsHeader
	travelsQuery
	travelsBasic
	travelsUser
)

// connect makes the client of this call. What is wrong is added to the
// problems; then the result is nil. Extra options come last.
func (c *call) connect(extra ...client.Option) *server {
	before := len(c.problems.lines)
	address := c.address()
	creds := c.credentials()
	opts := append(c.clientOptions(), creds.options...)
	tlsConfig := c.tlsConfig()
	if len(c.problems.lines) > before || address.text == "" {
		return nil
	}
	opts = append(opts, client.WithTLS(tlsConfig))
	made, err := client.New(address.text, append(opts, extra...)...)
	if err != nil {
		c.problems.addf("%s", addressProblem(address, err))
		return nil
	}
	return &server{Client: made, addressFrom: address.from, keyFrom: creds.from, travels: creds.travels}
}

// addressProblem names the address where that is what is wrong; it is not
// repeated, for it may hold a password.
func addressProblem(address setting, err error) string {
	if e, ok := errors.AsType[*client.Error](err); ok {
		return fmt.Sprintf("%s: %s", address.from, e.Message)
	}
	return err.Error()
}

// address finds the server's URL.
func (c *call) address() setting {
	s := c.setting("source")
	if !s.given() {
		source, address := c.setting("", "PROGET_SOURCE"), c.setting("", "PROGET_URL")
		switch {
		case source.given() && address.given():
			c.problems.addf("PROGET_SOURCE and PROGET_URL are both set: unset one")
			return setting{}
		case address.given():
			return address
		}
		s = source
	}
	if !s.given() {
		c.problems.addf("no server is named: give --source URL, or set PROGET_URL")
		return setting{}
	}
	if !strings.Contains(s.text, "://") && s.text != "" {
		c.problems.addf("%s %q is not a URL such as https://proget.corp.local", s.from, s.text)
		return setting{}
	}
	return s
}

// clientOptions are the options that do not concern who asks.
func (c *call) clientOptions() []client.Option {
	opts := []client.Option{
		client.WithUserAgent("progetctl/" + c.env.Build.Version),
		client.WithTimeout(c.duration(c.setting("timeout", "PROGETCTL_TIMEOUT"), client.DefaultTimeout)),
		client.WithRetries(c.count(c.setting("retries", "PROGETCTL_RETRIES"), client.DefaultRetries, 0)),
		client.WithClock(c.env.Now),
		client.WithProxy(c.proxy()),
	}
	if c.env.Sleep != nil {
		opts = append(opts, client.WithSleep(c.env.Sleep))
	}
	if c.global.debug {
		opts = append(opts, client.WithTrace(c.stderr))
	}
	return opts
}

// proxy reads the variables that curl and Go's own client read.
func (c *call) proxy() func(*url.URL) (*url.URL, error) {
	either := func(upper string) string {
		if v := c.env.getenv(upper); v != "" {
			return v
		}
		return c.env.getenv(strings.ToLower(upper))
	}
	config := httpproxy.Config{HTTPProxy: either("HTTP_PROXY"), HTTPSProxy: either("HTTPS_PROXY"), NoProxy: either("NO_PROXY")}
	return config.ProxyFunc()
}

// tlsConfig reads the TLS flags.
func (c *call) tlsConfig() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.global.insecure {
		config.InsecureSkipVerify = true
		c.warnings = append(c.warnings, "--insecure: the server's certificate is not verified; anyone in between can read the credentials")
	}
	if ca := c.setting("ca-cert", "PROGETCTL_CA_CERT"); ca.text != "" {
		pool, err := certificatePool(ca.text)
		if err != nil {
			c.problems.addf("%s %s", ca.from, err)
		}
		config.RootCAs = pool
	}
	cert, key := c.setting("client-cert", "PROGETCTL_CLIENT_CERT"), c.setting("client-key", "PROGETCTL_CLIENT_KEY")
	if key.text != "" && cert.text == "" {
		c.problems.addf("%s is given without a client certificate (--client-cert)", key.from)
	}
	if cert.text != "" {
		pair, err := clientCertificate(cert.text, key.text)
		if err != nil {
			c.problems.addf("%s %s", cert.from, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config
}

// explain adds to a 401 or 403 where the credentials and the address came from.
func (s *server) explain(err error) error {
	e, ok := errors.AsType[*client.Error](err)
	if !ok || e.Kind != client.KindAuth {
		return err
	}
	from := "no credentials were given: set PROGET_API_KEY"
	if s.keyFrom != "" {
		from = "the credentials came from " + s.keyFrom
	}
	e.Hint = fmt.Sprintf("%s; the server's address %s came from %s", from, s.BaseURL(), s.addressFrom)
	return err
}
