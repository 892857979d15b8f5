package feedtype

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// cranSource is the folder of source packages, the only one with an archive of older versions.
const cranSource = "src/contrib"

// cranQuery looks for an R package.
type cranQuery struct{ query }

// locateCRAN reads the index of a repository's folder, which may name the file and a folder below,
// and shows whether the version is the current one or in the archive (cran.r-project.org, R-admin,
// setting up a package repository). Without an index the server is asked for the file of the
// current one.
func locateCRAN(ctx context.Context, of query) (Content, error) {
	q := cranQuery{of}
	folder, extension := cranPlace(q.pkg.Qualifiers)
	base := "cran/" + q.feed + "/" + escapePath(folder) + "/"
	found, err := q.findCRAN(ctx, base)
	if err != nil {
		return Content{}, err
	}
	if found.version == "" && isLatest(q.pkg.Version) {
		return Content{}, missing(q.pkg)
	}
	content := Content{Version: found.version, FileName: found.file, Size: -1, guessed: found.version == ""}
	if content.guessed {
		content.Version = q.pkg.Version
	}
	name := cmp.Or(found.name, q.pkg.Name)
	if content.FileName == "" { // in the index's spelling, which the file has
		content.FileName = name + "_" + content.Version + "." + extension
	}
	if source := folder == cranSource || strings.HasSuffix(folder, "/"+cranSource); source && content.guessed {
		if found.index || q.missing(ctx, base+escapePath(content.FileName)) {
			found.path = "Archive/" + name
		}
	}
	file := content.FileName
	if found.path != "" {
		file = found.path + "/" + file
	}
	if err := checkPublished("file name", file); err != nil {
		return Content{}, err
	}
	content.Ref = base + escapePath(file)
	content.FileName = file[strings.LastIndexByte(file, '/')+1:]
	content.publish("cran PACKAGES", map[string]string{"md5": found.sum})
	return content, nil
}

// cranPlace derives folder and file extension from ProGet's qualifiers; without them it is the
// source package.
func cranPlace(qualifiers map[string]string) (folder, extension string) {
	folder, extension = qualifiers["path"], strings.TrimPrefix(qualifiers["ext"], ".")
	if folder == "" {
		folder = cranSource
	}
	if extension == "" {
		extension = "tar.gz"
	}
	return strings.Trim(folder, "/"), extension
}

// cranEntry is what an index says of a package.
type cranEntry struct {
	index      bool   // there is one
	version    string // the one that is asked for; "" if it does not exist
	name       string // the package's, as the index spells it; "" if it does not exist
	sum        string // md5, hex
	file, path string // if it is not under its usual name, or in a folder below
	rank       int
}

// take takes a stanza if it is nearer to the version that is asked for. R takes 1.0-1 for 1.0.1.
func (e *cranEntry) take(s map[string]string, asked string) {
	rank := 0
	switch version := s["Version"]; {
	case version == asked:
		rank = 2
	case isComparable(version) && ecosystem.CompareVersions(ecosystem.CRAN, version, asked) == 0:
		rank = 1
	}
	if rank > e.rank {
		e.rank = rank
		e.set(s)
	}
}

func (e *cranEntry) set(s map[string]string) {
	e.version, e.sum, e.file = s["Version"], s["MD5sum"], s["File"]
	folders := strings.Split(s["Path"], "/")
	e.path = strings.Join(slices.DeleteFunc(folders, func(f string) bool { return f == "" || f == "." }), "/")
}

// findCRAN looks the package up; a zero entry if there is no index.
func (q cranQuery) findCRAN(ctx context.Context, base string) (found cranEntry, err error) {
	pick := newestOf(q.pkg)
	var refused error
	for _, file := range []string{"PACKAGES.gz", "PACKAGES"} {
		err = q.stream(ctx, base+file, nil, func(_ *Document, r io.Reader) error {
			return eachControl(r, q.pkg.Name, []string{"Version", "MD5sum", "File", "Path"}, func(s map[string]string) error {
				if !ecosystem.SameName(ecosystem.CRAN, s["Package"], q.pkg.Name) {
					return nil
				}
				found.name = s["Package"]
				switch {
				case !isLatest(q.pkg.Version):
					found.take(s, q.pkg.Version)
				case pick.offer(s["Version"]):
					found.set(s)
				}
				return nil
			})
		})
		if err == nil || extra(err) != nil {
			found.index = true
			return found, err
		}
		if optional(err) != nil {
			refused = err
		}
	}
	return found, q.refusable(refused)
}
