package sandbox

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// The names of callers. In the sandbox, a key belongs to no person.
const (
	anonymous = "Anonymous"
	apiUser   = "api"
)

// forbidden is ProGet's answer to a key that may not do what was asked (Inedo docs,
// proget/api/packages).
const forbidden = "The specified API key does not have the proper permissions to perform this action."

// credentials are those of a request.
type credentials struct {
	keys           []string // keys by header, query, form or JSON
	user, password string
	basic          bool
}

// empty is true for a caller without credentials, who is challenged; one with wrong credentials is
// not.
func (c credentials) empty() bool { return len(c.keys) == 0 && !c.basic }

// basicOf reads Basic, the one form that every feed endpoint accepts.
func basicOf(r *http.Request) credentials {
	user, password, ok := r.BasicAuth()
	return credentials{user: user, password: password, basic: ok}
}

// keysOf reads all forms that the API endpoints document: X-ApiKey, the query's key, and Basic
// (Inedo docs, proget/api/http-requests).
func keysOf(r *http.Request) credentials {
	c := basicOf(r)
	for _, key := range []string{r.Header.Get("X-ApiKey"), r.URL.Query().Get("key")} {
		if key != "" {
			c.keys = append(c.keys, key)
		}
	}
	return c
}

// bearerOf reads the token form of npm and others, and Basic.
func bearerOf(r *http.Request) credentials {
	c := basicOf(r)
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		c.keys = append(c.keys, token)
	}
	return c
}

// rawOf reads what cargo sends: the token that was given to cargo login, without a scheme, or
// Basic.
func rawOf(r *http.Request) credentials {
	c := basicOf(r)
	if token := r.Header.Get("Authorization"); token != "" && !c.basic {
		c.keys = append(c.keys, token)
	}
	return c
}

// admit checks credentials and notes the user. Without a configured key, anonymous access is
// allowed.
func (x *exchange) admit(c credentials) bool {
	user, known := x.server.opts.identify(c)
	if known {
		x.update(func(r *Request) { r.User = user })
	}
	return known || x.server.opts.APIKey == ""
}

// identify finds the user of the first valid credential. There may be several, because some clients
// send both a key in a header and Basic.
func (o *Options) identify(c credentials) (string, bool) {
	if c.basic && c.user == apiUser {
		c.keys = append(c.keys, c.password)
	}
	for _, key := range c.keys {
		if o.APIKey != "" && same(key, o.APIKey) {
			return apiUser, true
		}
		// ProGet also accepts user:password as a key, unless it is configured not to.
		if o.User != "" && same(key, o.User+":"+o.Password) {
			return o.User, true
		}
	}
	if o.User != "" && c.basic && same(c.user, o.User) && same(c.password, o.Password) {
		return o.User, true
	}
	return "", false
}

// same compares in constant time, because the sandbox may listen on other addresses than loopback.
func same(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// admitAPI admits a caller of an API endpoint, or answers 403 as ProGet does.
func (x *exchange) admitAPI() bool {
	if x.admit(keysOf(x.r)) {
		return true
	}
	x.text(http.StatusForbidden, forbidden)
	return false
}

// challenge answers 401 and asks for Basic credentials.
func (x *exchange) challenge(realm string) {
	x.Header().Set("WWW-Authenticate", `Basic realm="`+realm+`"`)
	x.text(http.StatusUnauthorized, "Authentication is required.")
}
