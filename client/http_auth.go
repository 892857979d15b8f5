package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/internal/records"
)

// AuthMode says how an API key is sent.
type AuthMode string

// The ways in which ProGet takes an API key (Inedo docs, proget/api/apikeys and
// proget/api/http-requests).
const (
	// AuthAuto sends the X-ApiKey header to API endpoints and Basic authentication as user "api" to
	// feed endpoints.
	AuthAuto AuthMode = "auto"
	// AuthHeader sends the X-ApiKey header everywhere.
	AuthHeader AuthMode = "header"
	// AuthQuery sends the key as the query parameter "key" everywhere.
	AuthQuery AuthMode = "query"
	// AuthBasic sends Basic authentication as user "api" everywhere.
	AuthBasic AuthMode = "basic"
)

// AuthModes lists every mode, the default first.
func AuthModes() []AuthMode { return []AuthMode{AuthAuto, AuthHeader, AuthQuery, AuthBasic} }

// apiKeyHeader is spelt as Inedo's documentation spells it.
const apiKeyHeader = "X-ApiKey"

// deploymentHeaderPrefix begins the six headers that leave a deployment record.
const deploymentHeaderPrefix = records.HeaderPrefix

// authenticator attaches the credentials to requests for one origin. It is the only place that
// does, and it sees every hop of every redirect.
type authenticator struct {
	next     http.RoundTripper
	home     origin
	basePath string
	// annotates lets deployment headers pass to the home origin. Only the transport that repeats
	// nothing by itself has it.
	annotates bool
	mode      AuthMode
	key       Secret
	user      string
	password  Secret
}

var _ http.RoundTripper = (*authenticator)(nil)

// RoundTrip sends a copy of req: with credentials to the home origin, stripped of everything of
// ours to any other.
func (a *authenticator) RoundTrip(req *http.Request) (*http.Response, error) {
	out := req.WithContext(req.Context())
	home := originOf(out.URL) == a.home
	out.Header = passing(req.Header, home && a.annotates)
	if home {
		a.attach(out)
	}
	resp, err := a.next.RoundTrip(out)
	if err == nil {
		dropNoAddress(resp, req.URL)
	}
	return resp, err
}

// passing returns the headers that go out as they are: without any that only the authenticator
// sets, and without an annotation, unless it may pass.
func passing(h http.Header, annotation bool) http.Header {
	out := make(http.Header, len(h)+1)
	for name, values := range h {
		switch {
		case sameFold(name, "Authorization"), sameFold(name, "Cookie"), sameFold(name, "Referer"), sameFold(name, apiKeyHeader):
		case !annotation && len(name) >= len(deploymentHeaderPrefix) && sameFold(name[:len(deploymentHeaderPrefix)], deploymentHeaderPrefix):
		default:
			out[name] = values
		}
	}
	return out
}

// sameFold compares names in ASCII: net/http refuses all others.
func sameFold(name, other string) bool {
	return len(name) == len(other) && strings.EqualFold(name, other)
}

// tokenKey is the context's key for a bearer token.
type tokenKey struct{}

// withToken makes the authenticator send a bearer token, as registries of images hand them out,
// instead of the credentials.
func withToken(ctx context.Context, token Secret) context.Context {
	if token.IsZero() {
		return ctx
	}
	return context.WithValue(ctx, tokenKey{}, token)
}

func (a *authenticator) attach(req *http.Request) {
	if token, ok := req.Context().Value(tokenKey{}).(Secret); ok {
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
		return
	}
	if a.user != "" {
		req.SetBasicAuth(a.user, a.password.Reveal())
		return
	}
	if a.key.IsZero() {
		return
	}
	mode := a.mode
	if mode == AuthAuto {
		mode = AuthBasic
		if a.isAPI(req.URL) {
			mode = AuthHeader
		}
	}
	switch mode {
	case AuthHeader:
		req.Header[apiKeyHeader] = []string{a.key.Reveal()}
	case AuthQuery:
		u := *req.URL
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += "key=" + url.QueryEscape(a.key.Reveal())
		req.URL = &u
	default:
		req.SetBasicAuth("api", a.key.Reveal())
	}
}

// isAPI separates API endpoints from feed endpoints by the first segment below the base path.
func (a *authenticator) isAPI(u *url.URL) bool {
	rest := strings.TrimPrefix(u.Path, a.basePath)
	first, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	return strings.EqualFold(first, "api") || strings.EqualFold(first, "health")
}

// checkCredential refuses what cannot be in a header, without showing it.
func checkCredential(what, value string) error {
	for _, r := range value {
		if r < ' ' || r == 0x7f {
			return fmt.Errorf("the %s contains a control character or a line break", what)
		}
	}
	return nil
}

var errUserColon = errors.New("the user name contains a colon, which Basic authentication cannot carry")
