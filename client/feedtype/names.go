package feedtype

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// check rejects everything that would change the meaning of a path that contains it. Escaping does
// not help there: servers and proxies resolve dot segments after they have decoded them.
func check(t ecosystem.Type, feed string, pkg ecosystem.Package) error {
	if err := checkPart("feed", feed); err != nil {
		return err
	}
	if err := checkPart("package name", pkg.Name); err != nil {
		return err
	}
	if pkg.Group != "" {
		if slices.Contains(groupless(), t) { // leaving it out would fetch another package than was named
			return &NameError{"group", pkg.Group, fmt.Sprintf("is one too many: a package of type %q has no group", t)}
		}
		if err := checkPart("group", pkg.Group); err != nil {
			return err
		}
	}
	if err := checkVersion(t, pkg.Version); err != nil {
		return err
	}
	for key, value := range pkg.Qualifiers {
		if err := checkPart("qualifier "+key, value); err != nil {
			return err
		}
	}
	return nil
}

// checkVersion checks a version. An asset needs none, but what is given is recorded with a
// deployment, so it must not be a word that stands for no version.
func checkVersion(t ecosystem.Type, version string) error {
	if t != ecosystem.Asset {
		return checkPart("version", version)
	}
	if isLatest(strings.ToLower(version)) {
		return &NameError{"version", version, "does not apply: files in an asset directory have no versions"}
	}
	return nil
}

// groupless are the types whose packages have no group. A package URL of an operating system's
// package has its vendor there, which is not part of any feed's names.
func groupless() []ecosystem.Type {
	return []ecosystem.Type{
		ecosystem.CRAN, ecosystem.Cargo, ecosystem.Chocolatey, ecosystem.Conda, ecosystem.Gem, ecosystem.NuGet, ecosystem.PowerShell,
		ecosystem.Pub, ecosystem.PyPI,
	}
}

// checkPart checks each path segment of value, since a group or an asset's path may have several. A
// backslash separates too: a server on Windows may take it for a slash.
func checkPart(field, value string) error {
	if value == "" {
		return &NameError{field, value, "is empty"}
	}
	if strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value) {
		return &NameError{field, value, "has a control character"}
	}
	for segment := range strings.SplitSeq(strings.ReplaceAll(value, `\`, "/"), "/") {
		switch segment {
		case "":
			return &NameError{field, value, "has an empty path segment"}
		case ".", "..":
			return &NameError{field, value, "has a dot segment"}
		}
	}
	return nil
}

// checkPublished is [checkPart] for a name that a server chose. It gives no [NameError], because
// the caller has no other name to try.
func checkPublished(field, value string) error {
	if err := checkPart(field, value); err != nil {
		return fmt.Errorf("the index names something that cannot be asked for: %s", err)
	}
	return nil
}

// escape makes s one path segment. A plus sign is escaped too: some servers read it as a space.
func escape(s string) string {
	return strings.ReplaceAll(url.PathEscape(s), "+", "%2B")
}

// escapePath escapes each segment of a path and keeps the slashes between them.
func escapePath(p string) string {
	segments := strings.Split(p, "/")
	for i, s := range segments {
		segments[i] = escape(s)
	}
	return strings.Join(segments, "/")
}

// resolve makes a link found in a document absolute. Behind a proxy that ends TLS, ProGet may
// publish http links to its own host: those are changed to the scheme of the document, so that no
// request uses a weaker one.
func resolve(doc *Document, link string) (string, error) {
	if link = strings.TrimSpace(link); link == "" {
		return "", errors.New("the link to the content is empty")
	}
	base, err := url.Parse(doc.URL)
	if err != nil {
		return "", err
	}
	target, err := base.Parse(link)
	if err != nil {
		return "", errNotURL
	}
	if strings.EqualFold(target.Host, base.Host) && base.Scheme == "https" {
		target.Scheme = "https"
	}
	if target.User != nil {
		return "", fmt.Errorf("the link to %q holds a user name or password", target.Host)
	}
	if target.Host == "" || (target.Scheme != "http" && target.Scheme != "https") {
		shown, _, _ := strings.Cut(link, "?")
		return "", fmt.Errorf("the link %q is not an http or https URL", shown)
	}
	target.Fragment, target.RawFragment = "", ""
	return target.String(), nil
}

// resolveContent is [resolve] for the link to the content of a version, which its error names.
func resolveContent(doc *Document, version, link string) (string, error) {
	ref, err := resolve(doc, link)
	if err != nil {
		return "", fmt.Errorf("version %s: %w", version, err)
	}
	return ref, nil
}

// errNotURL does not show the link: its query string may be a signature.
var errNotURL = errors.New("a link in it is not a valid URL")

// lastSegment is the decoded file name at the end of a URL.
func lastSegment(ref string) string {
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}
