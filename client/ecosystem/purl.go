package ecosystem

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/package-url/packageurl-go"
)

// Package is the identity of a package, or of all its versions.
type Package struct {
	// Type is the kind of package.
	Type Type
	// Group is the scope, group ID or path before the name, as its author wrote it: an npm scope
	// may have its "@" or not. Empty if the package has none.
	Group string
	// Name is the package's name without the group.
	Name string
	// Version is one version, or empty.
	Version string
	// Qualifiers distinguish the files of one version ("arch", "classifier", …); keys are in lower
	// case. Nil if there are none.
	Qualifiers map[string]string
}

// ParsePURL reads a package URL, "pkg:TYPE/[GROUP/]NAME[@VERSION][?QUALIFIERS]". It takes what
// ProGet writes as well as what the specification says: "@" raw or as "%40", a group in one segment
// ("a%2Fb") or several, types that are not in the specification, a Debian package without a vendor.
// Names and groups keep the case and spelling they were given in. Source: package-url/purl-spec,
// and Inedo docs, proget/api/packages.
func ParsePURL(s string) (Package, error) {
	p, err := parsePURL(s)
	switch {
	case errors.Is(err, errNoPURL):
		return Package{}, fmt.Errorf("%q %w (pkg:TYPE/[GROUP/]NAME@VERSION)", s, err)
	case err != nil:
		return Package{}, fmt.Errorf("package URL %q: %w; the form is pkg:TYPE/[GROUP/]NAME@VERSION", s, err)
	}
	return p, nil
}

// ParseKnownPURL is [ParsePURL] for what a person wrote: a type that is not one of [KnownTypes] is
// an error, because it is probably a typo.
func ParseKnownPURL(s string) (Package, error) {
	p, err := ParsePURL(s)
	if err == nil && !p.Type.Known() {
		known := make([]string, 0, len(KnownTypes()))
		for _, t := range KnownTypes() {
			known = append(known, string(t))
		}
		err = fmt.Errorf("unknown package URL type %q; use %s", p.Type, strings.Join(known, ", "))
	}
	return p, err
}

// errNoPURL is what is wrong with any other text.
var errNoPURL = errors.New("is not a package URL")

// parsePURL is [ParsePURL] with errors that don't repeat what was given.
func parsePURL(s string) (Package, error) {
	word, path, err := cutPURL(s)
	if err != nil {
		return Package{}, err
	}
	// The library normalizes the names of some types (Flask_Login to flask-login), but the server
	// must get what the user wrote. So every package is read as one of a type without rules.
	parsed, err := packageurl.FromString("pkg:generic/" + path)
	if err != nil {
		return Package{}, errors.New(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "purl "), "is "))
	}
	p := Package{Type: ParseType(word), Version: parsed.Version}
	p.Group, p.Name = regroup(p.Type, parsed.Namespace, parsed.Name)
	if len(parsed.Qualifiers) > 0 {
		p.Qualifiers = parsed.Qualifiers.Map()
	}
	return p, p.check()
}

// regroup separates group from name if an encoded slash hid which is which
// ("%40angular%2Fanimation"), or if a Maven package has the colon of its own tools. The name of a
// Docker package is its whole repository. Source: Inedo docs, proget/docker/semantic-versioning.
func regroup(t Type, group, name string) (string, string) {
	coordinates := t == Maven && group == "" && strings.Contains(name, ":")
	if t != Docker && !strings.Contains(name, "/") && !coordinates || group == "" && !t.hasGroups() {
		return group, name
	}
	return SplitName(t, strings.TrimPrefix(group+"/"+name, "/"))
}

