package feedtype

import (
	"context"
	"fmt"
	"io"
)

// pubAccept is the version of the protocol that this file speaks (github.com/dart-lang/pub,
// repository-spec-v2).
const pubAccept = "application/vnd.pub.v2+json"

type pubVersion struct {
	Version    text   `json:"version"`
	ArchiveURL string `json:"archive_url"`
	SHA256     string `json:"archive_sha256"` // hex
	Retracted  flag   `json:"retracted"`
	odd        error  // why there is no address
}

// pubQuery looks for a Dart package.
type pubQuery struct{ query }

// locatePub takes the archive's address from the list of versions.
func locatePub(ctx context.Context, of query) (content Content, err error) {
	q := pubQuery{of}
	ref := "pub/" + q.feed + "/api/packages/" + escape(q.pkg.Name)
	err = q.read(ctx, ref, pubAccept, func(doc *Document, r io.Reader) error {
		found, err := q.findPub(r)
		if err != nil {
			return err
		}
		if found.odd != nil {
			return fmt.Errorf("version %s: %w", found.Version, found.odd)
		}
		content = Content{FileName: q.pkg.Name + "-" + string(found.Version) + ".tar.gz", Version: string(found.Version), Size: -1}
		if content.Ref, err = resolveContent(doc, content.Version, found.ArchiveURL); err != nil {
			return err
		}
		content.publish("pub index", map[string]string{"sha256": found.SHA256})
		return nil
	})
	return content, err
}

// findPub reads the versions. A retracted one counts only if it is asked for by number.
func (q pubQuery) findPub(r io.Reader) (found pubVersion, err error) {
	pick := newestOf(q.pkg)
	err = readJSON(r, func(j *jsonReader, key string) error {
		if key == "name" {
			return q.sameName(j)
		}
		if key != "versions" {
			return j.skip()
		}
		return j.items(func() error {
			var v pubVersion
			odd, err := j.decode(&v)
			if err != nil {
				return err
			}
			if v.ArchiveURL == "" {
				v.odd = odd
			}
			if !(bool(v.Retracted) && isLatest(q.pkg.Version)) && pick.wanted(q.pkg, string(v.Version)) {
				found = v
			}
			return nil
		})
	})
	if err == nil && found.Version == "" {
		err = missing(q.pkg)
	}
	return found, err
}
