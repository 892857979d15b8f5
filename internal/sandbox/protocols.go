package sandbox

import (
	"net/http"
	"slices"
)

// protocol is the API of one kind of feed. Another kind is one more file with a handler, and one
// more line in feedProtocols.
type protocol struct {
	// types of feeds that speak it.
	types []string
	// credentials reads those that it takes: feed endpoints don't take X-ApiKey unless Inedo's page
	// on the feed says so (Inedo docs, proget/api/http-requests).
	credentials func(*http.Request) credentials
	// serve answers a request below the feed's address; rest are the decoded segments there.
	serve func(x *exchange, f *feed, rest []string)
}

// feedRoutes routes a request to a feed by its protocol.
type feedRoutes struct{ *Server }

// feedProtocols lists the protocols by the first segment of their path.
func feedProtocols(s *Server) map[string]protocol {
	protocols := map[string]protocol{
		"nuget":     {types: []string{"nuget", "chocolatey", "powershell"}, credentials: basicOf, serve: nugetFeeds{s}.answer},
		"npm":       {types: []string{"npm"}, credentials: bearerOf, serve: npmFeeds{s}.answer},
		"pypi":      {types: []string{"pypi"}, credentials: basicOf, serve: pypiFeeds{s}.answer},
		"maven2":    {types: []string{"maven"}, credentials: keysOf, serve: mavenFeeds{s}.answer},
		"upack":     {types: []string{"universal"}, credentials: keysOf, serve: upackFeeds{s}.answer},
		"endpoints": {types: []string{"asset"}, credentials: keysOf, serve: assetFeeds{s}.answer},
		"helm":      {types: []string{"helm"}, credentials: basicOf, serve: helmFeeds{s}.answer},
		"debian":    {types: []string{"debian"}, credentials: basicOf, serve: debianFeeds{s}.answer},
		"rpm":       {types: []string{"rpm"}, credentials: basicOf, serve: rpmFeeds{s}.answer},
		"rubygems":  {types: []string{"rubygems"}, credentials: basicOf, serve: gemFeeds{s}.answer},
		"conda":     {types: []string{"conda"}, credentials: basicOf, serve: condaFeeds{s}.answer},
		"cargo":     {types: []string{"cargo"}, credentials: rawOf, serve: cargoFeeds{s}.answer},
		"composer":  {types: []string{"composer"}, credentials: basicOf, serve: composerFeeds{s}.answer},
		"terraform": {types: []string{"terraform"}, credentials: bearerOf, serve: terraformFeeds{s}.answer},
		"vsix":      {types: []string{"vsix"}, credentials: basicOf, serve: vsixFeeds{s}.answer},
		"apk":       {types: []string{"apk"}, credentials: basicOf, serve: apkFeeds{s}.answer},
		"cran":      {types: []string{"cran"}, credentials: basicOf, serve: cranFeeds{s}.answer},
		"pub":       {types: []string{"pub"}, credentials: bearerOf, serve: pubFeeds{s}.answer},
	}
	if s.opts.ChocolateyAtFeeds {
		protocols["nuget"] = protocol{types: []string{"nuget", "powershell"}, credentials: basicOf, serve: nugetFeeds{s}.answer}
		protocols["feeds"] = protocol{types: []string{"chocolatey"}, credentials: basicOf, serve: nugetFeeds{s}.answer}
	}
	return protocols
}

// route answers for all feeds of a protocol.
func (s feedRoutes) route(p protocol) func(*exchange, []string) {
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

// enter finds a feed that speaks the protocol and checks the caller; nil means that the request has
// been answered.
func (s feedRoutes) enter(x *exchange, p protocol, name string) *feed {
	f := s.lookup(name)
	if f == nil || !slices.Contains(p.types, f.Type) {
		feedNotFound(x, name)
		return nil
	}
	if !x.admit(p.credentials(x.r)) {
		x.challenge("ProGet Feed " + f.Name)
		return nil
	}
	return f
}

// orPage serves /feeds if Chocolatey feeds have their address there: those, and the web pages of
// the others.
func (s feedRoutes) orPage(x *exchange, segments []string) {
	if len(segments) > 0 {
		if f := s.lookup(segments[0]); f != nil && f.Type == "chocolatey" {
			s.route(s.protocols["feeds"])(x, segments)
			return
		}
	}
	pages(s).answer(x, segments)
}
