package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// What a ProGet 2026 reports in every answer (the version in published measurements), and what an
// older one reports.
const (
	serverVersion = "26.0.12.24"
	olderVersion  = "22.0.30.5"
)

// Server is the sandbox. It is an http.Handler, safe for concurrent use; see Serve for a listener
// of its own.
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
	feeds := feedRoutes{s}
	s.protocols = feedProtocols(s)
	s.routes = map[string]func(*exchange, []string){
		"":       pages{s}.answer,
		"feeds":  pages{s}.answer,
		"api":    s.api,
		"health": healthAPI{s}.answer,
		"v2":     registry{s}.answer,
	}
	s.routes[".well-known"], s.routes["terraform-modules"] = terraformFeeds{s}.wellKnown, terraformFeeds{s}.modulesAPI
	for prefix, p := range s.protocols {
		s.routes[prefix] = feeds.route(p)
	}
	if opts.ChocolateyAtFeeds {
		s.routes["feeds"] = feeds.orPage
	}
	if !opts.NoSamples {
		if err := (samples{s}).add(); err != nil {
			return nil, err
		}
	}
	if opts.PackagesDir != "" {
		if err := loadPackages(s, opts.PackagesDir); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Fault makes requests fail. The pattern is a prefix of the escaped path below the base path,
// matched without regard to case; * stands for any text and a $ at the end for the end of the path.
// Each matching request takes the next of the faults, in order; after the last one, requests
// succeed again. If several patterns match, the first that has a fault left for the request's
// method is used.
func (s *Server) Fault(pattern string, faults ...Fault) { s.faults.add(pattern, faults) }

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

// version is the server's version.
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

// route finds the handler by the first segment. Segments are decoded one by one, because %2F within
// one is part of a name (npm scopes) and not a separator.
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

// split decodes the segments of an escaped path; "/" gives one empty segment. Dot segments are
// refused: no client of a package server has a reason to send them.
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
		deploymentsAPI{s}.post(x, rest)
	case "promotions":
		promotionsAPI{s}.answer(x, rest)
	case "packages":
		packagesAPI{s}.answer(x, rest)
	case "sca":
		vulnerabilitiesAPI{s}.answer(x, rest)
	case "management":
		packagesAPI{s}.management(x, rest)
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// dropEmptyTail removes a trailing slash: the documents show endpoints with and without it.
func dropEmptyTail(segments []string) []string {
	if n := len(segments); n > 0 && segments[n-1] == "" {
		return segments[:n-1]
	}
	return segments
}

// prefixOf is the first segment of a feed's address, empty for a type whose protocol is not spoken
// here.
func (s *Server) prefixOf(f *feed) string {
	for prefix, p := range s.protocols {
		if slices.Contains(p.types, f.Type) {
			return prefix
		}
	}
	return ""
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

// drain reads what is left of a request's body, up to the cap, so that a client in the middle of
// sending sees the answer and not a reset.
func drain(r *http.Request) {
	// The client may be gone already, and then there is nothing to answer.
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
}

// begin notes a request that has arrived.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{ResponseWriter: w, r: r, server: s}
	x.entry = Request{Method: r.Method, Target: r.RequestURI, User: anonymous}
	if !s.opts.KeepRequests {
		return x
	}
	kept := x.entry
	kept.Header = r.Header.Clone()
	x.kept = &kept
	s.mu.Lock()
	s.requests = append(s.requests, x.kept)
	s.mu.Unlock()
	r.Body = &keptBody{ReadCloser: r.Body, mu: &s.mu, kept: x.kept}
	return x
}

// logLine writes the access log: no query string, because a key may be in it.
func (s *Server) logLine(x *exchange) {
	if s.opts.Log == nil {
		return
	}
	line := fmt.Sprintf("%s %s %q %d %s", s.opts.Now().UTC().Format("15:04:05"), x.r.Method, x.r.URL.EscapedPath(),
		x.entry.Status, x.entry.User)
	if x.entry.Note != "" {
		line += fmt.Sprintf(" (%s)", x.entry.Note)
	}
	s.logMu.Lock()
	defer s.logMu.Unlock()
	// A log that cannot be written must not stop the server.
	_, _ = io.WriteString(s.opts.Log, line+"\n")
}

// Requests returns what arrived so far, in the order of arrival. Needs Options.KeepRequests.
func (s *Server) Requests() []Request {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]Request, len(s.requests))
	for i, kept := range s.requests {
		list[i] = *kept
		list[i].Header = kept.Header.Clone()
		list[i].Body = slices.Clone(kept.Body)
	}
	return list
}
