package sandbox

import (
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// Namespaces of a repository's documents (createrepo-c writes the same).
const (
	repoNamespace   = "http://linux.duke.edu/metadata/repo"
	commonNamespace = "http://linux.duke.edu/metadata/common"
)

// repomd lists the indexes of a repository. The sandbox has only the one that finds packages.
type repomd struct {
	XMLName   xml.Name     `xml:"repomd"`
	Namespace string       `xml:"xmlns,attr"`
	Revision  int64        `xml:"revision"`
	Data      []repomdData `xml:"data"`
}

// repomdData points to an index: digests and sizes (in bytes) as it is served, and as it is when
// unpacked.
type repomdData struct {
	Type     string      `xml:"type,attr"`
	Checksum rpmChecksum `xml:"checksum"`
	Open     rpmChecksum `xml:"open-checksum"`
	Location rpmLocation `xml:"location"`
	Time     int64       `xml:"timestamp"`
	Size     int         `xml:"size"`
	OpenSize int         `xml:"open-size"`
}

// rpmChecksum is in hex. PkgID is YES if it identifies the package for the other indexes.
type rpmChecksum struct {
	Type  string `xml:"type,attr"`
	PkgID string `xml:"pkgid,attr,omitempty"`
	Hex   string `xml:",chardata"`
}

// rpmLocation is relative to the repository's root.
type rpmLocation struct {
	Href string `xml:"href,attr"`
}

// primary is the index of packages.
type primary struct {
	XMLName   xml.Name     `xml:"metadata"`
	Namespace string       `xml:"xmlns,attr"`
	Count     int          `xml:"packages,attr"`
	Packages  []rpmPackage `xml:"package"`
}

// rpmPackage is an entry without the dependencies that only an installation needs.
type rpmPackage struct {
	Type     string      `xml:"type,attr"`
	Name     string      `xml:"name"`
	Arch     string      `xml:"arch"`
	Version  rpmVersion  `xml:"version"`
	Checksum rpmChecksum `xml:"checksum"`
	Summary  string      `xml:"summary"`
	Time     rpmTime     `xml:"time"`
	Size     rpmSize     `xml:"size"`
	Location rpmLocation `xml:"location"`
}

// rpmVersion is what rpm compares, in this order.
type rpmVersion struct {
	Epoch   string `xml:"epoch,attr"`
	Version string `xml:"ver,attr"`
	Release string `xml:"rel,attr"`
}

// rpmTime has Unix times.
type rpmTime struct {
	File  int64 `xml:"file,attr"`
	Build int64 `xml:"build,attr"`
}

// rpmSize is in bytes.
type rpmSize struct {
	Package int `xml:"package,attr"`
}

// rpmFeeds answers for RPM feeds.
type rpmFeeds struct{ *Server }

// answer serves repodata/repomd.xml, the index that it names, and Packages/{file}: a folder that no
// client can guess, as ProGet's own is not documented.
func (s rpmFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	switch {
	case len(rest) == 2 && rest[0] == "repodata":
		s.rpmIndex(x, f, strings.Join(rest, "/"))
	case len(rest) == 2 && rest[0] == "Packages":
		x.sendNamed(f, rest[1], "application/x-rpm")
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// rpmIndex writes index and list together, because the list's digests have to be those of the index
// that is served.
func (s rpmFeeds) rpmIndex(x *exchange, f *feed, path string) {
	data, squeezed, err := s.primary(f)
	switch {
	case err != nil:
		x.text(http.StatusInternalServerError, err.Error())
	case path == data.Location.Href:
		x.send(http.StatusOK, "application/octet-stream", squeezed)
	case path == "repodata/repomd.xml":
		body, err := xml.Marshal(repomd{Namespace: repoNamespace, Revision: data.Time, Data: []repomdData{data}})
		if err != nil {
			x.text(http.StatusInternalServerError, err.Error())
			return
		}
		x.xml("text/xml; charset=utf-8", xml.Header+string(body))
	default:
		x.text(http.StatusNotFound, "File "+path+" not found.")
	}
}

// primary writes the index and what repomd.xml says of it. Its name has its digest, as createrepo-c
// has it by default.
func (s rpmFeeds) primary(f *feed) (repomdData, []byte, error) {
	packages := s.list(f, func(*stored) bool { return true })
	index := primary{Namespace: commonNamespace, Count: len(packages)}
	for _, p := range packages {
		index.Packages = append(index.Packages, rpmEntry(p))
	}
	body, err := xml.Marshal(index)
	if err != nil {
		return repomdData{}, nil, err
	}
	body = append([]byte(xml.Header), body...)
	suffix, squeezed := ".gz", archive.Gzip(body)
	if f.Zstd {
		suffix, squeezed = ".zst", archive.Zstd(body)
	}
	sum, open := fmt.Sprintf("%x", sha256.Sum256(squeezed)), fmt.Sprintf("%x", sha256.Sum256(body))
	return repomdData{
		Type:     "primary",
		Checksum: rpmChecksum{Type: "sha256", Hex: sum}, Size: len(squeezed),
		Open: rpmChecksum{Type: "sha256", Hex: open}, OpenSize: len(body),
		Location: rpmLocation{Href: "repodata/" + sum + "-primary.xml" + suffix},
		Time:     latest(packages).Unix(),
	}, squeezed, nil
}

// rpmEntry takes the version apart: [epoch:]version-release.
func rpmEntry(p *stored) rpmPackage {
	epoch, rest, found := strings.Cut(p.Version, ":")
	if !found {
		epoch, rest = "0", p.Version
	}
	version, release := rest, ""
	if i := strings.LastIndexByte(rest, '-'); i >= 0 {
		version, release = rest[:i], rest[i+1:]
	}
	return rpmPackage{
		Type: "rpm", Name: p.Name, Arch: p.qualifier("arch"), Summary: "A sample package.",
		Version:  rpmVersion{epoch, version, release},
		Checksum: rpmChecksum{Type: "sha256", PkgID: "YES", Hex: p.sha256},
		Time:     rpmTime{p.Published.Unix(), p.Published.Unix()},
		Size:     rpmSize{Package: len(p.Content)},
		Location: rpmLocation{Href: "Packages/" + p.FileName},
	}
}
