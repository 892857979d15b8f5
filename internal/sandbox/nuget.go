package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const nupkgType = "application/octet-stream"

// hasV3: the v3 API of PowerShell feeds answers 404 (PowerShell/PSResourceGet issue 1403).
func (f *feed) hasV3() bool { return f.Type == "nuget" && !f.NoV3 }

// nugetFeeds answers for NuGet feeds.
type nugetFeeds struct{ *Server }

// answer serves both NuGet APIs; a feed has one or both.
func (s nugetFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	switch {
	case len(rest) > 0 && rest[0] == "v3":
		if f.hasV3() {
			s.nugetV3(x, f, rest[1:])
			return
		}
	case !f.NoV2:
		s.nugetV2(x, f, rest)
		return
	}
	x.text(http.StatusNotFound, "Not found.")
}

// nugetV3 serves the service index and the flat container
// (learn.microsoft.com/nuget/api/package-base-address-resource).
func (s nugetFeeds) nugetV3(x *exchange, f *feed, rest []string) {
	switch {
	case len(rest) == 1 && rest[0] == "index.json":
		x.json(s.serviceIndex(x.r, f))
	case len(rest) == 3 && rest[0] == "flat2" && rest[2] == "index.json":
		s.flatVersions(x, f, rest[1])
	case len(rest) == 4 && rest[0] == "flat2":
		s.flatPackage(x, f, rest[1], rest[2], rest[3])
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// serviceIndex is the list of a v3 feed's resources. Clients have to read the addresses from it.
type serviceIndex struct {
	Version   string            `json:"version"`
	Resources []serviceResource `json:"resources"`
}

// serviceResource is one address with its kind; the protocol allows any address, with or without a
// trailing slash.
type serviceResource struct {
	ID   string `json:"@id"`
	Type string `json:"@type"`
}

func (s nugetFeeds) serviceIndex(r *http.Request, f *feed) serviceIndex {
	base := s.base(r) + "/nuget/" + url.PathEscape(f.Name) + "/v3/"
	return serviceIndex{Version: "3.0.0", Resources: []serviceResource{
		{ID: base + "search", Type: "SearchQueryService/3.0.0-beta"},
		{ID: base + "flat2/", Type: "PackageBaseAddress/3.0.0"},
	}}
}

// flatVersions writes versions as they are in addresses: in lower case and normal form, oldest
// first.
func (s nugetFeeds) flatVersions(x *exchange, f *feed, id string) {
	found := s.list(f, func(p *stored) bool { return strings.ToLower(p.Name) == id })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Package "+id+" not found.")
		return
	}
	versions := make([]string, 0, len(found))
	for _, p := range found {
		versions = append(versions, normalizeNuGet(p.Version))
	}
	slices.SortFunc(versions, compareVersions)
	x.json(map[string][]string{"versions": versions})
}

// flatPackage serves {id}/{version}/{id}.{version}.nupkg, which the protocol has in lower case and
// normal form.
func (s nugetFeeds) flatPackage(x *exchange, f *feed, id, version, file string) {
	found := s.list(f, func(p *stored) bool {
		return strings.ToLower(p.Name) == id && normalizeNuGet(p.Version) == version
	})
	if len(found) == 0 || file != id+"."+version+".nupkg" {
		x.text(http.StatusNotFound, "Package "+id+" "+version+" not found.")
		return
	}
	x.sendPackage(f, found[0], nupkgType)
}

// normalizeNuGet is a version's normal form in lower case: at least three numbers without leading
// zeros, a fourth only if it is not zero, no build metadata
// (learn.microsoft.com/nuget/concepts/package-versioning).
func normalizeNuGet(version string) string {
	version = strings.ToLower(withoutBuild(version))
	number, pre, isPre := strings.Cut(version, "-")
	parts := strings.Split(number, ".")
	for i, part := range parts {
		parts[i] = strings.TrimLeft(part, "0")
		if parts[i] == "" {
			parts[i] = "0"
		}
	}
	for len(parts) < 3 {
		parts = append(parts, "0")
	}
	if len(parts) == 4 && parts[3] == "0" {
		parts = parts[:3]
	}
	number = strings.Join(parts, ".")
	if isPre {
		return number + "-" + pre
	}
	return number
}
