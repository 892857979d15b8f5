package commands

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// proxy reads the variables that curl and Go's own client read. The function
// that it returns answers with an error where a variable is to be used and
// cannot be: httpproxy passes over such a one in silence, and the request would
// go where it was not to go, around the proxy.
func (c *call) proxy() func(*url.URL) (*url.URL, error) {
	plain, secure, none := c.proxyVariable("HTTP_PROXY"), c.proxyVariable("HTTPS_PROXY"), c.proxyVariable("NO_PROXY")
	problems := map[string]error{"http": proxyProblem(plain), "https": proxyProblem(secure)}
	// In the place of an unusable one, so that it is known whether it would be used.
	usable := func(s setting, problem error) string {
		if problem != nil {
			return "http://unusable.invalid"
		}
		return s.text
	}
	config := httpproxy.Config{
		HTTPProxy: usable(plain, problems["http"]), HTTPSProxy: usable(secure, problems["https"]), NoProxy: none.text,
	}
	find := config.ProxyFunc()
	return func(to *url.URL) (*url.URL, error) {
		found, err := find(to)
		if found != nil && problems[to.Scheme] != nil {
			return nil, problems[to.Scheme]
		}
		return found, err
	}
}

// proxyOf is the proxy through which a server is asked, nil for none.
func (c *call) proxyOf(s *server) (*url.URL, error) {
	base, err := url.Parse(s.BaseURL())
	if err != nil {
		return nil, err
	}
	return c.proxy()(base)
}

// proxyVariable reads a variable that is known in both letter cases.
func (c *call) proxyVariable(upper string) setting {
	for _, name := range []string{upper, strings.ToLower(upper)} {
		if value := c.env.getenv(name); value != "" {
			return setting{value, name}
		}
	}
	return setting{}
}

// proxyProblem says that a variable names no proxy. It does not repeat the
// text, in which there may be a password.
func proxyProblem(s setting) error {
	address := s.text
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	switch {
	case !s.given():
		return nil
	case placeholder(s.text):
		return errors.New(s.from + " is a placeholder that nothing has replaced")
	case err != nil, u.Hostname() == "", !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme):
		return errors.New(s.from + " is not the URL of a proxy such as http://proxy.corp.local:3128")
	}
	return nil
}