// cutPURL splits a package URL after its type; in the rest, only the "@" before the version is left
// raw.
func cutPURL(s string) (word, path string, err error) {
	scheme, rest, _ := strings.Cut(s, ":")
	word, rest, _ = strings.Cut(strings.TrimLeft(rest, "/"), "/")
	path, query, hasQuery := strings.Cut(rest, "?")
	name, version, hasVersion := cutVersion(path)
	switch {
	case !strings.EqualFold(scheme, "pkg"):
		return "", "", errNoPURL
	case !validType(word):
		return "", "", fmt.Errorf("%q is not a valid type", word)
	case strings.Contains(rest, "#"):
		return "", "", errors.New("a path inside the package (\"#\") is not supported")
	case strings.HasPrefix(path[strings.LastIndexByte(path, '/')+1:], "@") && !hasVersion:
		return "", "", errors.New("missing name")
	case hasVersion && version == "":
		return "", "", errors.New("nothing follows the \"@\"")
	}
	path = strings.ReplaceAll(name, "@", "%40")
	if hasVersion {
		path += "@" + strings.ReplaceAll(version, "@", "%40")
	}
	if hasQuery {
		path += "?" + query
	}
	return word, path, nil
}

// cutVersion splits at the last "@" that does not begin a segment, where it would be an npm
// scope's.
func cutVersion(path string) (name, version string, found bool) {
	i := strings.LastIndexByte(path, '@')
	if i <= 0 || path[i-1] == '/' {
		return path, "", false
	}
	return path[:i], path[i+1:], true
}

// validType follows the specification: ASCII letters, digits, ".", "-" and "+", not beginning with
// a digit.
func validType(word string) bool {
	_, rest := span(word, func(c byte) bool {
		return isDigit(c) || isLetter(c) || c == '.' || c == '-' || c == '+'
	})
	return word != "" && rest == "" && !isDigit(word[0])
}

// check rejects names that no package has, and those that could change the meaning of a URL or a
// file name.
func (p Package) check() error {
	// Joined without a group, the name has no segment before it.
	for segment := range strings.SplitSeq(strings.TrimPrefix(p.Group+"/"+p.Name, "/"), "/") {
		if blank := strings.TrimSpace(segment); blank == "" || blank == "." || blank == ".." {
			return fmt.Errorf("%q is not a valid part of a name", segment)
		}
	}
	if v := strings.TrimSpace(p.Version); p.Version != "" && (v == "" || v == "." || v == "..") {
		return fmt.Errorf("%q is not a valid version", p.Version)
	}
	texts := append(slices.Collect(maps.Values(p.Qualifiers)), p.Group, p.Name, p.Version)
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("%q has a control character or is not UTF-8", text)
		}
	}
	return nil
}

// PURL writes the package URL as ProGet does: the group as one segment with its "@" as "%40" and
// its slashes as "%2F", qualifiers sorted. [ParsePURL] reads it back. Source: Inedo docs,
// proget/api/packages.
func (p Package) PURL() string {
	b := make([]byte, 0, 128)
	b = append(append(append(b, "pkg:"...), p.Type...), '/')
	if p.Group != "" {
		b = append(appendEscaped(b, p.Group, ""), '/')
	}
	b = appendEscaped(b, p.Name, "")
	if p.Version != "" {
		b = appendEscaped(append(b, '@'), p.Version, "+:")
	}
	if len(p.Qualifiers) > 0 {
		b = appendQualifiers(b, p.Qualifiers)
	}
	return string(b)
}

func appendQualifiers(b []byte, qualifiers map[string]string) []byte {
	separator := byte('?')
	for _, key := range slices.Sorted(maps.Keys(qualifiers)) {
		b = append(append(append(b, separator), key...), '=')
		b = appendEscaped(b, qualifiers[key], "")
		separator = '&'
	}
	return b
}

// appendEscaped percent-encodes all but the unreserved characters of RFC 3986 and those in keep.
func appendEscaped(b []byte, s, keep string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if isDigit(c) || isLetter(c) || strings.IndexByte("-._~", c) >= 0 || strings.IndexByte(keep, c) >= 0 {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&0xF])
		}
	}
	return b
}
