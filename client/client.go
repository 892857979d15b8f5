package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
)

// Client talks to one ProGet server. It is safe for concurrent use; make it with [New].
type Client struct {
	Deployments *DeploymentsService
	Promotions  *PromotionsService
	Feeds       *FeedsService
	Packages    *PackagesService
	Downloads   *DownloadsService

	Vulnerabilities *VulnerabilitiesService

	base     *url.URL // host in ASCII; path ends in a slash
	home     origin
	name     string // see nameOf
	scrub    scrubber
	failures failures
	http     *exchanger
	retries  int
	sleep    func(context.Context, time.Duration) error
	now      func() time.Time
	edition  *atomic.Pointer[string]
}

// service is the shared back-reference of the services of a [Client].
type service struct{ c *Client }

// New makes a client for the server at baseURL, an absolute http or https URL whose path, if any,
// is kept (https://host/proget). User information, a query or a fragment in it is refused.
func New(baseURL string, opts ...Option) (*Client, error) {
	given, err := parseBase(baseURL)
	if err != nil {
		return nil, err
	}
	base, ok := dialable(given)
	if !ok {
		return nil, usageError("the host in the server's address is not a valid domain name")
	}
	s := defaultSettings()
	var problems []error
	for _, opt := range opts {
		problems = append(problems, opt(&s))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, &Error{Kind: KindUsage, Message: err.Error(), Err: err}
	}
	c := &Client{
		edition: &atomic.Pointer[string]{},
		base:    base, home: originOf(base), name: nameOf(given),
		retries: s.retries, sleep: s.sleep, now: s.now,
	}
	c.scrub = scrubber{c.home, s.redactor}
	c.failures = failures{c.scrub, c.home, s.now}
	s.redactor.addLogin("api", s.key)
	s.redactor.addLogin(s.user, s.password)
	k := &keepAlive{}
	c.http = &exchanger{
		timeout: s.timeout, keepAlive: k,
		pooled:  c.newResty(s, transportFor(c.home, s, k, pooledTransport), false),
		oneShot: c.newResty(s, transportFor(c.home, s, k, oneShotTransport), true),
	}
	c.Deployments = newDeployments(c)
	c.Promotions = &PromotionsService{c}
	c.Feeds = &FeedsService{c}
	c.Packages = &PackagesService{c}
	c.Downloads = &DownloadsService{c}
	c.Vulnerabilities = &VulnerabilitiesService{c}
	return c, nil
}

// BaseURL returns the server's URL as records and messages name it: scheme and host in lower case,
// no default port, no slash at the end.
func (c *Client) BaseURL() string { return c.name }

// newResty makes the resty client that builds and sends requests on our own transport. Its retries,
// redirects, logger and time limit stay off: each of these is decided here, in one place (see
// exchange). annotates lets deployment headers pass.
func (c *Client) newResty(s settings, transport http.RoundTripper, annotates bool) *resty.Client {
	if s.trace != nil {
		transport = newTracer(transport, s.trace, c.scrub)
	}
	chain := &authenticator{
		next: transport, home: c.home, basePath: c.base.Path, annotates: annotates,
		mode: s.mode, key: s.key, user: s.user, password: s.password,
	}
	hc := &http.Client{
		Transport:     chain,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return resty.NewWithClient(hc).
		SetLogger(silent{}).
		SetDisableWarn(true).
		SetHeader("User-Agent", s.userAgent)
}

// silent keeps resty from writing URLs to standard error.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

// resolve makes a URL of ref, which is relative to the base URL or absolute as an index named it.
// The escaped path is kept as it is, for %2F matters to feeds; dot segments, escaped ones too, are
// refused.
func (c *Client) resolve(ref string) (*url.URL, error) {
	u, err := url.Parse(ref)
	if err != nil {
		return nil, usageError("%q is not a URL", c.scrub.text(ref))
	}
	if !u.IsAbs() {
		if u.Host != "" {
			return nil, usageError("%q names a host without a scheme", ref)
		}
		if u, err = url.Parse(c.base.String() + strings.TrimPrefix(ref, "/")); err != nil {
			return nil, usageError("%q is not a path", ref)
		}
	}
	u, ok := dialable(u)
	if !ok {
		return nil, usageError("%q is not a valid domain name", u.Hostname())
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = escapeQuery(u.RawQuery)
	return u, checkSegments(u.EscapedPath())
}

// resolveLink is resolve for the links of an index, or of a registry: the names were fit to be
// asked for, so one that is not is the server's fault.
func (c *Client) resolveLink(ref string) (*url.URL, error) {
	u, err := c.resolve(ref)
	if err != nil {
		return nil, &Error{Kind: KindUnavailable, Message: "the server's index has a link that cannot be asked for: " + c.scrub.text(err.Error()), Err: err}
	}
	return c.onOurOrigin(u), nil
}

// onOurOrigin puts a link on the base URL's scheme if it names the same host: behind a proxy that
// ends TLS, indexes say http.
func (c *Client) onOurOrigin(u *url.URL) *url.URL {
	if c.home.upgradeOf(originOf(u)) && (u.Port() == "" || u.Port() == "80" || u.Port() == c.base.Port()) {
		moved := *u
		moved.Scheme, moved.Host = c.base.Scheme, c.base.Host
		return &moved
	}
	return u
}

// drain reads a little of what is left, so that the connection can be kept, and closes.
func drain(body io.ReadCloser) {
	if body == http.NoBody {
		return
	}
	_, _ = io.CopyN(io.Discard, body, drainLimit)
	_ = body.Close()
}

// drainLimit is 64 KiB: past that a new connection is cheaper than the rest.
const drainLimit = 64 << 10
