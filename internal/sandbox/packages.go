package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// packageVersion is ProGet's description of a version, for feeds of any type (Inedo docs,
// proget/api/packages/list-versions).
type packageVersion struct {
	Purl        string `json:"purl"`
	Group       string `json:"group,omitempty"`
	Name        string `json:"name"`
	Version     string `json:"version"`
	Qualifier   string `json:"qualifier,omitempty"`
	Downloads   int    `json:"downloads"`
	Published   string `json:"published"`
	PublishedBy string `json:"publishedBy,omitempty"`
	Size        int    `json:"size"`
	Listed      bool   `json:"listed"`
	MD5         string `json:"md5"`
	SHA1        string `json:"sha1"`
	SHA256      string `json:"sha256"`
	SHA512      string `json:"sha512"`
}

// packagesAPI answers /api/packages and /api/management.
type packagesAPI struct{ *Server }

// answer is GET /api/packages/{feed}, …/versions and …/latest.
func (s packagesAPI) answer(x *exchange, rest []string) {
	if len(rest) == 0 || len(rest) > 2 {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	if !x.allow(http.MethodGet, http.MethodHead) || !x.admitAPI() {
		return
	}
	f := s.lookup(rest[0])
	if f == nil {
		feedNotFound(x, rest[0])
		return
	}
	if len(rest) == 1 {
		x.json(basicFeed{ID: f.id, Name: f.Name, FeedType: f.Type, PackageType: packageType(f.Type)})
		return
	}
	switch strings.ToLower(rest[1]) {
	case "versions":
		s.listVersions(x, f)
	case "latest":
		s.listLatest(x, f)
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// basicFeed shows a client which protocol a feed speaks.
type basicFeed struct {
	ID          int    `json:"id"`
	Name        string `json:"name"`
	FeedType    string `json:"feedType"`
	PackageType string `json:"packageType"`
}

// listVersions lists one package's versions; several rows may have the same version and differ in
// the qualifier.
func (s packagesAPI) listVersions(x *exchange, f *feed) {
	query := x.r.URL.Query()
	if query.Get("name") == "" {
		x.text(http.StatusBadRequest, "A package name is required.")
		return
	}
	x.json(f.describe(s.list(f, wanted(f, query))))
}

// listLatest answers the newest version of each package that the query means.
func (s packagesAPI) listLatest(x *exchange, f *feed) {
	query := x.r.URL.Query()
	stable := strings.EqualFold(query.Get("stableOnly"), "true")
	byName := map[string][]*stored{}
	var order []string
	for _, p := range s.list(f, wanted(f, query)) {
		key := strings.ToLower(p.Group + "\x00" + p.Name)
		if byName[key] == nil {
			order = append(order, key)
		}
		byName[key] = append(byName[key], p)
	}
	var found []*stored
	for _, key := range order {
		if p := newest(byName[key], stable); p != nil {
			found = append(found, p)
		}
	}
	x.json(f.describe(found))
}

// wanted reads name, group and version of a query; what is not given is not filtered by.
func wanted(f *feed, query url.Values) func(*stored) bool {
	group, name, version := query.Get("group"), query.Get("name"), query.Get("version")
	return func(p *stored) bool {
		return asked(name, p.Name) && (group == "" || sameGroup(group, p.Group)) &&
			(version == "" || f.sameVersion(version, p.Version))
	}
}

// sameVersion compares as the feed's ecosystem does: NuGet's 1.0 is 1.0.0.
func (f *feed) sameVersion(a, b string) bool {
	switch f.Type {
	case "nuget", "chocolatey", "powershell":
		return normalizeNuGet(a) == normalizeNuGet(b)
	}
	return strings.EqualFold(a, b)
}

// describe never returns nil: an empty list is [].
func (f *feed) describe(packages []*stored) []packageVersion {
	list := make([]packageVersion, 0, len(packages))
	for _, p := range packages {
		list = append(list, packageVersion{
			Purl: f.purl(p), Group: p.Group, Name: p.Name, Version: p.Version, Qualifier: p.Qualifier,
			Published: p.Published.Format("2006-01-02T15:04:05Z"), PublishedBy: "Admin", Size: len(p.Content),
			Listed: !p.Unlisted, MD5: p.md5, SHA1: p.sha1, SHA256: p.sha256, SHA512: p.sha512,
		})
	}
	return list
}

// purl writes a package URL in ProGet's manner: the group is one segment, with its slashes and @
// escaped.
func (f *feed) purl(p *stored) string {
	parts := []string{"pkg:" + packageType(f.Type)}
	if p.Group != "" {
		parts = append(parts, strings.ReplaceAll(url.PathEscape(p.Group), "@", "%40"))
	}
	purl := strings.Join(append(parts, url.PathEscape(p.Name)), "/") + "@" + p.Version
	if p.Qualifier != "" {
		purl += "?" + p.Qualifier
	}
	return purl
}

// managedFeed is a feed as the management API describes it (Inedo docs, proget/api/feeds/get).
type managedFeed struct {
	Name                     string `json:"name"`
	FeedType                 string `json:"feedType"`
	Active                   bool   `json:"active"`
	EndpointURL              string `json:"endpointUrl,omitempty"`
	DeploymentRecordsEnabled bool   `json:"deploymentRecordsEnabled"`
	UseAPIV3                 *bool  `json:"useApiV3,omitempty"`
}

// management is GET /api/management/feeds/list and …/feeds/get/{feed}.
func (s packagesAPI) management(x *exchange, rest []string) {
	lower := slices.Clone(rest)
	for i := range lower {
		lower[i] = strings.ToLower(lower[i])
	}
	isList := slices.Equal(lower, []string{"feeds", "list"})
	isGet := len(lower) == 3 && lower[0] == "feeds" && lower[1] == "get"
	if !isList && !isGet {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	if !x.allow(http.MethodGet, http.MethodHead) || !x.admitAPI() {
		return
	}
	if isList {
		x.json(s.managedFeeds(x.r))
		return
	}
	f := s.lookup(rest[2])
	if f == nil {
		feedNotFound(x, rest[2])
		return
	}
	x.json(s.managed(x.r, f))
}

func (s packagesAPI) managedFeeds(r *http.Request) []managedFeed {
	list := []managedFeed{}
	for _, f := range s.allFeeds() {
		list = append(list, s.managed(r, f))
	}
	return list
}

// managed publishes the v3 index as the endpoint of a NuGet feed that has one, as ProGet does.
func (s packagesAPI) managed(r *http.Request, f *feed) managedFeed {
	m := managedFeed{Name: f.Name, FeedType: f.Type, Active: true, DeploymentRecordsEnabled: !f.NoRecords}
	if prefix := s.prefixOf(f); prefix != "" {
		m.EndpointURL = s.base(r) + "/" + prefix + "/" + url.PathEscape(f.Name) + "/"
	}
	if f.Type == "nuget" {
		v3 := f.hasV3()
		m.UseAPIV3 = &v3
		if v3 {
			m.EndpointURL += "v3/index.json"
		}
	}
	return m
}
