package feedtype

import (
	"context"
	"io"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// locateCRAN reads the index of a repository's folder, to know whether the version is the current one or in the archive
// (cran.r-project.org, R-admin, setting up a package repository). Without an index it is taken for the current one.
func locateCRAN(ctx context.Context, q query) (Content, error) {
	folder, extension := cranPlace(q.pkg.Qualifiers)
	base := "cran/" + q.feed + "/" + escapePath(folder) + "/"
	found, err := q.findCRAN(ctx, base)
	if err != nil {
		return Content{}, err
	}
	version := found.version // in the index's spelling, which the file has
	if version == "" {
		if isLatest(q.pkg.Version) {
			return Content{}, missing(q.pkg)
		}
		version = q.pkg.Version
		if found.known {
			base += "Archive/" + escape(q.pkg.Name) + "/"
		}
	}
	file := q.pkg.Name + "_" + version + "." + extension
	content := Content{Ref: base + escape(file), FileName: file, Version: version, Size: -1}
	content.publish("cran PACKAGES", map[string]string{"md5": found.sum})
	return content, nil
}

// cranPlace tells folder and file extension from ProGet's qualifiers; without them it is the source package.
func cranPlace(qualifiers map[string]string) (folder, extension string) {
	folder, extension = qualifiers["path"], strings.TrimPrefix(qualifiers["ext"], ".")
	if folder == "" {
		folder = "src/contrib"
	}
	if extension == "" {
		extension = "tar.gz"
	}
	return strings.Trim(folder, "/"), extension
}

// cranEntry is what an index says of a package.
type cranEntry struct {
	known   bool   // the package is there, in whatever version
	version string // the one that is asked for; "" where it is not there
	sum     string // md5, hex
}

// findCRAN looks the package up; a zero entry where there is no index.
func (q query) findCRAN(ctx context.Context, base string) (found cranEntry, err error) {
	pick := newestOf(q.pkg)
	for _, file := range []string{"PACKAGES.gz", "PACKAGES"} {
		err = q.stream(ctx, base+file, nil, func(_ *Document, r io.Reader) error {
			return eachStanza(r, []string{"Package", "Version", "MD5sum"}, func(s map[string]string) error {
				if !ecosystem.SameName(ecosystem.CRAN, s["Package"], q.pkg.Name) {
					return nil
				}
				found.known = true
				if pick.wanted(q.pkg, s["Version"]) {
					found.version, found.sum = s["Version"], s["MD5sum"]
				}
				return nil
			})
		})
		if err == nil || extra(err) != nil {
			return found, err
		}
	}
	return found, q.refusable(err)
}
