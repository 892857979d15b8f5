package sandbox

import (
	"net/http"
	"path"
	"strconv"
	"strings"
)

// repodata is the index of one subdir; the two kinds of packages are listed apart (docs.conda.io,
// conda-build, channels and generating an index).
type repodata struct {
	Info     map[string]string    `json:"info"`
	Packages map[string]condaFile `json:"packages"`
	Newer    map[string]condaFile `json:"packages.conda"`
	Version  int                  `json:"repodata_version"`
}

// condaFile describes a package file; digests are hex, the size is in bytes.
type condaFile struct {
	Build   string   `json:"build"`
	Number  int      `json:"build_number"`
	Depends []string `json:"depends"`
	MD5     string   `json:"md5"`
	Name    string   `json:"name"`
	SHA256  string   `json:"sha256"`
	Size    int      `json:"size"`
	Subdir  string   `json:"subdir"`
	Version string   `json:"version"`
}

// condaFeeds answers for Conda feeds.
type condaFeeds struct{ *Server }

// answer serves {subdir}/repodata.json and {subdir}/{file}. There are no compressed or sharded
// forms of the index.
func (s condaFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	if len(rest) != 2 {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	found := s.list(f, func(p *stored) bool { return p.qualifier("subdir") == rest[0] })
	if rest[1] == "repodata.json" && (len(found) > 0 || rest[0] == "noarch") { // conda asks every channel for noarch
		x.json(condaIndex(rest[0], found))
		return
	}
	// A file is found in its own subdir only: the same name may be there in several, built for each
	// platform.
	for _, p := range found {
		if p.FileName == rest[1] {
			x.sendPackage(f, p, "application/octet-stream")
			return
		}
	}
	// This is the text with which a ProGet 2026 answered a request for a missing package.
	x.text(http.StatusNotFound, "Package "+strings.Join(rest, "/")+" not found.")
}

// condaIndex writes both lists even when empty, because conda requires them.
func condaIndex(subdir string, packages []*stored) repodata {
	index := repodata{
		Info:     map[string]string{"subdir": subdir},
		Packages: map[string]condaFile{}, Newer: map[string]condaFile{}, Version: 1,
	}
	for _, p := range packages {
		list := index.Packages
		if path.Ext(p.FileName) == ".conda" {
			list = index.Newer
		}
		list[p.FileName] = condaFile{
			Build: p.qualifier("build"), Number: buildNumber(p), Depends: []string{}, MD5: p.md5, Name: p.Name,
			SHA256: p.sha256, Size: len(p.Content), Subdir: subdir, Version: p.Version,
		}
	}
	return index
}

// buildNumber is what follows the last underscore of a build string, as in py311_0; 0 if that is
// not a number.
func buildNumber(p *stored) int {
	build := p.qualifier("build")
	number, err := strconv.Atoi(build[strings.LastIndexByte(build, '_')+1:])
	if err != nil {
		return 0
	}
	return number
}
