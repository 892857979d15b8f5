package sandbox

import (
	"net/http"
	"net/url"
	"slices"
)

// pubType is the content type of the protocol's second version.
const pubType = "application/vnd.pub.v2+json"

// pubPackage is what dart asks for (dart-lang/pub, doc/repository-spec-v2).
type pubPackage struct {
	Name     string       `json:"name"`
	Latest   *pubVersion  `json:"latest,omitempty"`
	Versions []pubVersion `json:"versions"`
}

// pubVersion is one version; its archive may be anywhere. The digest is hex.
type pubVersion struct {
	Version   string            `json:"version"`
	Retracted bool              `json:"retracted,omitempty"`
	URL       string            `json:"archive_url"`
	SHA256    string            `json:"archive_sha256"`
	Pubspec   map[string]string `json:"pubspec"`
	Published string            `json:"published"`
}

// pubFeeds answers for pub feeds.
type pubFeeds struct{ *Server }

// answer serves api/packages/{name} and the archives that it lists.
func (s pubFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	switch {
	case len(rest) == 3 && rest[0] == "api" && rest[1] == "packages":
		s.pubPackage(x, f, rest[2])
	case len(rest) == 3 && rest[0] == "api" && rest[1] == "archives":
		x.sendNamed(f, rest[2], "application/octet-stream")
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

func (s pubFeeds) pubPackage(x *exchange, f *feed, name string) {
	found := s.list(f, func(p *stored) bool { return p.Name == name })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Package "+name+" not found.")
		return
	}
	document := pubPackage{Name: name}
	for _, p := range found {
		document.Versions = append(document.Versions, s.pubVersion(x.r, f, p))
	}
	// dart trusts the server's latest, so it must not be withdrawn.
	valid := slices.DeleteFunc(found, func(p *stored) bool { return p.Unlisted })
	if p := newest(valid, true); p != nil {
		latest := s.pubVersion(x.r, f, p)
		document.Latest = &latest
	}
	x.jsonAs(pubType, document)
}

// pubVersion has a pubspec of the two properties that must agree with the archive's own.
func (s pubFeeds) pubVersion(r *http.Request, f *feed, p *stored) pubVersion {
	return pubVersion{
		Version: p.Version, Retracted: p.Unlisted, SHA256: p.sha256,
		URL:       s.base(r) + "/pub/" + url.PathEscape(f.Name) + "/api/archives/" + url.PathEscape(p.FileName),
		Pubspec:   map[string]string{"name": p.Name, "version": p.Version},
		Published: p.Published.Format("2006-01-02T15:04:05Z"),
	}
}
