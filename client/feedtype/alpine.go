package feedtype

import (
	"archive/tar"
	"context"
	"errors"
	"io"
)

// locateAlpine builds the address from the identity; only a word for a version needs the index. The
// checksum in the index covers a part of the file, so it can't verify the whole
// (wiki.alpinelinux.org, Apk_spec).
func locateAlpine(ctx context.Context, q query) (Content, error) {
	if err := q.need([2]string{"arch", "x86_64"}); err != nil {
		return Content{}, err
	}
	base := "apk/" + q.feed + "/" + escape(q.pkg.Qualifiers["arch"]) + "/"
	version := q.pkg.Version
	if isLatest(version) {
		pick := newestOf(q.pkg)
		err := q.stream(ctx, base+"APKINDEX.tar.gz", nil, func(_ *Document, r io.Reader) error {
			return eachAlpine(r, func(s map[string]string) error {
				if s["P"] == q.pkg.Name {
					pick.offer(s["V"])
				}
				return nil
			})
		})
		if err != nil {
			return Content{}, err
		}
		if version = pick.best; version == "" {
			return Content{}, missing(q.pkg)
		}
	}
	file := q.pkg.Name + "-" + version + ".apk"
	content := Content{Ref: base + escape(file), FileName: file, Version: version, Size: -1}
	if version == q.pkg.Version {
		content.guessed, content.Search = true, builtByLayout
	}
	return content, nil
}

// eachAlpine reads the records of an index: the file APKINDEX in a tar archive, after its
// signature.
func eachAlpine(r io.Reader, f func(map[string]string) error) error {
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return errors.New("the archive has no file APKINDEX")
		}
		if errors.Is(err, tar.ErrHeader) {
			return errors.New("it is not a tar archive")
		}
		if err != nil {
			return err
		}
		if header.Name == "APKINDEX" {
			text, _, err := toUTF8(archive)
			if err != nil {
				return err
			}
			return eachStanza(text, []string{"P", "V"}, f)
		}
	}
}
