package feedtype

import (
	"net/url"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// ParsePath finds what it can of the package of a path below the server's base URL: the feed, which
// is second in the paths of nearly every protocol, and the package if the path's shape is fixed.
// What it can't find is empty.
func ParsePath(path string) (feed string, pkg ecosystem.Package) {
	path, query, _ := strings.Cut(strings.Trim(path, "/"), "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		plain, err := url.PathUnescape(part)
		if err != nil {
			return "", ecosystem.Package{}
		}
		parts[i] = plain
	}
	kind := strings.ToLower(parts[0])
	if len(parts) < 3 || !slices.Contains(feedRoots(), kind) {
		return "", ecosystem.Package{}
	}
	feed, rest := parts[1], parts[2:]
	switch {
	case kind == "nuget" && len(rest) == 3 && strings.EqualFold(rest[0], "package"):
		pkg = ecosystem.Package{Type: ecosystem.NuGet, Name: rest[1], Version: rest[2]}
	case kind == "upack" && len(rest) > 1 && strings.EqualFold(rest[0], "download"):
		pkg = universalPath(rest[1:], query)
	}
	if isLatest(strings.ToLower(pkg.Version)) {
		pkg.Version = "" // the server chooses one, and the path does not say which
	}
	return feed, pkg
}

// feedRoots are the first segments of the paths in which the feed is second.
func feedRoots() []string {
	return []string{
		"apk", "cargo", "composer", "conan", "conda", "cran", "debian", "endpoints", "feeds", "helm", "maven2", "npm", "nuget", "pub",
		"pypi", "rpm", "rubygems", "symbols", "upack", "v2", "vsix",
	}
}

// universalPath reads [GROUP/]NAME/VERSION, or [GROUP/]NAME with the parameter latest in the
// version's place (Inedo docs, proget/api/universal-feed).
func universalPath(parts []string, query string) ecosystem.Package {
	version := ""
	parameters, _ := url.ParseQuery(strings.ToLower(query)) // what cannot be read is not a parameter
	if !parameters.Has("latest") {
		last := len(parts) - 1
		parts, version = parts[:last], parts[last]
	}
	if len(parts) == 0 {
		return ecosystem.Package{}
	}
	last := len(parts) - 1
	return ecosystem.Package{
		Type: ecosystem.Universal, Group: strings.Join(parts[:last], "/"), Name: parts[last], Version: version,
	}
}
