package feedtype

import (
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// ParsePath tells what it can of the package behind a path below the server's base URL: the feed, which stands second in
// the paths of nearly every protocol, and the package where the path's shape is fixed. What it cannot tell is empty.
func ParsePath(path string) (feed string, pkg ecosystem.Package) {
	path, _, _ = strings.Cut(strings.Trim(path, "/"), "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		plain, err := url.PathUnescape(part)
		if err != nil {
			return "", ecosystem.Package{}
		}
		parts[i] = plain
	}
	if len(parts) < 3 {
		return "", ecosystem.Package{}
	}
	kind, feed, rest := strings.ToLower(parts[0]), parts[1], parts[2:]
	switch {
	case kind == "nuget" && len(rest) == 3 && strings.EqualFold(rest[0], "package"):
		pkg = ecosystem.Package{Type: ecosystem.NuGet, Name: rest[1], Version: rest[2]}
	case kind == "upack" && len(rest) >= 3 && strings.EqualFold(rest[0], "download"):
		last := len(rest) - 1
		pkg = ecosystem.Package{
			Type: ecosystem.Universal, Group: strings.Join(rest[1:last-1], "/"), Name: rest[last-1], Version: rest[last],
		}
	}
	return feed, pkg
}
