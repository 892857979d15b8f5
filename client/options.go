package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Defaults of a [Client].
const (
	// DefaultTimeout is the longest wait for a server to begin its answer to one attempt and, while
	// a body is read, for the next byte.
	DefaultTimeout = 100 * time.Second
	// DefaultRetries is the number of further attempts.
	DefaultRetries = 4
	// connectTimeout bounds connecting, and then all that comes before a request: a proxy's
	// answers and TLS.
	connectTimeout = 10 * time.Second
)

// Option sets up a [Client]; [New] reports what it refuses.
type Option func(*settings) error

type settings struct {
	key       Secret
	user      string
	password  Secret
	mode      AuthMode
	userAgent string
	timeout   time.Duration
	connect   time.Duration // connectTimeout, unless a test has less time
	retries   int
	parallel  int
	tls       *tls.Config
	proxy     func(*url.URL) (*url.URL, error)
	trace     io.Writer
	redactor  *Redactor
	sleep     func(context.Context, time.Duration) error
	now       func() time.Time
}

func defaultSettings() settings {
	return settings{
		mode: AuthAuto, userAgent: "progetctl/devel", timeout: DefaultTimeout, connect: connectTimeout,
		retries:  DefaultRetries,
		parallel: 8, sleep: sleep, now: time.Now, redactor: &Redactor{},
	}
}

// WithAPIKey authenticates with an API key, sent as [WithAuthMode] says, without what [TrimPasted]
// cuts.
func WithAPIKey(key Secret) Option {
	return func(s *settings) error {
		plain := TrimPasted(key.Reveal())
		s.key = NewSecret(plain)
		switch found := invisibleIn(plain); {
		case plain == "" && !key.IsZero():
			return errors.New("the API key is blank")
		case found != "":
			return fmt.Errorf("the API key contains the invisible character %s: type it, or copy it from another place", found)
		}
		return checkCredential("API key", plain)
	}
}

// WithBasicAuth authenticates with a user name and a password instead of a key. The name goes
// without what [TrimPasted] cuts. Spaces may belong to a password, byte order marks and zero-width
// characters around it do not.
func WithBasicAuth(user string, password Secret) Option {
	return func(s *settings) error {
		plain := strings.TrimFunc(password.Reveal(), isInvisible)
		s.user, s.password = TrimPasted(user), NewSecret(plain)
		switch {
		case s.user == "" && user != "":
			return errors.New("the user name is blank")
		case strings.Contains(s.user, ":"):
			return errUserColon
		}
		return errors.Join(checkCredential("user name", s.user), checkCredential("password", plain))
	}
}

// WithAuthMode says how the API key is sent; the default is [AuthAuto].
func WithAuthMode(mode AuthMode) Option {
	return func(s *settings) error {
		for _, m := range AuthModes() {
			if m == mode {
				s.mode = mode
				return nil
			}
		}
		return fmt.Errorf("unknown authentication mode %q", mode)
	}
}

// WithUserAgent sets the User-Agent header, which ProGet's download statistics show.
func WithUserAgent(userAgent string) Option {
	return func(s *settings) error {
		s.userAgent = userAgent
		return checkCredential("user agent", userAgent)
	}
}

// WithTimeout sets the longest wait for a server to begin its answer to one attempt and, while a
// body is read, for the next byte. It never bounds a whole transfer.
func WithTimeout(d time.Duration) Option {
	return func(s *settings) error {
		s.timeout = d
		return positive("timeout", d > 0, d)
	}
}

// WithRetries sets how many further attempts follow a failure that another attempt may fix.
func WithRetries(n int) Option {
	return func(s *settings) error {
		s.retries = n
		return positive("number of retries", n >= 0, n)
	}
}

// WithParallel says how many requests will be under way at the same time, so that as many idle
// connections are kept.
func WithParallel(n int) Option {
	return func(s *settings) error {
		s.parallel = n
		return positive("number of parallel requests", n > 0, n)
	}
}

// WithTLS sets the TLS configuration; it is copied.
func WithTLS(config *tls.Config) Option {
	return func(s *settings) error {
		s.tls = config.Clone()
		return nil
	}
}

// WithProxy sets which proxy a URL is asked through; nil means none. The default is the one that
// the environment names, as net/http reads it.
func WithProxy(proxy func(*url.URL) (*url.URL, error)) Option {
	if proxy == nil {
		proxy = func(*url.URL) (*url.URL, error) { return nil, nil }
	}
	return func(s *settings) error {
		s.proxy = proxy
		return nil
	}
}

// WithTrace writes the line and the headers of each request and response to w, without credentials,
// and never a body.
func WithTrace(w io.Writer) Option {
	return func(s *settings) error {
		s.trace = &messageWriter{w: w}
		return nil
	}
}

// WithRedactor makes the client's secrets known to r: its credentials, the password of its proxy,
// and the tokens that it gets from a registry.
func WithRedactor(r *Redactor) Option {
	return func(s *settings) error {
		if r != nil {
			s.redactor = r
		}
		return nil
	}
}

// WithSleep replaces the wait between attempts. It must end early, with the context's error, when
// the context ends. [NextAttempt] of the context is the attempt that follows.
func WithSleep(sleep func(context.Context, time.Duration) error) Option {
	return func(s *settings) error {
		s.sleep = sleep
		return nil
	}
}

// WithClock replaces the clock that dates in Retry-After are compared with.
func WithClock(now func() time.Time) Option {
	return func(s *settings) error {
		s.now = now
		return nil
	}
}

func positive(what string, ok bool, value any) error {
	if ok {
		return nil
	}
	return fmt.Errorf("the %s %v is out of range", what, value)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

func (s settings) proxyFor(req *http.Request) (*url.URL, error) {
	find := s.proxy
	if find == nil {
		find = func(*url.URL) (*url.URL, error) { return http.ProxyFromEnvironment(req) }
	}
	proxy, err := find(req.URL)
	if proxy != nil && proxy.User != nil {
		user := proxy.User.Username()
		password, _ := proxy.User.Password()
		s.redactor.addLogin(user, NewSecret(password))
		if password == "" {
			// The account of some proxies is one token.
			s.redactor.Add(NewSecret(user))
		}
	}
	return proxy, err
}
