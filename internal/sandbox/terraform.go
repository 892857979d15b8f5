package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// modulesPath is where the module registry lies below the server's base. ProGet's own path is not
// documented, clients have to discover it.
const modulesPath = "/terraform-modules/v1/"

// moduleList is the answer to a request for a module's versions
// (developer.hashicorp.com/terraform/internals/module-registry-protocol).
type moduleList struct {
	Modules []moduleVersions `json:"modules"`
}

// moduleVersions are the versions of one module.
type moduleVersions struct {
	Versions []map[string]string `json:"versions"`
}

// terraformFeeds answers for Terraform feeds.
type terraformFeeds struct{ *Server }

// wellKnown answers the discovery document, which needs no credentials: terraform asks for it
// before it has any (developer.hashicorp.com/terraform/internals/remote-service-discovery).
func (s terraformFeeds) wellKnown(x *exchange, rest []string) {
	if len(rest) != 1 || rest[0] != "terraform.json" {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	if x.allow(http.MethodGet, http.MethodHead) {
		x.json(map[string]string{"modules.v1": s.opts.BasePath + modulesPath})
	}
}

// modulesAPI serves v1/{feed}__{namespace}/{module}/{provider}/versions and …/{version}/download.
func (s terraformFeeds) modulesAPI(x *exchange, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	if len(rest) < 5 || rest[0] != "v1" {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	// A host has one registry and ProGet many feeds, hence the feed within the namespace; one
	// without it finds no feed.
	feedName, namespace, _ := strings.Cut(rest[1], "__")
	f := feedRoutes(s).enter(x, s.protocols["terraform"], feedName)
	if f == nil {
		return
	}
	name := rest[2] + "." + rest[3]
	switch action := strings.Join(rest[4:], "/"); {
	case action == "versions":
		s.moduleVersions(x, f, namespace, name)
	case len(rest) == 6 && rest[5] == "download":
		s.moduleDownload(x, f, namespace, name, rest[4])
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// modules finds the versions of a module, or one: a module is a universal package named
// module.provider (Inedo docs, proget/feeds/terraform).
func (s terraformFeeds) modules(f *feed, namespace, name, version string) []*stored {
	return s.list(f, func(p *stored) bool {
		return strings.EqualFold(p.Group, namespace) && strings.EqualFold(p.Name, name) && asked(version, p.Version)
	})
}

// moduleVersions answers a list of one module: the protocol allows more, but terraform does not
// read them.
func (s terraformFeeds) moduleVersions(x *exchange, f *feed, namespace, name string) {
	module := moduleVersions{}
	for _, p := range s.modules(f, namespace, name, "") {
		module.Versions = append(module.Versions, map[string]string{"version": p.Version})
	}
	if len(module.Versions) == 0 {
		x.text(http.StatusNotFound, "Module "+fullName(namespace, name)+" not found.")
		return
	}
	x.json(moduleList{Modules: []moduleVersions{module}})
}

// moduleDownload answers no content but a header with an address in the syntax of go-getter, which
// asks for unpacking.
func (s terraformFeeds) moduleDownload(x *exchange, f *feed, namespace, name, version string) {
	found := s.modules(f, namespace, name, version)
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Module "+fullName(namespace, name)+" "+version+" not found.")
		return
	}
	p := found[0]
	address := s.base(x.r) + "/terraform/" + url.PathEscape(f.Name)
	for _, segment := range []string{"download", p.Group, p.Name, p.Version} {
		address += "/" + url.PathEscape(segment)
	}
	x.Header().Set("X-Terraform-Get", address+"?archive=zip")
	x.WriteHeader(http.StatusNoContent)
}

// answer serves the archives: download/{namespace}/{module.provider}/{version}. This is the request
// that counts as a deployment; the one before it has no content.
func (s terraformFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	if len(rest) == 4 && rest[0] == "download" {
		if found := s.modules(f, rest[1], rest[2], rest[3]); len(found) > 0 {
			x.sendPackage(f, found[0], "application/zip")
			return
		}
	}
	x.text(http.StatusNotFound, "Not found.")
}
