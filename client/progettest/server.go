package progettest

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// Server is a running fake ProGet. It keeps everything in memory and is safe for concurrent use.
type Server struct {
	// URL is the server's address, without a slash at the end.
	URL string
	// APIKey is the only valid key; empty if [WithOptions] removed it.
	APIKey string

	fake *sandbox.Server
	stop func()
}

// New starts a server that is closed when the test ends. An option that cannot be applied, such as
// a package for a feed that doesn't exist, fails the test.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	s, err := Start(options...)
	if err != nil {
		t.Fatalf("progettest: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start is [New] for programs, examples and TestMain: the caller closes the server.
func Start(options ...Option) (*Server, error) {
	c := setup{options: Options{APIKey: "progettest-key", NoSamples: true}}
	for _, option := range options {
		option(&c)
	}
	c.options.KeepRequests = true
	fake, err := c.build()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// A listener that fails shows in the requests of the test.
		_ = fake.Serve(ctx, listener)
	}()
	return &Server{
		URL:    "http://" + listener.Addr().String() + strings.TrimRight(c.options.BasePath, "/"),
		APIKey: c.options.APIKey,
		fake:   fake,
		stop:   func() { cancel(); <-ended },
	}, nil
}

// Close stops the server. Requests that wait on a fault end; others may take 0.7 seconds to finish.
func (s *Server) Close() { s.stop() }

// Deployments returns what was recorded so far, in order.
func (s *Server) Deployments() []Deployment { return s.fake.Deployments() }

// Promotions returns every promoted package of the server: samples and what was added.
func (s *Server) Promotions() []PromotedPackage {
	var all []PromotedPackage
	for p := range s.fake.Promoted() {
		p.Promotions = slices.Clone(p.Promotions)
		all = append(all, p)
	}
	return all
}

// AddPromotions adds promoted packages, as [WithPromotions] does, to a running server.
func (s *Server) AddPromotions(packages ...PromotedPackage) {
	s.fake.AddPromotions(slices.Values(packages))
}

// Requests returns what arrived so far, in order.
func (s *Server) Requests() []Request { return s.fake.Requests() }

// Fault makes requests fail. The pattern is a prefix of the escaped path below the base path, such
// as /api/package-deployment, matched without regard to case; * stands for any text and a $ at the
// end for the end of the path. Each matching request takes the next of the faults; after the last
// one, requests succeed again.
func (s *Server) Fault(pattern string, faults ...Fault) { s.fake.Fault(pattern, faults...) }
