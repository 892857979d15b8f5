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

// nugetV2 serves the part of the OData API that NuGet, Chocolatey and PowerShell clients use to find and fetch a
// package (Inedo docs, proget/feeds/nuget/odata-v2-api).
func (s *Server) nugetV2(x *exchange, f *feed, rest []string) {
	rest = dropEmptyTail(rest)
	if len(rest) == 0 {
		x.xml("application/xml; charset=utf-8", v2Service)
		return
	}
	call, arguments, isCall := strings.Cut(rest[0], "(")
	switch {
	case len(rest) == 3 && strings.EqualFold(rest[0], "package"):
		s.v2Package(x, f, rest[1], rest[2])
	case len(rest) > 1 || !isCall && rest[0] != "Packages":
		x.text(http.StatusNotFound, "Not found.")
	case call == "FindPackagesById":
		s.v2ByID(x, f)
	case call == "Packages" && strings.Trim(arguments, ")") == "":
		s.v2Filter(x, f)
	case call == "Packages":
		s.v2Entry(x, f, arguments)
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// v2Service is the service document; clients ask for it to see that an OData feed is there.
const v2Service = xml.Header + `<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom">` +
	`<workspace><atom:title>Default</atom:title><collection href="Packages"><atom:title>Packages</atom:title>` +
	`</collection></workspace></service>`

func (s *Server) v2Package(x *exchange, f *feed, id, version string) {
	found := s.v2Find(f, id, version)
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Package "+id+" "+version+" not found.")
		return
	}
	x.sendPackage(f, found[0], nupkgType)
}

// v2Find finds the versions of an ID, or one if a version is given.
func (s *Server) v2Find(f *feed, id, version string) []*stored {
	return s.list(f, func(p *stored) bool {
		return strings.EqualFold(p.Name, id) && (version == "" || f.sameVersion(version, p.Version))
	})
}

// v2Entry answers Packages(Id='X',Version='1.0').
func (s *Server) v2Entry(x *exchange, f *feed, arguments string) {
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
	x.atom(s.v2AtomEntry(x.r, f, found[0], true))
}

// v2ByID answers an empty list, not 404, for an ID that nobody has.
func (s *Server) v2ByID(x *exchange, f *feed) {
	id, ok := literal(x.r.URL.Query().Get("id"))
	if !ok {
		x.text(http.StatusBadRequest, "The parameter id must be a quoted string.")
		return
	}
	s.v2Feed(x, f, s.v2Find(f, id, ""))
}

// v2Filter answers Packages()?$filter=…, for the conditions that v2Condition knows, joined by and.
func (s *Server) v2Filter(x *exchange, f *feed) {
	query := x.r.URL.Query()
	found := s.list(f, func(*stored) bool { return true })
	if filter := query.Get("$filter"); filter != "" {
		for _, condition := range splitOutside(filter, " and ") {
			keep, ok := s.v2Condition(f, strings.TrimSpace(condition))
			if !ok {
				x.text(http.StatusBadRequest, "The filter "+strconv.Quote(condition)+" is not supported.")
				return
			}
			found = slices.DeleteFunc(found, func(p *stored) bool { return !keep(p) })
		}
	}
	if top, err := strconv.Atoi(query.Get("$top")); err == nil && top >= 0 && top < len(found) {
		found = found[:top]
	}
	s.v2Feed(x, f, found)
}

// v2Condition reads one condition: Id eq 'X', tolower(Id) eq 'x', Version eq '1.0', IsLatestVersion,
// IsAbsoluteLatestVersion, the last two also with eq true.
func (s *Server) v2Condition(f *feed, condition string) (func(*stored) bool, bool) {
	name, value, compared := strings.Cut(condition, " eq ")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	text, quoted := literal(value)
	switch {
	case (name == "Id" || name == "tolower(Id)") && quoted:
		return func(p *stored) bool { return strings.EqualFold(p.Name, text) }, true
	case name == "Version" && quoted:
		return func(p *stored) bool { return f.sameVersion(p.Version, text) }, true
	case compared && value != "true":
		return nil, false
	case name == "IsLatestVersion":
		return func(p *stored) bool { return s.isNewest(f, p, true) }, true
	case name == "IsAbsoluteLatestVersion":
		return func(p *stored) bool { return s.isNewest(f, p, false) }, true
	}
	return nil, false
}

// isNewest compares within the feed only; versions that a connector would add are unknown here.
func (s *Server) isNewest(f *feed, p *stored, stableOnly bool) bool {
	return newest(s.v2Find(f, p.Name, ""), stableOnly) == p
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

// v2Feed answers a list of entries.
func (s *Server) v2Feed(x *exchange, f *feed, packages []*stored) {
	list := atomFeed{
		Atom: atomNamespace, Data: dataNamespace, Meta: metaNamespace,
		ID: s.v2Base(x.r, f) + "Packages", Title: "Packages",
	}
	for _, p := range packages {
		list.Entries = append(list.Entries, s.v2AtomEntry(x.r, f, p, false))
	}
	x.atom(list)
}

func (s *Server) v2Base(r *http.Request, f *feed) string {
	return s.base(r) + "/" + s.prefixOf(f) + "/" + url.PathEscape(f.Name) + "/"
}

// v2AtomEntry describes a package; the namespaces stand on it if it is the document's root.
func (s *Server) v2AtomEntry(r *http.Request, f *feed, p *stored, root bool) atomEntry {
	key := "Packages(Id='" + p.Name + "',Version='" + p.Version + "')"
	entry := atomEntry{
		ID:      s.v2Base(r, f) + key,
		Title:   p.Name,
		Updated: p.Published.Format("2006-01-02T15:04:05Z"),
		Content: atomContent{
			Type:   "application/zip",
			Source: s.v2Base(r, f) + "package/" + url.PathEscape(p.Name) + "/" + url.PathEscape(p.Version),
		},
		Properties: atomProperties{
			ID: p.Name, Version: p.Version, NormalizedVersion: normalizeNuGet(p.Version),
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
