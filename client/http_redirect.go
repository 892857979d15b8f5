package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// maxHops bounds a chain of redirects, as net/http does.
const maxHops = 10

// follower says what to send after a redirect; ok is false if the redirect is not followed.
type follower func(x exchange, target *url.URL) (next request, ok bool)

// send sends r once and follows redirects as follow allows. The hops of a followed chain count as
// one attempt. A chain that returns to an address a second time ends there: an annotation must not
// be sent in circles.
func (e *exchanger) send(ctx context.Context, r request, follow follower) exchange {
	repeats := 0
	var asked map[string]int // how often, by address; set once there is a redirect
	for hops := 0; ; hops++ {
		x := e.do(ctx, r)
		repeats += x.sends - 1
		x.sends = 1 + repeats
		next, ok := nextHop(x, follow)
		if !ok || hops == maxHops {
			return x
		}
		if asked == nil {
			asked = map[string]int{}
		}
		asked[r.url.String()]++
		if asked[next.url.String()] > 1 {
			return x
		}
		drain(x.resp.Body)
		r = next
	}
}

func nextHop(x exchange, follow follower) (request, bool) {
	if x.phase != phaseAnswered || !isRedirection(x.resp.StatusCode) {
		return request{}, false
	}
	target, err := x.target()
	if err != nil || target.User != nil {
		return request{}, false
	}
	return follow(x, target)
}

// target is where a redirect points. It is resolved against the URL that we asked for, which unlike
// the one on the wire never holds a key.
func (x *exchange) target() (*url.URL, error) {
	location := x.resp.Header.Get("Location")
	if location == "" {
		return nil, errors.New("a redirect without a Location")
	}
	u, err := x.request.url.Parse(location)
	if err != nil {
		return nil, err
	}
	if u.Hostname() == "" { // net/http would ask this machine
		return nil, errors.New("a redirect to no host")
	}
	u, ok := dialable(u)
	if !ok {
		return nil, errors.New("a redirect to a host that has no name in ASCII")
	}
	u.RawQuery = escapeQuery(u.RawQuery)
	return u, nil
}

// dropNoAddress removes a redirect's Location that is not an address: net/http would turn the
// answer into an error, which repeats it with its query string.
func dropNoAddress(resp *http.Response, asked *url.URL) {
	if !isRedirect(resp.StatusCode) {
		return
	}
	if _, err := asked.Parse(resp.Header.Get("Location")); err != nil {
		resp.Header.Del("Location")
	}
}

// followSame follows what keeps the method, on the same origin: all that a request with a body may
// follow.
func followSame(x exchange, target *url.URL) (request, bool) {
	return x.request.to(target), keepsMethod(x.resp.StatusCode) && sameOrigin(x.request.url, target)
}

// keepsMethod recognizes the redirects that send the same request elsewhere; the others make a GET
// of it.
func keepsMethod(status int) bool {
	return status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
}

// followReading follows any redirect of a GET on the same origin.
func followReading(x exchange, target *url.URL) (request, bool) {
	return x.request.to(target), isRedirect(x.resp.StatusCode) && sameOrigin(x.request.url, target)
}

// isRedirect recognizes the statuses that send a GET elsewhere; 300, 304, 305 and 306 don't.
func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func (r request) to(target *url.URL) request {
	r.url = target
	return r
}
