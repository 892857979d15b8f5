package feedtype

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// debianForAll is the architecture of packages that run everywhere.
const debianForAll = "all"

// debianQuery looks for a Debian package.
type debianQuery struct{ query }

// locateDebian follows the chain of a repository: the Release file has the checksum of the Packages
// file of the component and architecture, and that file has the package's (wiki.debian.org,
// DebianRepository/Format). Who signed Release is not checked: its signature needs a key that this
// program does not have.
func locateDebian(ctx context.Context, of query) (Content, error) {
	q := debianQuery{of}
	if err := q.need([2]string{"distro", "bookworm"}, [2]string{"component", "main"}, [2]string{"arch", "amd64"}); err != nil {
		return Content{}, err
	}
	dist := "debian/" + q.feed + "/dists/" + escapePath(q.pkg.Qualifiers["distro"]) + "/"
	release, err := q.release(ctx, dist)
	if err != nil {
		return Content{}, err
	}
	var refused error
	var others []string
	folders := q.debianFolders(release)
	if len(folders) > maxFolders {
		return Content{}, q.broken(dist+"Release", errTooMany)
	}
	q.query = q.together(maxExpandedBytes)
	for _, folder := range folders {
		var here error // why no list in the folder can be read
		for _, file := range packagesFiles(folder, release) {
			list, err := q.readPackages(ctx, dist, file, release)
			_, changed := errors.AsType[*MismatchError](err)
			if extra(err) != nil && !changed { // another list may be as Release says
				return Content{}, err
			}
			if optional(err) != nil && (here == nil || changed) {
				here = err
			}
			if err == nil && list.found != nil {
				return q.debianContent(list)
			}
			for _, arch := range list.others {
				others = addOther(others, arch)
			}
			if err == nil {
				here = nil
				break // the folder's other lists say the same
			}
		}
		if here != nil {
			refused = here
		}
	}
	if err := q.refusable(refused); err != nil {
		return Content{}, err
	}
	return Content{}, q.missingBut("arch", others)
}

// maxFolders is the most architectures of a component, each of which takes requests: 100; Debian
// has 20.
const maxFolders = 100

// debianFolders are where the lists of the architecture are. Packages for all architectures may
// have no folder of their own: then they are in the folders of the others. A package that is
// missing for an architecture may exist for all, which the error then says.
func (q debianQuery) debianFolders(release releaseFile) []string {
	component := q.pkg.Qualifiers["component"] + "/binary-"
	folders := []string{component + q.pkg.Qualifiers["arch"]}
	for _, file := range slices.Sorted(maps.Keys(release.sums)) {
		folder := path.Dir(file)
		counts := q.pkg.Qualifiers["arch"] == debianForAll || folder == component+debianForAll
		if len(folders) > maxFolders {
			break
		}
		if counts && !strings.Contains(folder[len(component):], "/") && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// packagesFiles lists the names to try. A Release file often lists the expanded file too, which is
// not on the server, so it comes last; without one, what only old tools make does.
func packagesFiles(folder string, release releaseFile) (files []string) {
	if release.sums == nil {
		for _, extension := range []string{".gz", ".xz", ".zst", "", ".bz2", ".lzma"} {
			files = append(files, folder+"/Packages"+extension)
		}
		return files
	}
	for _, extension := range []string{".gz", ".xz", ".zst", ".bz2", ".lzma", ""} {
		if file := folder + "/Packages" + extension; release.sums[file] != nil {
			files = append(files, file)
		}
	}
	return files
}

// debList is what a Packages file has of a package.
type debList struct {
	found   map[string]string // the fields of the version, nil if it does not exist
	others  []string          // architectures for which it exists
	ignored []string          // as in Content
}

// readPackages reads a Packages file. While the repository is being rebuilt, that may not be the
// one of which Release has the checksum: the former one is under the name of its checksum
// (wiki.ubuntu.com, AptByHash).
func (q debianQuery) readPackages(ctx context.Context, dist, file string, release releaseFile) (debList, error) {
	sums, ignored := chooseSum("debian Release", release.sums[file])
	read := func(ref string) (list debList, err error) {
		err = q.stream(ctx, dist+escapePath(ref), sums, func(_ *Document, r io.Reader) error {
			list, err = q.findDebian(r)
			list.ignored = ignored
			return err
		})
		if err != nil {
			list = debList{}
		}
		return list, err
	}
	list, err := read(file)
	_, changed := errors.AsType[*MismatchError](err)
	if len(sums) == 0 || !changed && !(release.byHash && errors.Is(err, ErrNotFound)) {
		return list, err
	}
	named, namedErr := read(path.Dir(file) + "/by-hash/" + byHashFolder(sums[0].Algorithm) + "/" + hex.EncodeToString(sums[0].Sum))
	if namedErr != nil {
		return list, err
	}
	return named, nil
}

// byHashFolder names an algorithm as Release does.
func byHashFolder(algorithm string) string {
	if algorithm == "md5" {
		return "MD5Sum"
	}
	return strings.ToUpper(algorithm)
}

// findDebian looks for the package in a Packages file, all of it: one may hold several versions. Of
// one that is listed twice, as with copies in a pool, the first counts, as in apt.
func (q debianQuery) findDebian(r io.Reader) (list debList, err error) {
	keys := []string{"Version", "Architecture", "Filename", "Size", "SHA256", "SHA512", "SHA1", "MD5sum"}
	pick := newestOf(q.pkg)
	err = eachControl(r, q.pkg.Name, keys, func(s map[string]string) error {
		if s["Package"] != q.pkg.Name {
			return nil
		}
		if arch := s["Architecture"]; arch != q.pkg.Qualifiers["arch"] {
			if newestOf(q.pkg).wanted(q.pkg, s["Version"]) {
				list.others = addOther(list.others, arch)
			}
		} else if s["Version"] != list.found["Version"] && pick.wanted(q.pkg, s["Version"]) {
			list.found = maps.Clone(s)
		}
		return nil
	})
	return list, err
}

// debianContent makes the answer of a stanza. Filename is relative to the feed, wherever the index
// was.
func (q debianQuery) debianContent(list debList) (Content, error) {
	s := list.found
	file := s["Filename"]
	for rest := ""; rest != file; {
		rest, file = file, strings.TrimPrefix(strings.TrimLeft(file, "/"), "./")
	}
	if err := checkPublished("file name", file); err != nil {
		return Content{}, err
	}
	content := Content{
		Ref: "debian/" + q.feed + "/" + escapePath(file), FileName: path.Base(file), Version: s["Version"], Size: parseSize(s["Size"]),
		Ignored: list.ignored,
	}
	content.publish("debian Packages", map[string]string{"sha256": s["SHA256"], "sha512": s["SHA512"], "sha1": s["SHA1"], "md5": s["MD5sum"]})
	return content, nil
}
