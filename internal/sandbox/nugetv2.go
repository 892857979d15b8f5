package sandbox

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// nugetV2 serves the part of the OData API that NuGet, Chocolatey and PowerShell clients use to
// find and fetch a package (Inedo docs, proget/feeds/nuget/odata-v2-api).
func (s nugetFeeds) nugetV2(x *exchange, f *feed, rest []string) {
	rest = dropEmptyTail(rest)
	if len(rest) == 0 {
		x.xml("application/xml; charset=utf-8", v2Service)
		return
	}
	count := len(rest) == 2 && rest[1] == "$count"
	if count {
		rest = rest[:1]
	}
	call, arguments, isCall := strings.Cut(rest[0], "(")
	switch {
	case rest[0] == "$metadata":
		x.xml("application/xml; charset=utf-8", v2Metadata)
	case len(rest) == 3 && strings.EqualFold(rest[0], "package"):
		s.v2Package(x, f, rest[1], rest[2])
	case len(rest) > 1 || !isCall && rest[0] != "Packages":
		x.text(http.StatusNotFound, "Not found.")
	case call == "FindPackagesById":
		s.v2ByID(x, f, count)
	case call == "Search" && isCall:
		s.v2Search(x, f, count)
	case call == "Packages" && strings.Trim(arguments, ")") == "":
		s.v2List(x, f, s.list(f, func(*stored) bool { return true }), count)
	case call == "Packages":
		s.v2Entry(x, f, arguments)
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// v2Service is the service document; clients request it to check that there is an OData feed.
const v2Service = xml.Header + `<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom">` +
	`<workspace><atom:title>Default</atom:title><collection href="Packages"><atom:title>Packages</atom:title>` +
	`</collection></workspace></service>`

func (s nugetFeeds) v2Package(x *exchange, f *feed, id, version string) {
	found := s.v2Find(f, id, version)
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Package "+id+" "+version+" not found.")
		return
	}
	x.sendPackage(f, found[0], nupkgType)
}

// v2Find finds the versions of an ID, or one if a version is given.
func (s nugetFeeds) v2Find(f *feed, id, version string) []*stored {
	return s.list(f, func(p *stored) bool {
		return strings.EqualFold(p.Name, id) && (version == "" || f.sameVersion(version, p.Version))
	})
}

// v2Entry answers Packages(Id='X',Version='1.0').
func (s nugetFeeds) v2Entry(x *exchange, f *feed, arguments string) {
	keys := map[string]string{}
	for _, pair := range splitOutside(strings.TrimSuffix(arguments, ")"), ",") {
		name, value, _ := strings.Cut(pair, "=")
		text, ok := literal(value)
		if !ok {
			x.text(http.StatusBadRequest, "The key of the entry cannot be read.")
			return
		}
		keys[strings.TrimSpace(name)] = text
	}
	found := s.v2Find(f, keys["Id"], keys["Version"])
	if len(found) != 1 || keys["Version"] == "" {
		x.text(http.StatusNotFound, "Package "+keys["Id"]+" "+keys["Version"]+" not found.")
		return
	}
	sendAtom(x, s.v2AtomEntry(x.r, f, found[0], true))
}

// v2ByID answers an empty list, not 404, for an ID that does not exist.
func (s nugetFeeds) v2ByID(x *exchange, f *feed, count bool) {
	id, ok := literal(x.r.URL.Query().Get("id"))
	if !ok {
		x.text(http.StatusBadRequest, "The parameter id must be a quoted string.")
		return
	}
	s.v2List(x, f, s.v2Find(f, id, ""), count)
}

// isNewest compares within the feed only, without the versions that a connector would add. An
// unlisted version is never the newest.
func (s nugetFeeds) isNewest(f *feed, p *stored, stableOnly bool) bool {
	listed := slices.DeleteFunc(s.v2Find(f, p.Name, ""), func(other *stored) bool { return other.Unlisted })
	return newest(listed, stableOnly) == p
}

// literal reads an OData string: in single quotes, with a quote inside doubled.
func literal(text string) (string, bool) {
	if len(text) < 2 || text[0] != '\'' || text[len(text)-1] != '\'' {
		return "", false
	}
	return strings.ReplaceAll(text[1:len(text)-1], "''", "'"), true
}

// splitOutside splits at a separator that is not within single quotes.
func splitOutside(text, separator string) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		if text[i] == '\'' {
			quoted = !quoted
		}
		if !quoted && strings.HasPrefix(text[i:], separator) {
			parts = append(parts, text[start:i])
			start = i + len(separator)
			i = start - 1 // separators may overlap, as in " and and "
		}
	}
	return append(parts, text[start:])
}

