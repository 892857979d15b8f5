package sandbox

import (
	"net/http"
	"strings"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// cranFeeds answers for CRAN feeds.
type cranFeeds struct{ *Server }

// answer serves src/contrib: the index, the newest version of each package, and the others below
// Archive (cran.r-project.org/doc/manuals/r-release/R-admin.html, Setting up a package repository).
func (s cranFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	if len(rest) < 3 || rest[0] != "src" || rest[1] != "contrib" {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	// Binaries (bin/…) exist only in feeds with a connector, which the sandbox does not have.
	switch path := rest[2:]; {
	case len(path) == 1 && path[0] == "PACKAGES":
		x.text(http.StatusOK, s.cranIndex(f))
	case len(path) == 1 && path[0] == "PACKAGES.gz":
		x.send(http.StatusOK, "application/gzip", archive.Gzip([]byte(s.cranIndex(f))))
	case len(path) == 1:
		s.cranFile(x, f, "", path[0])
	case len(path) == 3 && path[0] == "Archive":
		s.cranFile(x, f, path[1], path[2])
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// cranFile serves a file from its folder; archived is the package's name for Archive, otherwise
// empty.
func (s cranFeeds) cranFile(x *exchange, f *feed, archived, file string) {
	for _, p := range s.list(f, func(p *stored) bool { return p.FileName == file }) {
		if s.cranNewest(f, p) == (archived == "") && asked(archived, p.Name) {
			x.sendPackage(f, p, "application/gzip")
			return
		}
	}
	x.text(http.StatusNotFound, "File "+file+" not found.")
}

// cranIndex lists only the newest versions, in the format of Debian's control files: R installs no
// others by name; they are in the archive.
func (s cranFeeds) cranIndex(f *feed) string {
	var index strings.Builder
	for _, p := range s.list(f, func(*stored) bool { return true }) {
		if s.cranNewest(f, p) {
			index.WriteString("Package: " + p.Name + "\nVersion: " + p.Version + "\nMD5sum: " + p.md5 + "\n\n")
		}
	}
	return index.String()
}

// cranNewest: R takes hyphens for dots, there are no pre-releases.
func (s cranFeeds) cranNewest(f *feed, p *stored) bool {
	newer := s.list(f, func(other *stored) bool {
		return other.Name == p.Name && compareVersions(dotted(other.Version), dotted(p.Version)) > 0
	})
	return len(newer) == 0
}

func dotted(version string) string { return strings.ReplaceAll(version, "-", ".") }
