package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// packument is the document that npm asks for: all versions of a package and its tags
// (github.com/npm/registry, docs/responses/package-metadata).
type packument struct {
	Name     string                `json:"name"`
	Tags     map[string]string     `json:"dist-tags"`
	Versions map[string]npmVersion `json:"versions"`
}

type npmVersion struct {
	Name    string  `json:"name"`
	Version string  `json:"version"`
	Dist    npmDist `json:"dist"`
}

// npmDist is what a client fetches and checks: sha1 in hex, and an SRI string with sha512 in
// base64.
type npmDist struct {
	Tarball   string `json:"tarball"`
	Shasum    string `json:"shasum"`
	Integrity string `json:"integrity"`
}

// npmFeeds answers for npm feeds.
type npmFeeds struct{ *Server }

// answer serves {package} and {package}/-/{file}; a scope comes as @scope/name or, from npm itself,
// as @scope%2fname.
func (s npmFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	parts := strings.Split(strings.Join(dropEmptyTail(rest), "/"), "/")
	group := ""
	if len(parts) > 1 && strings.HasPrefix(parts[0], "@") {
		group, parts = parts[0], parts[1:]
	}
	found := s.list(f, func(p *stored) bool { return p.Group == group && p.Name == parts[0] })
	switch {
	case len(parts) == 1 && len(found) > 0:
		x.json(s.packument(x.r, f, found))
		return
	case len(parts) == 3 && parts[1] == "-":
		for _, p := range found {
			if p.FileName == parts[2] {
				x.sendPackage(f, p, "application/octet-stream")
				return
			}
		}
	}
	x.text(http.StatusNotFound, "Package "+fullName(group, parts[0])+" not found.")
}

// packument tags the newest stable version as latest and a newer pre-release as next, as publishers
// do by hand.
func (s npmFeeds) packument(r *http.Request, f *feed, packages []*stored) packument {
	name := fullName(packages[0].Group, packages[0].Name)
	document := packument{Name: name, Tags: map[string]string{}, Versions: map[string]npmVersion{}}
	base := s.base(r) + "/npm/" + url.PathEscape(f.Name) + "/" + name + "/-/"
	for _, p := range packages {
		document.Versions[p.Version] = npmVersion{Name: name, Version: p.Version, Dist: npmDist{
			Tarball:   base + url.PathEscape(p.FileName),
			Shasum:    p.sha1,
			Integrity: "sha512-" + base64SHA512(p),
		}}
	}
	if p := newest(packages, true); p != nil {
		document.Tags["latest"] = p.Version
	}
	if p := newest(packages, false); prerelease(p.Version) {
		document.Tags["next"] = p.Version
	}
	return document
}
