package sandbox

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
)

// mavenFeeds answers for Maven feeds.
type mavenFeeds struct{ *Server }

// answer serves the repository layout: {group as folders}/{artifact}/{version}/{file}, checksum
// siblings, and maven-metadata.xml on both levels (maven.apache.org/repository/layout).
func (s mavenFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	n := len(rest)
	switch {
	case n > 0 && rest[n-1] == "":
		// The file browser of Maven feeds since 2024: a folder is a page, not an error.
		x.send(http.StatusOK, "text/html; charset=utf-8", []byte("<!DOCTYPE html><title>Browse</title>"))
	case n > 2 && rest[n-1] == "maven-metadata.xml":
		s.mavenMetadata(x, f, rest[:n-1])
	case n > 3:
		s.mavenFile(x, f, rest)
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// mavenFile serves an artifact or the checksum of one.
func (s mavenFeeds) mavenFile(x *exchange, f *feed, path []string) {
	n := len(path)
	group, artifact, version := strings.Join(path[:n-3], "."), path[n-3], path[n-2]
	base, sum := path[n-1], ""
	for _, suffix := range []string{".md5", ".sha1", ".sha256", ".sha512"} {
		if name, found := strings.CutSuffix(path[n-1], suffix); found {
			base, sum = name, suffix
		}
	}
	found := s.list(f, func(p *stored) bool {
		return p.Group == group && p.Name == artifact && p.Version == version &&
			(p.FileName == base || literalSnapshot(p) == base)
	})
	if len(found) == 0 {
		x.text(http.StatusNotFound, "File "+path[n-1]+" not found.")
		return
	}
	p := found[len(found)-1] // of several builds of a snapshot, the latest
	if sum != "" {
		x.text(http.StatusOK, mavenSums(p)[sum])
		return
	}
	x.sendPackage(f, p, "application/octet-stream")
}

// mavenSums are the bodies of the checksum siblings, by suffix: hex without a file name or line
// break.
func mavenSums(p *stored) map[string]string {
	return map[string]string{".md5": p.md5, ".sha1": p.sha1, ".sha256": p.sha256, ".sha512": p.sha512}
}

// literalSnapshot is the name of a snapshot's file with the word SNAPSHOT, under which ProGet
// serves the latest build.
func literalSnapshot(p *stored) string {
	build, _ := snapshotBuild(p)
	return strings.Replace(p.FileName, build, p.Version, 1)
}

// snapshotBuild cuts 1.1-20261120.100000-3 and what follows it out of
// tool-1.1-20261120.100000-3-sources.jar.
func snapshotBuild(p *stored) (build, rest string) {
	name := strings.TrimPrefix(p.FileName, p.Name+"-")
	number, isSnapshot := strings.CutSuffix(p.Version, "-SNAPSHOT")
	stamped, ok := strings.CutPrefix(name, number+"-")
	if !isSnapshot || !ok || strings.HasPrefix(name, p.Version) {
		return p.Version, strings.TrimPrefix(name, p.Version)
	}
	end := strings.IndexFunc(stamped, func(r rune) bool { return r != '.' && r != '-' && (r < '0' || r > '9') })
	if end < 0 {
		end = len(stamped)
	}
	stamped = strings.TrimRight(stamped[:end], ".-")
	return number + "-" + stamped, strings.TrimPrefix(name, number+"-"+stamped)
}

// mavenDocument is maven-metadata.xml of an artifact, or of a snapshot version.
type mavenDocument struct {
	XMLName   xml.Name          `xml:"metadata"`
	Group     string            `xml:"groupId"`
	Artifact  string            `xml:"artifactId"`
	Version   string            `xml:"version,omitempty"`
	Latest    string            `xml:"versioning>latest,omitempty"`
	Release   string            `xml:"versioning>release,omitempty"`
	Versions  []string          `xml:"versioning>versions>version,omitempty"`
	Snapshots []snapshotVersion `xml:"versioning>snapshotVersions>snapshotVersion,omitempty"`
}

// snapshotVersion is the newest build of one file of a snapshot; Updated is yyyyMMddHHmmss in UTC.
type snapshotVersion struct {
	Classifier string `xml:"classifier,omitempty"`
	Extension  string `xml:"extension"`
	Value      string `xml:"value"`
	Updated    string `xml:"updated"`
}

// mavenMetadata answers for an artifact's folder, or for a snapshot's if the last segment is one.
func (s mavenFeeds) mavenMetadata(x *exchange, f *feed, folder []string) {
	document, n := mavenDocument{}, len(folder)
	if strings.HasSuffix(folder[n-1], "-SNAPSHOT") {
		document.Version = folder[n-1]
		n--
	}
	document.Group, document.Artifact = strings.Join(folder[:n-1], "."), folder[n-1]
	found := s.list(f, func(p *stored) bool {
		return p.Group == document.Group && p.Name == document.Artifact &&
			(document.Version == "" || p.Version == document.Version)
	})
	if len(found) == 0 {
		x.text(http.StatusNotFound, "File maven-metadata.xml not found.")
		return
	}
	if document.Version == "" {
		document.addVersions(found)
	} else {
		document.addSnapshots(found)
	}
	body, err := xml.Marshal(document)
	if err != nil {
		x.text(http.StatusInternalServerError, err.Error())
		return
	}
	x.xml("text/xml; charset=utf-8", xml.Header+string(body))
}

// addVersions lists each version once, though it has several files. Latest may be a snapshot,
// release never is.
func (d *mavenDocument) addVersions(packages []*stored) {
	for _, p := range packages {
		if !slices.Contains(d.Versions, p.Version) {
			d.Versions = append(d.Versions, p.Version)
		}
	}
	slices.SortFunc(d.Versions, compareVersions)
	d.Latest = d.Versions[len(d.Versions)-1]
	for _, version := range d.Versions {
		if !strings.HasSuffix(version, "-SNAPSHOT") {
			d.Release = version
		}
	}
}

// addSnapshots lists the latest build of each file; packages come in the order of their upload.
func (d *mavenDocument) addSnapshots(packages []*stored) {
	for _, p := range packages {
		build, rest := snapshotBuild(p)
		name, extension, _ := strings.Cut(rest, ".")
		file := snapshotVersion{
			Classifier: strings.TrimPrefix(name, "-"), Extension: extension, Value: build,
			Updated: p.Published.Format("20060102150405"),
		}
		d.Snapshots = slices.DeleteFunc(d.Snapshots, func(other snapshotVersion) bool {
			return other.Classifier == file.Classifier && other.Extension == file.Extension
		})
		d.Snapshots = append(d.Snapshots, file)
	}
}
