package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// PackagesService looks at the packages of a feed, whatever its type.
type PackagesService service

// PackageVersion is one version that a feed holds, or one file of it (Inedo
// docs, proget/api/packages/list-versions). The checksums are in hexadecimal
// digits and may be missing.
type PackageVersion struct {
	PURL    string `json:"purl"`
	Group   string `json:"group"`
	Name    string `json:"name"`
	Version string `json:"version"`
	// Qualifier tells the files of a version apart, "arch=amd64&component=main",
	// and stands in the PURL or here.
	Qualifier string `json:"qualifier"`
	Size      int64  `json:"size"`
	MD5       string `json:"md5"`
	SHA1      string `json:"sha1"`
	SHA256    string `json:"sha256"`
	SHA512    string `json:"sha512"`
}

// Versions lists the versions of a package that a feed holds or has cached:
// GET /api/packages/{feed}/versions. With a version in pkg, only that one. A
// package that is not there is an empty list; [KindNotFound] means that there
// is no such feed, or that the server cannot be asked about it.
func (s *PackagesService) Versions(ctx context.Context, feed string, pkg ecosystem.Package) ([]PackageVersion, error) {
	pkg = storedName(pkg)
	query := []string{"name=" + url.QueryEscape(pkg.Name)}
	if pkg.Group != "" {
		query = append(query, "group="+url.QueryEscape(pkg.Group))
	}
	if pkg.Version != "" {
		query = append(query, "version="+url.QueryEscape(pkg.Version))
	}
	var answer versionList
	ref := "api/packages/" + url.PathEscape(feed) + "/versions?" + strings.Join(query, "&")
	err := s.c.readJSON(ctx, ref, "a list of versions", &answer)
	return answer, err
}

// Latest asks for the newest version of each package of a feed: GET
// /api/packages/{feed}/latest (Inedo docs, proget/api/packages/list-latest).
func (s *PackagesService) Latest(ctx context.Context, feed string) ([]PackageVersion, error) {
	var answer versionList
	err := s.c.readJSON(ctx, "api/packages/"+url.PathEscape(feed)+"/latest", "a list of packages", &answer)
	return answer, err
}

// storedName names pkg as ProGet does, where a package URL has other words: no vendor
// before a package of an operating system, an extension's publisher and a
// module's provider as parts of the name.
func storedName(pkg ecosystem.Package) ecosystem.Package {
	switch pkg.Type {
	case ecosystem.Alpine, ecosystem.Debian, ecosystem.RPM:
		pkg.Group = ""
	case ecosystem.VSIX:
		pkg.Name, pkg.Group = strings.TrimPrefix(pkg.Group+"."+pkg.Name, "."), ""
	case ecosystem.Terraform:
		if namespace, module, ok := strings.Cut(pkg.Group, "/"); ok {
			pkg.Group, pkg.Name = namespace, module+"."+pkg.Name
		}
	}
	return pkg
}

// versionList reads what the documents allow for nothing found: an empty array
// or an empty object.
type versionList []PackageVersion

// UnmarshalJSON takes an array, or an object, which is an only version unless
// it is empty.
func (l *versionList) UnmarshalJSON(raw []byte) error {
	switch {
	case string(raw) == "null":
		return errNoVersions
	case len(raw) == 0 || raw[0] != '{':
		return json.Unmarshal(raw, (*[]PackageVersion)(l))
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || len(members) == 0 {
		return err
	}
	var one PackageVersion
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	if one.Version == "" {
		return errNoVersions
	}
	*l = versionList{one}
	return nil
}

// errNoVersions is null, or an object that is neither a version nor empty, a
// message perhaps: taken for an empty list, it would say that a package is not
// there.
var errNoVersions = errors.New("it is neither a list nor a version")

// Type is the type in the package URL, "" if the server gave none.
func (v PackageVersion) Type() ecosystem.Type {
	named, _ := ecosystem.ParsePURL(v.PURL) // what cannot be read names no type
	return named.Type
}

// Find returns a version of a package that a feed has, nil if it has none. The server is asked
// for that version and, where it finds none, for all of them: it may compare
// versions by their text, where 1.0 and 1.0.0 differ. Where it may not list
// packages of the feed's type, that it has none is an error of
// [KindUnavailable], not a no.
func (s *PackagesService) Find(ctx context.Context, feed string, pkg ecosystem.Package) (*PackageVersion, error) {
	found, err := s.Versions(ctx, feed, pkg)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return &found[0], nil
	}
	any := pkg
	any.Version = ""
	if found, err = s.Versions(ctx, feed, any); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, s.listed(ctx, feed, pkg.Type)
	}
	for _, v := range found {
		if ecosystem.SameVersion(cmp.Or(v.Type(), pkg.Type), v.Version, pkg.Version) {
			return &v, nil
		}
	}
	return nil, nil
}

// Has reports whether a feed has a version of a package, as [PackagesService.Find] does.
func (s *PackagesService) Has(ctx context.Context, feed string, pkg ecosystem.Package) (bool, error) {
	found, err := s.Find(ctx, feed, pkg)
	return found != nil, err
}

// listed returns an error where a feed's packages are not in the lists of GET
// /api/packages, so that an empty one says nothing: Docker's and Bower's, and
// those of classic Maven feeds, which answer to the same word as the new ones
// (Inedo docs, proget/api/packages). t is the type of the package, "" if unknown.
func (s *PackagesService) listed(ctx context.Context, feed string, t ecosystem.Type) error {
	if t == "" {
		info, _ := (&FeedsService{s.c}).Info(ctx, feed) // a server that does not say leaves the list its word
		t = info.Type
	}
	switch t {
	case ecosystem.Docker, ecosystem.Bower, ecosystem.Maven:
		return &Error{Kind: KindUnavailable, Message: fmt.Sprintf("the server may not list packages of the type %s, and an empty list says nothing of feed %s", t, feed)}
	}
	return nil
}
