package feedtype

import (
	"context"
	"io"
	"strings"
)

// locateDocker builds the address of an image's manifest: the feed is the first part of the repository, and the version a
// tag or a digest (Inedo docs, proget/docker/private-registries). The word latest is a tag there.
func locateDocker(ctx context.Context, q query) (Content, error) {
	repository := q.pkg.Name
	if q.pkg.Group != "" {
		repository = q.pkg.Group + "/" + repository
	}
	base := "v2/" + q.feed + "/" + escapePath(repository)
	version := q.pkg.Version
	if version == LatestStable {
		var err error
		if version, err = q.latestTag(ctx, base+"/tags/list"); err != nil {
			return Content{}, err
		}
	}
	file := repository[strings.LastIndexByte(repository, '/')+1:] + "-" + strings.ReplaceAll(version, ":", "-") + ".tar"
	qualifiers := q.pkg.Qualifiers
	return Content{
		Ref: base + "/manifests/" + escape(version), FileName: file, Version: version, Size: -1,
		Image: &Image{q.feed + "/" + repository, qualifiers["arch"], qualifiers["os"], qualifiers["variant"]},
	}, nil
}

// latestTag picks the newest of the tags that are stable versions (github.com/opencontainers/distribution-spec, listing
// tags). The list may come in pages; ProGet gives all of it.
func (q query) latestTag(ctx context.Context, ref string) (string, error) {
	pick := newestOf(q.pkg)
	err := q.read(ctx, ref, "application/json", func(_ *Document, r io.Reader) error {
		return readJSON(r, func(j *jsonReader, key string) error {
			if !strings.EqualFold(key, "tags") {
				return j.skip()
			}
			return j.items(func() error {
				var tag text
				_, err := j.decode(&tag)
				if strings.Trim(string(tag), "0123456789.") == "" {
					pick.offer(string(tag))
				}
				return err
			})
		})
	})
	if err == nil && pick.best == "" {
		err = missing(q.pkg)
	}
	return pick.best, err
}
