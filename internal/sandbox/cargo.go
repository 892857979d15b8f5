package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// cargoConfig has the address of crates for cargo. Download has no markers here, so that cargo adds
// /{crate}/{version}/download (doc.rust-lang.org/cargo/reference/registry-index).
type cargoConfig struct {
	Download     string `json:"dl"`
	API          string `json:"api"`
	AuthRequired bool   `json:"auth-required,omitempty"`
}

// crateLine is one line of a crate's index file; the checksum is sha256 in hex.
type crateLine struct {
	Name         string              `json:"name"`
	Version      string              `json:"vers"`
	Dependencies []string            `json:"deps"`
	Checksum     string              `json:"cksum"`
	Features     map[string][]string `json:"features"`
	Yanked       bool                `json:"yanked"`
}

// cargoFeeds answers for Cargo feeds.
type cargoFeeds struct{ *Server }

// answer serves config.json, the sparse index, and api/v1/crates/{crate}/{version}/download. There
// is no git index (Inedo docs, proget/feeds/cargo).
func (s cargoFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	switch {
	case len(rest) == 1 && rest[0] == "config.json":
		base := s.base(x.r) + "/cargo/" + url.PathEscape(f.Name)
		x.json(cargoConfig{Download: base + "/api/v1/crates", API: base, AuthRequired: s.opts.APIKey != ""})
	case len(rest) == 6 && strings.Join(rest[:3], "/") == "api/v1/crates" && rest[5] == "download":
		s.crate(x, f, rest[3], rest[4])
	case len(rest) > 1:
		s.crateIndex(x, f, strings.Join(rest, "/"))
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// crate takes names as they are in the index: only the path of the index is in lower case.
func (s cargoFeeds) crate(x *exchange, f *feed, name, version string) {
	found := s.list(f, func(p *stored) bool { return p.Name == name && p.Version == version })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Crate "+name+" "+version+" not found.")
		return
	}
	x.sendPackage(f, found[0], "application/gzip")
}

// crateIndex answers the lines of the crate whose index file has this path: a document for each
// version, yanked ones among them, because lock files may still ask for those.
func (s cargoFeeds) crateIndex(x *exchange, f *feed, path string) {
	var lines strings.Builder
	encoder := json.NewEncoder(&lines)
	for _, p := range s.list(f, func(p *stored) bool { return cratePath(p.Name) == path }) {
		// A builder accepts all writes, and a crateLine always encodes.
		_ = encoder.Encode(crateLine{
			Name: p.Name, Version: p.Version, Dependencies: []string{}, Checksum: p.sha256,
			Features: map[string][]string{}, Yanked: p.Unlisted,
		})
	}
	if lines.Len() == 0 {
		x.text(http.StatusNotFound, "Crate "+path+" not found.")
		return
	}
	x.text(http.StatusOK, lines.String())
}

// cratePath spreads index files over folders by the first letters of their names, in lower case.
func cratePath(name string) string {
	name = strings.ToLower(name)
	switch {
	case len(name) < 3:
		return string('0'+rune(len(name))) + "/" + name
	case len(name) == 3:
		return "3/" + name[:1] + "/" + name
	}
	return name[:2] + "/" + name[2:4] + "/" + name
}
