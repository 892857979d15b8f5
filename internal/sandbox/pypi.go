package sandbox

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// simpleJSON is the JSON form of a simple page (PEP 691).
const simpleJSON = "application/vnd.pypi.simple.v1+json"

// pypiFeeds answers for PyPI feeds.
type pypiFeeds struct{ *Server }

// answer serves simple/{project}/ and the files that its pages link to (PEP 503).
func (s pypiFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	rest = dropEmptyTail(rest)
	switch {
	case len(rest) == 2 && rest[0] == "simple":
		s.simplePage(x, f, rest[1])
	case len(rest) == 2 && rest[0] == "packages":
		found := s.list(f, func(p *stored) bool { return p.FileName == rest[1] })
		if len(found) == 0 {
			x.text(http.StatusNotFound, "File "+rest[1]+" not found.")
			return
		}
		x.sendPackage(f, found[0], "application/octet-stream")
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// simplePage lists a project's files: as JSON if the server supports it and the client asks for it,
// otherwise as HTML.
func (s pypiFeeds) simplePage(x *exchange, f *feed, project string) {
	found := s.list(f, func(p *stored) bool { return normalizePyPI(p.Name) == normalizePyPI(project) })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Project "+project+" not found.")
		return
	}
	if s.opts.SimpleJSON && strings.Contains(x.r.Header.Get("Accept"), simpleJSON) {
		s.simpleJSONPage(x, project, found)
		return
	}
	var page strings.Builder
	page.WriteString("<!DOCTYPE html><html><head><title>Links</title></head><body>\n")
	for _, p := range found {
		link := "../../packages/" + url.PathEscape(p.FileName) + "#sha256=" + p.sha256
		page.WriteString(`<a href="` + html.EscapeString(link) + `">` + html.EscapeString(p.FileName) + "</a><br/>\n")
	}
	page.WriteString("</body></html>\n")
	x.send(http.StatusOK, "text/html; charset=utf-8", []byte(page.String()))
}

// simpleJSONPage has relative addresses like the HTML page; by PEP 691 the client resolves them.
func (s pypiFeeds) simpleJSONPage(x *exchange, project string, found []*stored) {
	type file struct {
		Name   string            `json:"filename"`
		URL    string            `json:"url"`
		Hashes map[string]string `json:"hashes"`
		Size   int               `json:"size"`
	}
	files := []file{}
	for _, p := range found {
		link := "../../packages/" + url.PathEscape(p.FileName)
		files = append(files, file{p.FileName, link, map[string]string{"sha256": p.sha256}, len(p.Content)})
	}
	x.jsonAs(simpleJSON, map[string]any{
		"meta": map[string]string{"api-version": "1.0"}, "name": normalizePyPI(project), "files": files,
	})
}

// normalizePyPI is a project's name in the form that all spellings share (PEP 503).
func normalizePyPI(name string) string {
	return strings.ToLower(regexp.MustCompile(`[-_.]+`).ReplaceAllString(name, "-"))
}