// v2Feed answers a list of entries; total is their number before the list was cut, shown if the
// query asks for it.
func (s nugetFeeds) v2Feed(x *exchange, f *feed, packages []*stored, total int) {
	list := atomFeed{
		Base: s.v2Base(x.r, f), Atom: atomNamespace, Data: dataNamespace, Meta: metaNamespace,
		ID: s.v2Base(x.r, f) + "Packages", Title: "Packages", Updated: s.opts.Now().UTC().Format(v2Time),
	}
	if x.r.URL.Query().Get("$inlinecount") == "allpages" {
		list.Count = strconv.Itoa(total)
	}
	for _, p := range packages {
		list.Entries = append(list.Entries, s.v2AtomEntry(x.r, f, p, false))
	}
	sendAtom(x, list)
}

func (s nugetFeeds) v2Base(r *http.Request, f *feed) string {
	return s.base(r) + "/" + s.prefixOf(f) + "/" + url.PathEscape(f.Name) + "/"
}

// v2Time is how OData writes a moment.
const v2Time = "2006-01-02T15:04:05Z"

// v2Published is the year 1900 for an unlisted version, by which clients recognize it
// (learn.microsoft.com/nuget/nuget-org/policies/deleting-packages).
func v2Published(p *stored) string {
	if p.Unlisted {
		return "1900-01-01T00:00:00Z"
	}
	return p.Published.Format(v2Time)
}

// v2AtomEntry describes a package; the namespaces are on it if it is the document's root.
func (s nugetFeeds) v2AtomEntry(r *http.Request, f *feed, p *stored, root bool) atomEntry {
	key := "Packages(Id='" + p.Name + "',Version='" + p.Version + "')"
	entry := atomEntry{
		ID:      s.v2Base(r, f) + key,
		Title:   p.Name,
		Updated: p.Published.Format(v2Time),
		Author:  "Acme",
		Content: atomContent{
			Type:   "application/zip",
			Source: s.v2Base(r, f) + "package/" + url.PathEscape(p.Name) + "/" + url.PathEscape(p.Version),
		},
		Properties: atomProperties{
			ID: p.Name, Version: p.Version, Authors: "Acme", Description: "A package of the sandbox.",
			Created: typed{"Edm.DateTime", p.Published.Format(v2Time)}, Published: typed{"Edm.DateTime", v2Published(p)},
			Listed: typed{"Edm.Boolean", strconv.FormatBool(!p.Unlisted)}, NormalizedVersion: normalizeNuGet(p.Version),
			Hash: base64SHA512(p), HashAlgorithm: "SHA512", Size: typed{"Edm.Int64", strconv.Itoa(len(p.Content))},
			Latest:         typed{"Edm.Boolean", strconv.FormatBool(s.isNewest(f, p, true))},
			AbsoluteLatest: typed{"Edm.Boolean", strconv.FormatBool(s.isNewest(f, p, false))},
			Prerelease:     typed{"Edm.Boolean", strconv.FormatBool(prerelease(p.Version))},
		},
	}
	if root {
		entry.Atom, entry.Data, entry.Meta = atomNamespace, dataNamespace, metaNamespace
	}
	return entry
}

// base64SHA512 is the form of PackageHash.
func base64SHA512(p *stored) string {
	// The digest is our own hex, which always decodes.
	sum, _ := hex.DecodeString(p.sha512)
	return base64.StdEncoding.EncodeToString(sum)
}
