package sandbox

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// composerVersion is one version with the properties that composer reads; a map, because the
// minified form has only what changes from one version to the next
// (github.com/composer/metadata-minifier).
type composerVersion map[string]any

// composerFeeds answers for Composer feeds.
type composerFeeds struct{ *Server }

// answer serves packages.json, p2/{vendor}/{name}.json, p2/{vendor}/{name}~dev.json, and the
// archives (getcomposer.org/doc/05-repositories.md).
func (s composerFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	switch {
	case len(rest) == 1 && rest[0] == "packages.json":
		x.json(map[string]any{
			"packages":     []string{},
			"metadata-url": s.opts.BasePath + "/composer/" + url.PathEscape(f.Name) + "/p2/%package%.json",
		})
	case len(rest) == 3 && rest[0] == "p2" && strings.HasSuffix(rest[2], ".json"):
		s.composerPackage(x, f, rest[1], strings.TrimSuffix(rest[2], ".json"))
	case len(rest) == 2 && rest[0] == "dist":
		x.sendNamed(f, rest[1], "application/zip")
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// composerPackage answers the released versions, or the branches if the name ends in ~dev; newest
// first, minified.
func (s composerFeeds) composerPackage(x *exchange, f *feed, vendor, name string) {
	bare, branches := strings.CutSuffix(name, "~dev")
	found := s.list(f, func(p *stored) bool { return p.Group == vendor && p.Name == bare })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Package "+vendor+"/"+bare+" not found.")
		return
	}
	// A package that has releases only still has a document of branches, an empty one.
	found = slices.DeleteFunc(found, func(p *stored) bool { return isBranch(p.Version) != branches })
	slices.SortStableFunc(found, func(a, b *stored) int { return compareVersions(bareVersion(b), bareVersion(a)) })
	versions := []composerVersion{}
	for _, p := range found {
		versions = append(versions, s.composerVersion(x.r, f, p))
	}
	x.json(map[string]any{
		"minified": "composer/2.0",
		"packages": map[string][]composerVersion{vendor + "/" + bare: minify(versions)},
	})
}

// isBranch recognizes both spellings: dev-main for names, 1.x-dev for numbers.
func isBranch(version string) bool {
	return strings.HasPrefix(version, "dev-") || strings.HasSuffix(version, "-dev")
}

// bareVersion removes the v of tags, which does not count in the order.
func bareVersion(p *stored) string { return strings.TrimPrefix(p.Version, "v") }

// composerVersion gives pre-releases no time, so that the minified form has a property to remove.
func (s composerFeeds) composerVersion(r *http.Request, f *feed, p *stored) composerVersion {
	address := s.base(r) + "/composer/" + url.PathEscape(f.Name) + "/dist/" + url.PathEscape(p.FileName)
	version := composerVersion{
		"name": p.Group + "/" + p.Name, "version": p.Version, "version_normalized": normalizeComposer(p.Version),
		"type": "library",
		"dist": map[string]string{"type": "zip", "url": address, "reference": p.sha1, "shasum": p.sha1},
	}
	if !prerelease(p.Version) {
		version["time"] = p.Published.Format("2006-01-02T15:04:05Z")
	}
	return version
}

// normalizeComposer gives a release the four numbers and the words that composer compares by:
// v1.2.0-rc.1 is 1.2.0.0-RC1. Branches stay as they are (github.com/composer/semver).
func normalizeComposer(version string) string {
	if isBranch(version) {
		return version
	}
	number, pre, isPre := strings.Cut(strings.TrimPrefix(version, "v"), "-")
	for strings.Count(number, ".") < 3 {
		number += ".0"
	}
	if !isPre {
		return number
	}
	pre = strings.ReplaceAll(strings.ReplaceAll(pre, ".", ""), "rc", "RC")
	return number + "-" + pre
}

// minify leaves out of each version what is as in the one before, and marks with __unset what the
// one before has and this one has not.
func minify(versions []composerVersion) []composerVersion {
	small, before := []composerVersion{}, composerVersion{}
	for _, version := range versions {
		changed := composerVersion{}
		for name, value := range version {
			if !reflect.DeepEqual(before[name], value) {
				changed[name] = value
			}
		}
		for name := range before {
			if _, still := version[name]; !still {
				changed[name] = "__unset"
			}
		}
		small, before = append(small, changed), version
	}
	return small
}
