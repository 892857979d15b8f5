package sandbox

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
)

// Dialect is the spelling that the promotions endpoint reads in the query and uses in its
// answers. ProGet's own documents changed it between 2021 and 2023.
type Dialect int

const (
	// DialectCurrent is group and package; dates come without a zone and mean UTC.
	DialectCurrent Dialect = iota
	// DialectOld is groupName and packageName; dates end in Z.
	DialectOld
)

// Options configures a Server. The zero value is a fresh ProGet with sample data on which anonymous
// callers may do everything.
type Options struct {
	// APIKey is the only valid key. Empty: no credentials are needed and wrong ones are ignored, as
	// on a fresh installation, where Anonymous is an administrator.
	APIKey string
	// User and Password are a further account for Basic authentication, besides "api" with the key
	// as password.
	User, Password string
	// BasePath is the path of the whole server, such as "/proget"; everything outside is a 404.
	BasePath string
	// PublicURL is what indexes publish as the server's address, without a trailing slash. Empty:
	// scheme and host of the request. A server behind a misconfigured proxy publishes http:// or
	// another host here.
	PublicURL string
	// PackagesDir is a folder with more packages: DIR/x.nupkg goes to DefaultNuGet,
	// DIR/FEED/x.nupkg to that feed, which is created if it does not exist.
	PackagesDir string
	// NoSamples leaves out the sample feeds, packages and promotions.
	NoSamples bool

	// Dialect of the promotions endpoint.
	Dialect Dialect
	// PascalCase makes the promotions endpoint answer FromFeed instead of fromFeed, and so on.
	PascalCase bool
	// GroupBug hides packages with a group from promotion queries that name a group: Inedo's page
	// on that query has a hidden note which says that the server may not recognise such packages.
	GroupBug bool
	// IgnoreFilters makes the promotions endpoint ignore query filters.
	IgnoreFilters bool
	// OldHealth is the health endpoint of 2025 and before: JSON at /health, nothing at
	// /health/json.
	OldHealth bool

	// Before2023 makes a server of before 2023, which has no /api/packages, no vulnerabilities, and
	// the old health endpoint.
	Before2023 bool
	// FeedKey treats every caller as one with a feed key, which may use feeds but not ask for
	// vulnerabilities (Inedo docs, proget/api/vulnerabilities/audit).
	FeedKey bool

	// Edition is what every answer says of the server's licence: free, basic or enterprise, which
	// is the default. A free one has no promotions (Inedo docs, proget/packages/package-promotion)
	// and no vulnerabilities (proget/administration/license).
	Edition string

	// SimpleJSON makes PyPI feeds answer their index pages as JSON to clients that ask for it;
	// whether ProGet does is not documented.
	SimpleJSON bool

	// RegistryTokens makes the registry of Docker feeds take its own bearer tokens only, not Basic
	// credentials as well.
	RegistryTokens bool

	// InRelease makes Debian feeds answer InRelease too, with a signature that no key verifies. If
	// off, there is only Release.
	InRelease bool
	// ChocolateyAtFeeds moves Chocolatey feeds from /nuget/{feed} to /feeds/{feed}, the address
	// that Inedo's page on them prints now. Elsewhere /feeds is the web pages, and older documents
	// have /nuget.
	ChocolateyAtFeeds bool

	// KeepRequests stores requests for Requests. Off by default, for long runs and benchmarks.
	KeepRequests bool
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// Log receives one line for each request, without query strings or credentials. May be nil.
	Log io.Writer
}

// normalize sets the defaults and rejects what would make every request fail later.
func (o *Options) normalize() error {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Edition = cmp.Or(o.Edition, "enterprise")
	o.OldHealth = o.OldHealth || o.Before2023
	o.BasePath = strings.TrimRight(o.BasePath, "/")
	if o.BasePath != "" && !strings.HasPrefix(o.BasePath, "/") {
		return fmt.Errorf("base path %q does not begin with a slash", o.BasePath)
	}
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	if o.User == "" && o.Password != "" {
		return fmt.Errorf("a password without a user")
	}
	return nil
}
