package sandbox

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// What a ProGet 2026 says of itself in every answer, the one of published measurements, and what an older one says.
const (
	serverVersion = "26.0.12.24"
	olderVersion  = "22.0.30.5"
)

// Server is the sandbox. It is an http.Handler, safe for concurrent use; see Serve for a listener of its own.
type Server struct {
	opts      Options
	routes    map[string]func(*exchange, []string)
	protocols map[string]protocol

	mu          sync.RWMutex // guards the six fields below
	feeds       []*feed
	deployments []Deployment
	promotions  []promotionSource
	requests    []*Request
	parts       map[string]*stored // of container images, by feed and digest

	vulnerabilities []Vulnerability

	logMu  sync.Mutex // keeps log lines whole
	faults faultBook
}

// New makes a server. Contradictory options or an unreadable PackagesDir are an error.
func New(opts Options) (*Server, error) {
	if err := opts.normalize(); err != nil {
		return nil, err
	}
	s := &Server{opts: opts, parts: map[string]*stored{}}
	s.protocols = s.feedProtocols()
	s.routes = map[string]func(*exchange, []string){
		"":       s.page,
		"feeds":  s.page,
		"api":    s.api,
		"health": s.health,
		"v2":     s.registry,
	}
	s.routes[".well-known"], s.routes["terraform-modules"] = s.wellKnown, s.terraformModules
	for prefix, p := range s.protocols {
		s.routes[prefix] = s.feedRoute(p)
	}
	if opts.ChocolateyAtFeeds {
		s.routes["feeds"] = s.pageOrFeed
	}
	if !opts.NoSamples {
		if err := s.addSamples(); err != nil {
			return nil, err
		}
	}
	if opts.PackagesDir != "" {
		if err := s.loadPackages(opts.PackagesDir); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ServeHTTP answers one request: a fault if one is due, else what a ProGet would.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-ProGet-Version", s.version())
	w.Header().Set("X-ProGet-Edition", s.opts.Edition)
	x := s.begin(w, r)
	defer s.logLine(x)

	path, inside := s.below(r.URL.EscapedPath())
	fault, found := s.faults.take(r.Method, path)
	if found && fault.intercept(x) {
		return
	}
	if !inside {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	s.route(x, path)
	if found {
		fault.finish(x)
	}
}

// version is the server's own.
func (s *Server) version() string {
	if s.opts.Before2023 {
		return olderVersion
	}
	return serverVersion
}

// below cuts the base path off an escaped path. What is outside is returned whole, and false.
func (s *Server) below(path string) (string, bool) {
	base := s.opts.BasePath
	if len(path) < len(base) || !strings.EqualFold(path[:len(base)], base) {
		return path, false
	}
	rest := path[len(base):]
	return rest, rest == "" || rest[0] == '/'
}

// route finds the handler by the first segment. Segments are decoded one by one, because %2F within one is part of a
// name (npm scopes) and not a separator.
func (s *Server) route(x *exchange, path string) {
	segments, err := split(path)
	if err != nil {
		x.text(http.StatusBadRequest, "The path cannot be read.")
		return
	}
	handle, ok := s.routes[strings.ToLower(segments[0])]
	if !ok {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	handle(x, segments[1:])
}

// split decodes the segments of an escaped path; "/" gives one empty segment. Dot segments are refused: no client of
// a package server has a reason to send them.
func split(path string) ([]string, error) {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, raw := range segments {
		text, err := url.PathUnescape(raw)
		if err != nil {
			return nil, err
		}
		if text == "." || text == ".." {
			return nil, url.EscapeError(raw)
		}
		segments[i] = text
	}
	return segments, nil
}

// api serves what is below /api; names there are matched without regard to case.
func (s *Server) api(x *exchange, segments []string) {
	rest := dropEmptyTail(segments)
	name := ""
	if len(rest) > 0 {
		name, rest = strings.ToLower(rest[0]), rest[1:]
	}
	if s.opts.Before2023 && (name == "packages" || name == "sca") {
		name = ""
	}
	switch name {
	case "package-deployment":
		s.postDeployment(x, rest)
	case "promotions":
		s.promotionsAPI(x, rest)
	case "packages":
		s.packagesAPI(x, rest)
	case "sca":
		s.scaAPI(x, rest)
	case "management":
		s.managementAPI(x, rest)
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// dropEmptyTail forgets a trailing slash: the documents print endpoints with and without it.
func dropEmptyTail(segments []string) []string {
	if n := len(segments); n > 0 && segments[n-1] == "" {
		return segments[:n-1]
	}
	return segments
}

// base is the address that indexes publish, with the base path and without a trailing slash.
func (s *Server) base(r *http.Request) string {
	if s.opts.PublicURL != "" {
		return s.opts.PublicURL + s.opts.BasePath
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + s.opts.BasePath
}

// drain reads what is left of a request's body, up to the cap, so that a client in the middle of sending sees the
// answer and not a reset.
func drain(r *http.Request) {
	// The client may be gone already, and then there is nothing to answer.
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
}
