package client

import (
	"context"
	"iter"
	"maps"
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
)

// Published completes content, which [DownloadsService.Locate] found, with a checksum if the feed's
// own index publishes none: ProGet's list of versions has them for packages of any type that it
// holds or has cached (Inedo docs, proget/api/packages/list-versions). The content is returned with
// an error, too, so that a caller who can do without may.
//
// The list is asked for once: it is an extra, for which no transfer should wait until a failing
// server has had all its attempts.
func (s *DownloadsService) Published(ctx context.Context, feed string, pkg ecosystem.Package, content feedtype.Content) (feedtype.Content, error) {
	if len(content.Checksums) > 0 || content.Image != nil {
		return content, nil
	}
	once := *s.c
	once.retries = 0
	pkg = storedName(pkg)
	pkg.Version = content.Version
	only, ok, err := onlyFile((&PackagesService{&once}).Versions(ctx, feed, pkg), pkg)
	if ok {
		content.Checksums = only.checksums()
	}
	return content, err
}

// onlyFile finds the one file that pkg means. A version may have several, which their qualifiers
// distinguish; if in doubt, there is no match.
func onlyFile(versions iter.Seq2[PackageVersion, error], pkg ecosystem.Package) (only PackageVersion, ok bool, err error) {
	matching := 0
	for v, err := range versions {
		if err != nil {
			return PackageVersion{}, false, err
		}
		if v.isFileOf(pkg) {
			only = v
			matching++
		}
	}
	return only, matching == 1, nil
}

func (v PackageVersion) isFileOf(pkg ecosystem.Package) bool {
	for key, value := range v.qualifiers() {
		if wanted, given := pkg.Qualifiers[key]; given && wanted != value {
			return false
		}
	}
	return ecosystem.SamePackage(pkg.Type, v.Group, v.Name, pkg.Group, pkg.Name) && ecosystem.SameVersion(pkg.Type, v.Version, pkg.Version)
}

// qualifiers puts those of the purl and of the property together. What cannot be read has none.
func (v PackageVersion) qualifiers() map[string]string {
	all := map[string]string{}
	if named, err := ecosystem.ParsePURL(v.PURL); err == nil {
		maps.Copy(all, named.Qualifiers)
	}
	if property, err := url.ParseQuery(v.Qualifier); err == nil {
		for key := range property {
			all[strings.ToLower(key)] = property.Get(key)
		}
	}
	return all
}

// checksums reads the best one; a malformed one counts as absent.
func (v PackageVersion) checksums() []feedtype.Checksum {
	for _, sum := range []struct{ algorithm, text string }{
		{"sha256", v.SHA256}, {"sha512", v.SHA512}, {"sha1", v.SHA1}, {"md5", v.MD5},
	} {
		if parsed, ok := feedtype.ParseSum(sum.algorithm, sum.text); ok {
			return []feedtype.Checksum{{Algorithm: sum.algorithm, Sum: parsed, Source: "ProGet version list"}}
		}
	}
	return nil
}
