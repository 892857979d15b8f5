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
	protocols := map[string]protocol{
		"nuget":     {types: []string{"nuget", "chocolatey", "powershell"}, credentials: basicOf, serve: s.nuget},
		"npm":       {types: []string{"npm"}, credentials: bearerOf, serve: s.npm},
		"pypi":      {types: []string{"pypi"}, credentials: basicOf, serve: s.pypi},
		"maven2":    {types: []string{"maven"}, credentials: keysOf, serve: s.maven},
		"upack":     {types: []string{"universal"}, credentials: keysOf, serve: s.upack},
		"endpoints": {types: []string{"asset"}, credentials: keysOf, serve: s.asset},
		"helm":      {types: []string{"helm"}, credentials: basicOf, serve: s.helm},
		"debian":    {types: []string{"debian"}, credentials: basicOf, serve: s.debian},
		"rpm":       {types: []string{"rpm"}, credentials: basicOf, serve: s.rpm},
		"rubygems":  {types: []string{"rubygems"}, credentials: basicOf, serve: s.rubygems},
		"conda":     {types: []string{"conda"}, credentials: basicOf, serve: s.conda},
		"cargo":     {types: []string{"cargo"}, credentials: rawOf, serve: s.cargo},
		"composer":  {types: []string{"composer"}, credentials: basicOf, serve: s.composer},
		"terraform": {types: []string{"terraform"}, credentials: bearerOf, serve: s.terraform},
		"vsix":      {types: []string{"vsix"}, credentials: basicOf, serve: s.vsix},
		"apk":       {types: []string{"apk"}, credentials: basicOf, serve: s.apk},
		"cran":      {types: []string{"cran"}, credentials: basicOf, serve: s.cran},
		"pub":       {types: []string{"pub"}, credentials: bearerOf, serve: s.pub},
	}
	if s.opts.ChocolateyAtFeeds {
		protocols["nuget"] = protocol{types: []string{"nuget", "powershell"}, credentials: basicOf, serve: s.nuget}
		protocols["feeds"] = protocol{types: []string{"chocolatey"}, credentials: basicOf, serve: s.nuget}
	}
	return protocols
}

// feedRoute answers for all feeds of a protocol.
func (s *Server) feedRoute(p protocol) func(*exchange, []string) {
	return func(x *exchange, segments []string) {
		if len(segments) == 0 || segments[0] == "" {
			x.text(http.StatusNotFound, "Not found.")
			return
		}
		if f := s.enter(x, p, segments[0]); f != nil {
			p.serve(x, f, segments[1:])
		}
	}
}

// enter finds a feed that speaks the protocol and checks the caller; nil means that the request is answered.
func (s *Server) enter(x *exchange, p protocol, name string) *feed {
	f := s.lookup(name)
	if f == nil || !slices.Contains(p.types, f.Type) {
		feedNotFound(x, name)
		return nil
	}
	if !s.admit(x, p.credentials(x.r)) {
		x.challenge("ProGet Feed " + f.Name)
		return nil
	}
	return f
}

// pageOrFeed serves /feeds if Chocolatey feeds have their address there: those, and the web pages of the others.
func (s *Server) pageOrFeed(x *exchange, segments []string) {
	if len(segments) > 0 {
		if f := s.lookup(segments[0]); f != nil && f.Type == "chocolatey" {
			s.feedRoute(s.protocols["feeds"])(x, segments)
			return
		}
	}
	s.page(x, segments)
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
