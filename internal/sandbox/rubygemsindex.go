package sandbox

import (
	"crypto/md5" // the compact index names its documents by MD5
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// The older indexes of a gem server: arrays of [name, version, platform] in Ruby's Marshal format,
// and a description of each gem (guides.rubygems.org/rubygems-org-api, github.com/rubygems/rubygems
// lib/rubygems/indexer.rb).

// gemSpecs answers specs.4.8.gz (all released gems), latest_specs.4.8.gz (the newest of each name
// and platform) and prerelease_specs.4.8.gz.
func (s gemFeeds) gemSpecs(x *exchange, f *feed, which string) {
	var specs []any
	for _, p := range s.list(f, func(*stored) bool { return true }) {
		if gemPrerelease(p.Version) == (which == "prerelease_specs") && (which != "latest_specs" || s.isLatestGem(f, p)) {
			specs = append(specs, []any{p.Name, gemVersion(p.Version), gemPlatform(p)})
		}
	}
	x.send(http.StatusOK, "application/octet-stream", archive.Gzip(archive.Marshal(specs)))
}

// isLatestGem compares the released versions of a gem for one platform.
func (s gemFeeds) isLatestGem(f *feed, p *stored) bool {
	for _, other := range s.list(f, func(other *stored) bool { return other.Name == p.Name }) {
		if gemPlatform(other) == gemPlatform(p) && !gemPrerelease(other.Version) && compareVersions(other.Version, p.Version) > 0 {
			return false
		}
	}
	return true
}

// gemPrerelease: a version with a letter in it is a pre-release (Gem::Version).
func gemPrerelease(version string) bool {
	return strings.ContainsFunc(version, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
}

// gemPlatform is ruby for a gem that runs on any.
func gemPlatform(p *stored) string {
	if platform := p.qualifier("platform"); platform != "" {
		return platform
	}
	return "ruby"
}

func gemVersion(version string) archive.Object {
	return archive.Object{Class: "Gem::Version", Value: []any{version}}
}

// gemDescription answers quick/Marshal.4.8/{full name}.gemspec.rz, the gem's specification,
// compressed with zlib. Its fields are in the order of Gem::Specification's _dump.
func (s gemFeeds) gemDescription(x *exchange, f *feed, file string) {
	found := s.list(f, func(p *stored) bool { return strings.TrimSuffix(p.FileName, ".gem")+".gemspec.rz" == file })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "File "+file+" not found.")
		return
	}
	p := found[0]
	anyVersion := archive.Object{Class: "Gem::Requirement", Value: []any{[]any{[]any{">=", gemVersion("0")}}}}
	fields := []any{
		"3.0.0", 4, p.Name, gemVersion(p.Version), p.Published.Format("2006-01-02"), "A sample package.",
		anyVersion, anyVersion, gemPlatform(p), []any{}, "", nil, []any{"Acme"}, "A sample package.", nil, true,
		gemPlatform(p), []any{}, map[string]string{},
	}
	specification := archive.Dumped{Class: "Gem::Specification", Bytes: archive.Marshal(fields)}
	x.send(http.StatusOK, "application/octet-stream", archive.Zlib(archive.Marshal(specification)))
}

// gemVersions answers the compact index's list of all gems: a line for each with its versions and
// the MD5 of its info document, by which clients see whether theirs is outdated
// (guides.rubygems.org/rubygems-org-compact-index-api).
func (s gemFeeds) gemVersions(f *feed) string {
	versions := map[string][]string{}
	for _, p := range s.list(f, func(*stored) bool { return true }) {
		versions[p.Name] = append(versions[p.Name], gemNumber(p))
	}
	var list strings.Builder
	fmt.Fprintf(&list, "created_at: %s\n---\n", s.opts.Now().UTC().Format("2006-01-02T15:04:05Z"))
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		fmt.Fprintf(&list, "%s %s %x\n", name, strings.Join(versions[name], ","), md5.Sum([]byte(s.gemInfoOf(f, name))))
	}
	return list.String()
}

// gemNumber is version[-platform]. The platform ruby means any, and is neither here nor in the
// file's name.
func gemNumber(p *stored) string {
	if platform := gemPlatform(p); platform != "ruby" {
		return p.Version + "-" + platform
	}
	return p.Version
}
