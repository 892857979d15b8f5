package feedtype

import (
	"bufio"
	"context"
	"io"
	"strings"
)

// releaseFile is what a Release file says of the files below it.
type releaseFile struct {
	sums   map[string]map[string]string // file → algorithm → hex; nil without a Release file
	byHash bool                         // files are also under the names of their checksums
}

const (
	// maxReleaseFiles is the most lists of packages of one component that are kept: 10,000; real
	// ones have a few hundred.
	maxReleaseFiles = 10_000
	// maxFieldBytes is more than a checksum or a path in a Release file takes: 1 KiB.
	maxFieldBytes = 1 << 10
)

// release reads the Release file of a distribution. Without one, or with one that lists nothing,
// the usual names are tried, and nothing has their checksums.
func (q debianQuery) release(ctx context.Context, dist string) (release releaseFile, err error) {
	for _, name := range []string{"Release", "InRelease"} {
		err = q.read(ctx, dist+name, "", func(_ *Document, r io.Reader) error {
			release, err = readRelease(r, q.pkg.Qualifiers["component"]+"/binary-")
			return err
		})
		if err = q.refusable(err); err != nil || release.sums != nil {
			return release, err
		}
	}
	return releaseFile{}, nil
}

// readRelease reads the checksum lists, and keeps those of the lists of packages whose path begins
// with prefix. Paths may begin with "./", and fields may be separated by tabs, as older tools write
// them.
func readRelease(r io.Reader, prefix string) (releaseFile, error) {
	release := releaseFile{sums: map[string]map[string]string{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	algorithm, lists := "", false
	for lines.Scan() {
		line := lines.Text()
		if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			algorithm = ""
			key, value, isField := strings.Cut(line, ":")
			if !isField || len(key) > maxFieldBytes {
				continue
			}
			algorithm = releaseList(key)
			if strings.EqualFold(strings.TrimSpace(key), "Acquire-By-Hash") {
				release.byHash = strings.EqualFold(strings.TrimSpace(value), "yes")
			}
			continue
		}
		lists = lists || algorithm != ""
		if algorithm == "" || !strings.Contains(line, prefix) || len(line) >= maxFieldBytes {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		file := strings.TrimPrefix(fields[2], "./")
		if !strings.HasPrefix(file, prefix) {
			continue
		}
		if release.sums[file] == nil {
			release.sums[file] = map[string]string{}
		}
		if len(release.sums) > maxReleaseFiles {
			return releaseFile{}, errTooMany
		}
		release.sums[file][algorithm] = fields[0]
	}
	if err := lineError(lines.Err()); err != nil {
		return releaseFile{}, err
	}
	if !lists {
		return releaseFile{}, nil
	}
	return release, nil
}

// releaseList is the algorithm of a list of checksums, "" for another field.
func releaseList(key string) string {
	name := AlgorithmName(strings.TrimSuffix(strings.ToLower(strings.TrimSpace(key)), "sum"))
	if sumSize(name) == 0 {
		return ""
	}
	return name
}
