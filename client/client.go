package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
)

// Client talks to one ProGet server. It is safe for concurrent use; make it
// with [New].
type Client struct {
	Deployments *DeploymentsService
	Promotions  *PromotionsService
	Feeds       *FeedsService
	Packages    *PackagesService
	Downloads   *DownloadsService

	Vulnerabilities *VulnerabilitiesService

	base    *url.URL // host in ASCII; path ends in a slash
	home    origin
	name    string // see nameOf
	scrub   scrubber
	timeout time.Duration
	retries int
	sleep   func(context.Context, time.Duration) error
	now     func() time.Time
	keeping *keeping
	pooled  *resty.Client // keeps connections
	oneShot *resty.Client // a new connection for each request: see oneShotTransport
	edition *atomic.Pointer[string]
}

// service is the shared back-reference of the services of a [Client].
type service struct{ c *Client }

// New makes a client for the server at baseURL, an absolute http or https URL
// whose path, if any, is kept (https://host/proget). User information, a
// query or a fragment in it is refused.
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
		timeout: s.timeout, retries: s.retries, sleep: s.sleep, now: s.now,
	}
	c.scrub = scrubber{c.home, s.redactor}
	s.redactor.addLogin("api", s.key)
	s.redactor.addLogin(s.user, s.password)
	c.keeping = &keeping{}
	c.pooled = c.newResty(s, transportFor(c.home, s, c.keeping, pooledTransport), false)
	c.oneShot = c.newResty(s, transportFor(c.home, s, c.keeping, oneShotTransport), true)
	c.Deployments = &DeploymentsService{c}
	c.Promotions = &PromotionsService{c}
	c.Feeds = &FeedsService{c}
	c.Packages = &PackagesService{c}
	c.Downloads = &DownloadsService{c}
	c.Vulnerabilities = &VulnerabilitiesService{c}
	return c, nil
}

// BaseURL returns the server's URL as records and messages name it: scheme and
// host in lower case, no default port, no slash at the end.
func (c *Client) BaseURL() string { return c.name }

// newResty makes the resty client that builds and sends requests on our own
// transport. Its retries, redirects, logger and time limit stay off: each of
// these is decided here, in one place (see exchange).
// annotates lets deployment headers pass.
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

func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(TrimPasted(raw))
	// The parser's own error repeats the text, which may hold a password.
	if err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, usageError("the server's address is not an absolute http or https URL such as https://proget.corp.local")
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return nil, usageError("the server's address has the port %q, which is above 65535", port)
		}
	}
	if u.User != nil {
		return nil, usageError("the server's address holds a user name or password: give credentials on their own")
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, usageError("the server's address holds a query or a fragment")
	}
	if found := invisibleIn(u.Path); found != "" {
		return nil, usageError("the path in the server's address holds the invisible character %s: type the address again", found)
	}
	if err := checkSegments(u.EscapedPath()); err != nil {
		return nil, err
	}
	u.RawPath = oneSlash(u.EscapedPath())
	u.Path, err = url.PathUnescape(u.RawPath)
	return u, err
}

// oneSlash writes each run of slashes as one, and one at the end: IIS takes
// https://host/proget//api for another path than https://host/proget/api.
func oneSlash(path string) string {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return "/"
	}
	return "/" + strings.Join(parts, "/") + "/"
}

// resolve makes a URL of ref, which is relative to the base URL or absolute as
// an index named it. The escaped path is kept as it is, for %2F matters to
// feeds; dot segments, escaped ones too, are refused.
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

// escapeQuery escapes what a query string may not hold, as net/url does for a
// path: a blank would end the URL in the request line.
func escapeQuery(raw string) string {
	var b strings.Builder
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func checkSegments(escaped string) error {
	for segment := range strings.SplitSeq(escaped, "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return usageError("the path segment %q is not properly escaped", segment)
		}
		for part := range strings.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
			if part == "." || part == ".." {
				return usageError("the path %q holds a dot segment", escaped)
			}
		}
		if strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return usageError("the path %q holds a control character", escaped)
		}
	}
	return nil
}

// drain reads a little of what is left, so that the connection can be kept,
// and closes.
func drain(body io.ReadCloser) {
	if body == http.NoBody {
		return
	}
	_, _ = io.CopyN(io.Discard, body, drainLimit)
	_ = body.Close()
}

// drainLimit is 64 KiB: past that a new connection is cheaper than the rest.
const drainLimit = 64 << 10
