package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// rubygems serves the compact index (info/{gem}, names) and gems/{file}
// (guides.rubygems.org/rubygems-org-compact-index-api). The older indexes, Ruby objects that were written out, are left
// to servers that have Ruby; ProGet's /versions is incomplete by its own documents, and is not here at all.
func (s *Server) rubygems(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	switch {
	case len(rest) == 2 && rest[0] == "info":
		s.gemInfo(x, f, rest[1])
	case len(rest) == 1 && rest[0] == "names":
		x.text(http.StatusOK, s.gemNames(f))
	case len(rest) == 2 && rest[0] == "gems":
		s.sendNamed(x, f, rest[1], "application/octet-stream")
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// gemInfo writes a line for each file: version[-platform], requirements, checksum. The names of gems are exact.
func (s *Server) gemInfo(x *exchange, f *feed, name string) {
	found := s.list(f, func(p *stored) bool { return p.Name == name })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Gem "+name+" not found.")
		return
	}
	var info strings.Builder
	info.WriteString("---\n")
	for _, p := range found {
		// The platform ruby means any, and stands neither here nor in the file's name.
		version := p.Version
		if platform := p.qualifier("platform"); platform != "" && platform != "ruby" {
			version += "-" + platform
		}
		info.WriteString(version + " |checksum:" + p.sha256 + ",ruby:>= 2.5.0\n")
	}
	x.text(http.StatusOK, info.String())
}

// gemNames lists each gem once, sorted, after the line that begins every document of the compact index.
func (s *Server) gemNames(f *feed) string {
	var names []string
	for _, p := range s.list(f, func(*stored) bool { return true }) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return "---\n" + strings.Join(slices.Compact(names), "\n") + "\n"
}
