package sandbox

import (
	"net/http"
	"slices"
)

// protocol is the API of one kind of feed. Another kind is one more file with a handler, and one more line in
// feedProtocols.
type protocol struct {
	// types of feeds that speak it.
	types []string
	// credentials reads those that it takes: feed endpoints don't take X-ApiKey unless Inedo's page on the feed says
	// so (Inedo docs, proget/api/http-requests).
	credentials func(*http.Request) credentials
	// serve answers a request below the feed's address; rest are the decoded segments there.
	serve func(x *exchange, f *feed, rest []string)
}

// feedProtocols lists the protocols by the first segment of their path.
func (s *Server) feedProtocols() map[string]protocol {
	return map[string]protocol{
		"nuget":     {types: []string{"nuget", "chocolatey", "powershell"}, credentials: basicOf, serve: s.nuget},
		"npm":       {types: []string{"npm"}, credentials: bearerOf, serve: s.npm},
		"pypi":      {types: []string{"pypi"}, credentials: basicOf, serve: s.pypi},
		"maven2":    {types: []string{"maven"}, credentials: keysOf, serve: s.maven},
		"upack":     {types: []string{"universal"}, credentials: keysOf, serve: s.upack},
		"endpoints": {types: []string{"asset"}, credentials: keysOf, serve: s.asset},
		"helm":      {types: []string{"helm"}, credentials: basicOf, serve: s.helm},
	}
}

// feedRoute answers for all feeds of a protocol: finds the feed, checks the caller, hands over.
func (s *Server) feedRoute(p protocol) func(*exchange, []string) {
	return func(x *exchange, segments []string) {
		if len(segments) == 0 || segments[0] == "" {
			x.text(http.StatusNotFound, "Not found.")
			return
		}
		f := s.lookup(segments[0])
		if f == nil || !slices.Contains(p.types, f.Type) {
			x.feedNotFound(segments[0])
			return
		}
		if !s.admit(x, p.credentials(x.r)) {
			x.challenge("ProGet Feed " + f.Name)
			return
		}
		p.serve(x, f, segments[1:])
	}
}

// prefixOf is the first segment of a feed's address, empty for a type whose protocol is not spoken here.
func (s *Server) prefixOf(f *feed) string {
	for prefix, p := range s.protocols {
		if slices.Contains(p.types, f.Type) {
			return prefix
		}
	}
	return ""
}
