package sandbox

import (
	"net/http"
	"strings"
)

// upackVersion is a version as the universal feed API describes it (Inedo docs,
// proget/api/universal-feed).
type upackVersion struct {
	Group     string `json:"group,omitempty"`
	Name      string `json:"name"`
	Version   string `json:"version"`
	SHA1      string `json:"sha1"`
	Size      int    `json:"size"`
	Published string `json:"published"`
	IsLocal   bool   `json:"isLocal"`
}

// upackFeeds answers for universal feeds.
type upackFeeds struct{ *Server }

// answer serves versions and download/{group…}/{package}/{version}, the last also without version
// and with ?latest.
func (s upackFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	rest = dropEmptyTail(rest)
	switch {
	case len(rest) == 1 && strings.EqualFold(rest[0], "versions"):
		s.upackVersions(x, f)
	case len(rest) > 1 && strings.EqualFold(rest[0], "download"):
		s.upackDownload(x, f, rest[1:])
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// upackDownload reads the path from its end, because a group may have any number of segments.
func (s upackFeeds) upackDownload(x *exchange, f *feed, path []string) {
	version, latest := "", x.r.URL.Query().Has("latest")
	if !latest {
		path, version = path[:len(path)-1], path[len(path)-1]
	}
	if len(path) == 0 {
		x.text(http.StatusBadRequest, "A version or latest is required.")
		return
	}
	group, name := strings.Join(path[:len(path)-1], "/"), path[len(path)-1]
	found := s.upackFind(f, group, name, version)
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Package "+fullName(group, name)+" "+version+" not found.")
		return
	}
	x.sendPackage(f, newest(found, false), "application/octet-stream")
}

// upackFind finds the versions of a package, or one; an empty group means packages without a group.
func (s upackFeeds) upackFind(f *feed, group, name, version string) []*stored {
	return s.list(f, func(p *stored) bool {
		return strings.EqualFold(p.Group, group) && asked(name, p.Name) && asked(version, p.Version)
	})
}

// upackVersions answers an object if a version is asked for, else an array.
func (s upackFeeds) upackVersions(x *exchange, f *feed) {
	query := x.r.URL.Query()
	name, version := query.Get("name"), query.Get("version")
	list := []upackVersion{}
	for _, p := range s.upackFind(f, query.Get("group"), name, version) {
		list = append(list, upackVersion{
			Group: p.Group, Name: p.Name, Version: p.Version, SHA1: p.sha1, Size: len(p.Content),
			Published: p.Published.Format("2006-01-02T15:04:05Z"), IsLocal: true,
		})
	}
	switch {
	case version == "":
		x.json(list)
	case len(list) == 0:
		x.text(http.StatusNotFound, "Package "+name+" "+version+" not found.")
	default:
		x.json(list[0])
	}
}
