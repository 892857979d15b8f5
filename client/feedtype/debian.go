package feedtype

import (
	"bufio"
	"context"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// locateDebian goes down the chain of a repository: the Release file vouches for the Packages file of the component and
// architecture, and that for the package (wiki.debian.org, DebianRepository/Format). Who vouches for Release is not looked at:
// its signature needs a key that this program does not have.
func locateDebian(ctx context.Context, q query) (content Content, err error) {
	if err := q.need([2]string{"distro", "bookworm"}, [2]string{"component", "main"}, [2]string{"arch", "amd64"}); err != nil {
		return Content{}, err
	}
	dist := "debian/" + q.feed + "/dists/" + escapePath(q.pkg.Qualifiers["distro"]) + "/"
	release, err := q.release(ctx, dist)
	if err != nil {
		return Content{}, err
	}
	var refused error
	for _, file := range q.packagesFiles(release) {
		served := false
		sums, ignored := chooseSum("debian Release", release[file])
		err = q.stream(ctx, dist+escapePath(file), sums, func(_ *Document, r io.Reader) error {
			served = true
			content, err = q.findDebian(r)
			return err
		})
		if served || extra(err) != nil {
			content.Ignored = append(content.Ignored, ignored...)
			return content, err
		}
		if optional(err) != nil {
			refused = err
		}
	}
	if err := q.refusable(refused); err != nil {
		return Content{}, err
	}
	return Content{}, missing(q.pkg)
}

// need checks that the package has the qualifiers, each given with an example. All that are missing are one error.
func (q query) need(qualifiers ...[2]string) error {
	var missing *QualifierError
	for _, k := range qualifiers {
		switch {
		case q.pkg.Qualifiers[k[0]] != "":
		case missing == nil:
			missing = &QualifierError{Type: q.pkg.Type, Key: k[0], Example: k[1]}
		default:
			missing.Also = append(missing.Also, k[0]+"="+k[1])
		}
	}
	if missing == nil {
		return nil
	}
	return missing
}

// release maps the files below a distribution's folder to their checksums. Empty where there is no Release file: then the
// usual names are tried, and nothing vouches for them.
func (q query) release(ctx context.Context, dist string) (files releaseSums, err error) {
	for _, name := range []string{"Release", "InRelease"} {
		err = q.read(ctx, dist+name, "", func(_ *Document, r io.Reader) error {
			files, err = readRelease(r, q.pkg.Qualifiers["component"]+"/binary-")
			return err
		})
		if err = q.refusable(err); err != nil || files != nil {
			return files, err
		}
	}
	return nil, nil
}

// releaseSums are what a Release file says of the files below it: file → algorithm → hex.
type releaseSums map[string]map[string]string

const (
	// maxReleaseFiles is the most lists of packages of one component that are kept: 10,000, where real ones have some hundred.
	maxReleaseFiles = 10_000
	// maxFieldBytes is more than a checksum or a path in a Release file takes: 1 KiB.
	maxFieldBytes = 1 << 10
)

// readRelease reads the checksum lists, and keeps those of the lists of packages whose path begins with prefix.
func readRelease(r io.Reader, prefix string) (releaseSums, error) {
	lists := map[string]string{"SHA256": "sha256", "SHA512": "sha512", "SHA1": "sha1", "MD5Sum": "md5"}
	sums := releaseSums{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	algorithm := ""
	for lines.Scan() {
		line := lines.Text()
		if !strings.HasPrefix(line, " ") {
			key, _, _ := strings.Cut(line, ":")
			algorithm = lists[key]
			continue
		}
		if !strings.Contains(line, prefix) {
			continue
		}
		if fields := strings.Fields(line); algorithm != "" && len(fields) == 3 && len(line) < maxFieldBytes {
			if sums[fields[2]] == nil {
				sums[fields[2]] = map[string]string{}
			}
			if len(sums) > maxReleaseFiles {
				return nil, errTooMany
			}
			sums[fields[2]][algorithm] = fields[0]
		}
	}
	if err := lineError(lines.Err()); err != nil {
		return nil, err
	}
	return sums, nil
}

// packagesFiles lists the names to try. A Release file often lists the expanded file too, which is not on the server, so it
// comes last. What is for all architectures may have no folder of its own: then it is in those of the others.
func (q query) packagesFiles(release releaseSums) (files []string) {
	component := q.pkg.Qualifiers["component"] + "/binary-"
	folders := []string{component + q.pkg.Qualifiers["arch"]}
	if q.pkg.Qualifiers["arch"] == "all" {
		for _, file := range slices.Sorted(maps.Keys(release)) {
			if folder := path.Dir(file); strings.HasPrefix(file, component) && !slices.Contains(folders, folder) {
				folders = append(folders, folder)
			}
		}
	}
	for _, folder := range folders {
		for _, extension := range []string{".gz", ".xz", ".zst", ""} {
			file := folder + "/Packages" + extension
			if _, listed := release[file]; listed || release == nil {
				files = append(files, file)
			}
		}
	}
	return files
}

// findDebian looks for the package in a Packages file, all of it: one may hold several versions.
func (q query) findDebian(r io.Reader) (content Content, err error) {
	keys := []string{"Package", "Version", "Architecture", "Filename", "Size", "SHA256", "SHA512", "SHA1", "MD5sum"}
	pick := newestOf(q.pkg)
	found := map[string]string{}
	err = eachStanza(r, keys, func(s map[string]string) error {
		if s["Package"] == q.pkg.Name && s["Architecture"] == q.pkg.Qualifiers["arch"] && pick.wanted(q.pkg, s["Version"]) {
			clear(found)
			for k, v := range s {
				found[k] = v
			}
		}
		return nil
	})
	if err != nil {
		return Content{}, err
	}
	if len(found) == 0 {
		return Content{}, missing(q.pkg)
	}
	return q.debianContent(found)
}

// debianContent makes the answer of a stanza. Filename is relative to the feed, wherever the index was.
func (q query) debianContent(s map[string]string) (content Content, err error) {
	path := strings.TrimPrefix(s["Filename"], "./")
	if err := checkPublished("file name", path); err != nil {
		return Content{}, err
	}
	content = Content{
		Ref: "debian/" + q.feed + "/" + escapePath(path), FileName: path[strings.LastIndexByte(path, '/')+1:],
		Version: s["Version"], Size: parseSize(s["Size"]),
	}
	content.publish("debian Packages", map[string]string{"sha256": s["SHA256"], "sha512": s["SHA512"], "sha1": s["SHA1"], "md5": s["MD5sum"]})
	return content, nil
}
