package progettest

import (
	"slices"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// Option sets up a [Server].
type Option func(*setup)

// setup is what a server is made from.
type setup struct {
	options Options
	seeds   []func(*sandbox.Server) error
}

// WithFeed adds a feed with packages.
func WithFeed(feed Feed, packages ...Package) Option {
	return seed(func(s *sandbox.Server) error {
		if err := s.AddFeed(feed); err != nil {
			return err
		}
		for _, p := range packages {
			if err := s.AddPackage(feed.Name, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// WithImages adds container images to a Docker feed.
func WithImages(feed string, images ...Image) Option {
	return seed(func(s *sandbox.Server) error {
		for _, image := range images {
			if err := s.AddImage(feed, image); err != nil {
				return err
			}
		}
		return nil
	})
}

// WithVulnerabilities adds known vulnerabilities of packages.
func WithVulnerabilities(vulnerabilities ...Vulnerability) Option {
	return seed(func(s *sandbox.Server) error {
		for _, v := range vulnerabilities {
			s.AddVulnerability(v)
		}
		return nil
	})
}

// WithPromotions adds promoted packages. Their feeds need not exist.
func WithPromotions(packages ...PromotedPackage) Option {
	return seed(func(s *sandbox.Server) error {
		s.AddPromotions(slices.Values(packages))
		return nil
	})
}

// WithSamples adds the feeds, packages and promotions of `progetctl sandbox start`.
func WithSamples() Option {
	return WithOptions(func(o *Options) { o.NoSamples = false })
}

// WithOptions changes what kind of ProGet the server is. Requests are always kept.
func WithOptions(change func(*Options)) Option {
	return func(c *setup) { change(&c.options) }
}

// seed is an option that adds something to the finished server.
func seed(add func(*sandbox.Server) error) Option {
	return func(c *setup) { c.seeds = append(c.seeds, add) }
}

// build makes the server and adds what it is to have.
func (c setup) build() (*sandbox.Server, error) {
	s, err := sandbox.New(c.options)
	if err != nil {
		return nil, err
	}
	for _, add := range c.seeds {
		if err := add(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}
