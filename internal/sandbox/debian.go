package sandbox

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// debianFeeds answers for Debian feeds.
type debianFeeds struct{ *Server }

// answer serves dists/{distro} and the pool (wiki.debian.org/DebianRepository/Format).
func (s debianFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	switch {
	case len(rest) > 2 && rest[0] == "dists":
		s.debianIndex(x, f, rest[1], strings.Join(rest[2:], "/"))
	case len(rest) > 2 && rest[0] == "pool":
		s.debianFile(x, f, strings.Join(rest, "/"))
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// debianFile finds a package by the Filename of the index.
func (s debianFeeds) debianFile(x *exchange, f *feed, path string) {
	found := s.list(f, func(p *stored) bool { return poolPath(p) == path })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "File "+path+" not found.")
		return
	}
	x.sendPackage(f, found[0], "application/vnd.debian.binary-package")
}

// poolPath is Filename: with a folder for the first letter, or four letters if that is lib's.
func poolPath(p *stored) string {
	letters := p.Name[:1]
	if strings.HasPrefix(p.Name, "lib") && len(p.Name) > 3 {
		letters = p.Name[:4]
	}
	return strings.Join([]string{"pool", p.qualifier("component"), letters, p.Name, p.FileName}, "/")
}

// debianIndex serves Release and what it lists. All of it is generated for each request, so that
// its files are consistent after a package was added.
func (s debianFeeds) debianIndex(x *exchange, f *feed, distro, path string) {
	found := s.list(f, func(p *stored) bool { return p.qualifier("distro") == distro })
	files := debianLists(found)
	if len(files) > 0 {
		release := debianRelease(f, distro, found, files)
		files = append(files, archive.File{Name: "Release", Content: release})
		if s.opts.InRelease {
			files = append(files, archive.File{Name: "InRelease", Content: clearSigned(release)})
		}
	}
	for _, file := range files {
		if file.Name == path {
			x.send(http.StatusOK, "application/octet-stream", []byte(file.Content))
			return
		}
	}
	x.text(http.StatusNotFound, "File "+path+" not found.")
}

// debianLists writes Packages for each component and architecture, plain and compressed. Packages
// for all architectures are in the list of each as well as in one of their own: apt asks for the
// latter only if Release names it.
func debianLists(packages []*stored) []archive.File {
	var files []archive.File
	for _, component := range valuesOf(packages, "component") {
		for _, arch := range valuesOf(packages, "arch") {
			var list strings.Builder
			for _, p := range packages {
				if p.qualifier("component") == component && (p.qualifier("arch") == arch || p.qualifier("arch") == "all") {
					list.WriteString(debianStanza(p))
				}
			}
			name, content := component+"/binary-"+arch+"/Packages", []byte(list.String())
			files = append(files, archive.File{Name: name, Content: list.String()},
				archive.File{Name: name + ".gz", Content: string(archive.Gzip(content))},
				archive.File{Name: name + ".xz", Content: string(archive.XZ(content))})
		}
	}
	return files
}

// valuesOf are the different values of a qualifier, sorted.
func valuesOf(packages []*stored, qualifier string) []string {
	var values []string
	for _, p := range packages {
		values = append(values, p.qualifier(qualifier))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// debianStanza describes one package; the blank line at its end is part of the format.
func debianStanza(p *stored) string {
	return fmt.Sprintf("Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: Acme <packages@acme.example>\n"+
		"Filename: %s\nSize: %d\nMD5sum: %s\nSHA1: %s\nSHA256: %s\nSHA512: %s\nDescription: sample package\n"+
		" It has a second line.\n\n",
		p.Name, p.Version, p.qualifier("arch"), poolPath(p), len(p.Content), p.md5, p.sha1, p.sha256, p.sha512)
}

// debianRelease lists the other indexes with their digests and sizes. MD5 and SHA-1 are omitted,
// because apt has not trusted them for years.
func debianRelease(f *feed, distro string, packages []*stored, files []archive.File) string {
	var release strings.Builder
	fmt.Fprintf(&release, "Origin: %s\nLabel: %s\nSuite: %s\nCodename: %s\nDate: %s\nArchitectures: %s\nComponents: %s\nSHA256:\n",
		f.Name, f.Name, distro, distro, latest(packages).Format(http.TimeFormat),
		strings.Join(valuesOf(packages, "arch"), " "), strings.Join(valuesOf(packages, "component"), " "))
	for _, file := range files {
		fmt.Fprintf(&release, " %x %d %s\n", sha256.Sum256([]byte(file.Content)), len(file.Content), file.Name)
	}
	return release.String()
}

// latest is when the newest package was uploaded: an index changes then, and not with each request.
func latest(packages []*stored) time.Time {
	var last time.Time
	for _, p := range packages {
		if p.Published.After(last) {
			last = p.Published
		}
	}
	return last
}

// clearSigned writes a signed message (RFC 9580, section 7) with a dummy signature.
func clearSigned(text string) string {
	return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + text +
		"-----BEGIN PGP SIGNATURE-----\n\nbm8gc2lnbmF0dXJl\n-----END PGP SIGNATURE-----\n"
}
