package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/progetctl/progetctl/client"
)

// server is the ProGet server of a call, with where its address and the
// credentials came from.
type server struct {
	*client.Client
	addressFrom string
	keyFrom     string
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

// connect makes the client of this call, for a server that can be asked. What
// is wrong is added to the problems; then the result is nil. Extra options come
// last.
func (c *call) connect(extra ...client.Option) *server {
	s := c.server(extra...)
	if s == nil {
		return nil
	}
	if _, err := c.proxyOf(s); err != nil {
		c.problems.add(err)
		return nil
	}
	return s
}

// server is connect for whoever does not ask the server, or not before the
// proxy was looked at.
func (c *call) server(extra ...client.Option) *server {
	before := len(c.problems.lines)
	address := c.address()
	creds := c.credentials(address.source)
	opts := append(c.clientOptions(), creds.options...)
	tlsConfig := c.tlsConfig(address.source)
	if len(c.problems.lines) > before || address.text == "" {
		return nil
	}
	opts = append(opts, client.WithTLS(tlsConfig))
	made, err := client.New(address.text, append(opts, extra...)...)
	if err != nil {
		c.problems.addf("%s", connectProblem(address.setting, creds, err))
		return nil
	}
	return &server{Client: made, addressFrom: address.from, keyFrom: creds.from, travels: creds.travels}
}

// baseURL is how records and messages name the server at an address, "" where
// there is none, or none that can be used.
func (c *call) baseURL(address setting) string {
	if address.text == "" {
		return ""
	}
	made, err := client.New(address.text)
	if err != nil {
		c.problems.addf("%s", connectProblem(address, credentials{}, err))
		return ""
	}
	return made.BaseURL()
}

// connectProblem names what is wrong: the address, or else the credentials. It
// repeats neither, for both may hold a secret.
func connectProblem(address setting, creds credentials, err error) string {
	e, ok := errors.AsType[*client.Error](err)
	switch {
	case !ok:
		return err.Error()
	case e.Err == nil: // an option's problem is the cause of its error
		return fmt.Sprintf("%s: %s", address.from, e.Message)
	case creds.from != "":
		return fmt.Sprintf("%s: %s", creds.from, e.Message)
	}
	return e.Message
}

// clientOptions are the options that do not concern who asks.
func (c *call) clientOptions() []client.Option {
	opts := []client.Option{
		client.WithUserAgent("progetctl/" + c.env.Build.Version),
		client.WithTimeout(c.duration(c.setting("timeout", "PROGETCTL_TIMEOUT"), client.DefaultTimeout)),
		client.WithRetries(c.count(c.setting("retries", "PROGETCTL_RETRIES"), client.DefaultRetries, 0)),
		client.WithClock(c.env.Now),
		client.WithProxy(c.proxy()),
		client.WithRedactor(c.redactor),
		client.WithSleep(c.pause),
	}
	if c.global.debug {
		opts = append(opts, client.WithTrace(c.stderr))
	}
	return opts
}

// pause waits between two attempts. A person who sees no bar is told, so that
// the wait is not taken for a program that hangs.
func (c *call) pause(ctx context.Context, d time.Duration) error {
	if !c.drawn && d >= time.Second {
		c.note("no usable answer yet: the next attempt is in %s", d.Round(time.Second))
	}
	return c.env.sleep(ctx, d)
}

// explain adds to a 401 or 403 where the credentials and the address came from,
// unless the client knows better.
func (s *server) explain(err error) error {
	e, ok := errors.AsType[*client.Error](err)
	if !ok || e.Kind != client.KindAuth || e.Hint != "" {
		return err
	}
	from := "no credentials were given: set PROGET_API_KEY"
	if s.keyFrom != "" {
		from = "the credentials came from " + s.keyFrom
	}
	e.Hint = fmt.Sprintf("%s; the server's address %s came from %s", from, s.BaseURL(), s.addressFrom)
	return err
}
