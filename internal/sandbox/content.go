package sandbox

import (
	"bytes"
	"net/http"
	"strings"
)

// headerPrefix begins the six headers that make a GET of a package a deployment (Inedo docs,
// proget/packages/package-deployment).
const headerPrefix = "X-ProGet-Deployment-"

// sendPackage answers with a package's content, whole or in part, and records the deployment that
// the request's headers describe.
func (x *exchange) sendPackage(f *feed, p *stored, contentType string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	if x.isFetch() {
		x.recordFetch(f, p)
	}
	x.sendFile(p, contentType)
}

// sendNamed sends the package whose file has this name, or 404: for protocols in which all files
// are in one folder.
func (x *exchange) sendNamed(f *feed, file, contentType string) {
	found := x.server.list(f, func(p *stored) bool { return p.FileName == file })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "File "+file+" not found.")
		return
	}
	x.sendPackage(f, found[0], contentType)
}

// sendFile serves the bytes with a strong validator, so that a broken transfer can be resumed.
func (x *exchange) sendFile(p *stored, contentType string) {
	x.Header().Set("Content-Type", contentType)
	x.Header().Set("ETag", `"`+p.sha1+`"`)
	http.ServeContent(x, x.r, p.FileName, p.Published, bytes.NewReader(p.Content))
}

// isFetch is true for the GET of a whole package, not for HEAD, a resumed transfer, or a check
// whether a copy is still good.
func (x *exchange) isFetch() bool {
	h := x.r.Header
	return x.r.Method == http.MethodGet && h.Get("Range") == "" && h.Get("If-None-Match") == ""
}

// recordFetch records a deployment if the headers are complete and valid; if they are not, the
// request's note says so and the package is served anyway.
func (x *exchange) recordFetch(f *feed, p *stored) {
	h := x.r.Header
	d := Deployment{
		Application: h.Get(headerPrefix + "Application"),
		Description: h.Get(headerPrefix + "Description"),
		Target:      h.Get(headerPrefix + "Target"),
		URL:         h.Get(headerPrefix + "Url"),
		UserName:    h.Get(headerPrefix + "UserName"),
		GroupName:   p.Group,
		PackageName: p.Name,
		Version:     p.Version,
		FeedName:    f.Name,
		Via:         ViaGet,
	}
	if !hasDeploymentHeader(h) {
		return
	}
	if missing := d.blank(); len(missing) > 0 {
		x.note("deployment headers without %s", strings.Join(missing, ", "))
		return
	}
	if text := h.Get(headerPrefix + "Date"); text != "" {
		date, err := parseDate(text)
		if err != nil {
			x.note("deployment header Date %q is not an ISO 8601 date", text)
			return
		}
		d.Date = date
	}
	x.server.record(x, f, d)
}

// hasDeploymentHeader looks for any header with the prefix, even if it is empty: a client that
// sends one intended a record, so a note says why there is none.
func hasDeploymentHeader(h http.Header) bool {
	prefix := http.CanonicalHeaderKey(headerPrefix + "X")
	prefix = strings.TrimSuffix(prefix, "X")
	for name := range h {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
