package sandbox

import (
	"crypto/md5"  // published beside better hashes, as ProGet does
	"crypto/sha1" // likewise
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Feed describes a feed to be made by AddFeed.
type Feed struct {
	Name string
	// Type as ProGet writes it: nuget, chocolatey, powershell, npm, universal, …
	Type string
	// NoV2 and NoV3 switch off one of the two APIs of a NuGet feed. Chocolatey and PowerShell feeds
	// have no v3 anyway.
	NoV2, NoV3 bool
	// Zstd makes an RPM feed compress its index with zstd, as repositories of recent Fedoras do,
	// and not with gzip.
	Zstd bool
	// NoRecords switches deployment records off for this feed.
	NoRecords bool
}

// Package is one version of one package with its content.
type Package struct {
	// Group is the scope, namespace or group path, with npm's @; empty if there is none.
	Group string
	Name  string
	// Version as the package states it, not normalized.
	Version string
	// FileName is the name of the file that the feed serves.
	FileName string
	Content  []byte
	// Qualifier distinguishes several files of one version, as in a package URL: key=value pairs
	// joined by &.
	Qualifier string
	// Unlisted marks a version that its publisher withdrew: it can be fetched, but clients don't
	// choose it as the latest. Cargo says yanked, pub says retracted.
	Unlisted bool
	// Published is when it was uploaded; zero means now.
	Published time.Time
}

// feed holds its packages in the order of arrival. The server's mutex guards it.
type feed struct {
	Feed
	id       int
	packages []*stored
}

// stored is a package with its digests in lower-case hex; it never changes after it was added.
type stored struct {
	Package
	md5, sha1, sha256, sha512 string
}

// packageType maps feed types to package types (those of package URLs) if the two differ.
func packageType(feedType string) string {
	switch feedType {
	case "universal":
		return "upack"
	case "rubygems":
		return "gem"
	case "debian":
		return "deb"
	}
	return feedType
}

// AddFeed makes a feed. A feed of that name, in whatever case, is an error.
func (s *Server) AddFeed(f Feed) error {
	if f.Name == "" || f.Type == "" {
		return fmt.Errorf("feed %q has no name or no type", f.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.findFeed(f.Name) != nil {
		return fmt.Errorf("feed %q exists already", f.Name)
	}
	s.feeds = append(s.feeds, &feed{Feed: f, id: len(s.feeds) + 1})
	return nil
}

// AddPackage adds a package to a feed. One with the same identity is replaced.
func (s *Server) AddPackage(feedName string, p Package) error {
	if p.Published.IsZero() {
		p.Published = s.opts.Now()
	}
	p.Published = p.Published.UTC().Truncate(time.Second)
	kept := digest(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.findFeed(feedName)
	if f == nil {
		return fmt.Errorf("feed %q not found", feedName)
	}
	f.packages = slices.DeleteFunc(f.packages, func(other *stored) bool { return other.sameAs(p) })
	f.packages = append(f.packages, kept)
	return nil
}

// digest computes what indexes publish.
func digest(p Package) *stored {
	return &stored{
		Package: p,
		md5:     fmt.Sprintf("%x", md5.Sum(p.Content)),
		sha1:    fmt.Sprintf("%x", sha1.Sum(p.Content)),
		sha256:  fmt.Sprintf("%x", sha256.Sum256(p.Content)),
		sha512:  fmt.Sprintf("%x", sha512.Sum512(p.Content)),
	}
}

// sameAs ignores case, because two packages of a feed never differ only in case. Qualifiers are
// exact.
func (p *stored) sameAs(other Package) bool {
	return strings.EqualFold(p.Group, other.Group) && strings.EqualFold(p.Name, other.Name) &&
		strings.EqualFold(p.Version, other.Version) && p.Qualifier == other.Qualifier
}

// qualifier is the value of one of the package's qualifiers, empty if it has none of that name.
func (p Package) qualifier(name string) string {
	// A qualifier that can't be read has no value; the samples have none.
	values, _ := url.ParseQuery(p.Qualifier)
	return values.Get(name)
}

// findFeed looks a feed up without regard to case. The caller holds the mutex.
func (s *Server) findFeed(name string) *feed {
	for _, f := range s.feeds {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// lookup is findFeed for callers without the mutex.
func (s *Server) lookup(name string) *feed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.findFeed(name)
}

// list returns a feed's packages that a condition holds for.
func (s *Server) list(f *feed, keep func(*stored) bool) []*stored {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []*stored
	for _, p := range f.packages {
		if keep(p) {
			found = append(found, p)
		}
	}
	return found
}

// allFeeds returns all feeds, in the order of making.
func (s *Server) allFeeds() []*feed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.feeds)
}

// Deployments returns what was recorded so far, in order.
func (s *Server) Deployments() []Deployment {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.deployments)
}

// record stores a deployment, unless the feed doesn't store deployment records.
func (s *Server) record(x *exchange, f *feed, d Deployment) {
	if f.NoRecords {
		x.note("feed %s stores no deployment records", f.Name)
		return
	}
	d.FeedName = f.Name
	d.User = x.entry.User
	d.ReceivedAt = s.opts.Now().UTC()
	if d.UserName == "" {
		d.UserName = d.User
	}
	if d.Date.IsZero() {
		d.Date = d.ReceivedAt
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deployments = append(s.deployments, d)
}

// AddImage adds an image to a Docker feed.
func (s *Server) AddImage(feedName string, image Image) error {
	return registry{s}.add(feedName, image)
}

// AddPromotions adds promoted packages. The sequence is iterated for each query, also concurrently,
// and not stored, so it may have any length. For a list use slices.Values.
func (s *Server) AddPromotions(packages iter.Seq[PromotedPackage]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.promotions = append(s.promotions, packages)
}

// Promoted yields everything that AddPromotions added; nothing if the edition has no promotions.
func (s *Server) Promoted() iter.Seq[PromotedPackage] {
	if s.opts.Edition == "free" {
		return func(func(PromotedPackage) bool) {}
	}
	s.mu.RLock()
	sources := slices.Clone(s.promotions)
	s.mu.RUnlock()
	return func(yield func(PromotedPackage) bool) {
		for _, source := range sources {
			for p := range source {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// AddVulnerability adds a vulnerability.
func (s *Server) AddVulnerability(v Vulnerability) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vulnerabilities = append(s.vulnerabilities, v)
}

// feedNotFound is ProGet's text for a feed that does not exist.
func feedNotFound(x *exchange, name string) {
	x.text(404, "Feed "+name+" not found.")
}

// sameGroup compares groups as people write them: npm scopes with or without @.
func sameGroup(a, b string) bool {
	return strings.EqualFold(strings.TrimPrefix(a, "@"), strings.TrimPrefix(b, "@"))
}
