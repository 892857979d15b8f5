package feedtype

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// locateAsset takes group and name as the path of a file in an asset directory, which is the
// "feed". Its checksums are in the metadata document (Inedo docs, proget/api/assets).
func locateAsset(ctx context.Context, q query) (Content, error) {
	path := q.pkg.Name
	if q.pkg.Group != "" {
		path = q.pkg.Group + "/" + path
	}
	base := "endpoints/" + q.feed + "/"
	content := Content{Ref: base + "content/" + escapePath(path), FileName: path[strings.LastIndexByte(path, '/')+1:], Size: -1}
	folder := false
	err := q.read(ctx, base+"metadata/"+escapePath(path), "application/json", func(_ *Document, r io.Reader) (err error) {
		folder, err = readAsset(r, &content)
		return err
	})
	if folder {
		return Content{}, fmt.Errorf("%q is a folder", path)
	}
	if errors.Is(err, ErrNotFound) {
		content.guessed, content.Search = true, "no index was looked in, because the address follows from the path"
	}
	return content, extra(err)
}

// readAsset adds size and checksum to content. A folder has metadata too, but no content to fetch:
// the server would answer 400 to the request that carries the deployment.
func readAsset(r io.Reader, content *Content) (folder bool, err error) {
	var m struct {
		Type                      string // "dir", or a media type
		Size                      *int64 // bytes
		MD5, SHA1, SHA256, SHA512 string // hex
	}
	if err := decodeWhole(r, &m); err != nil {
		return false, err
	}
	if m.Type == "dir" {
		return true, nil
	}
	if m.Size != nil && *m.Size > 0 {
		content.Size = *m.Size
	}
	content.publish("asset metadata", map[string]string{"md5": m.MD5, "sha1": m.SHA1, "sha256": m.SHA256, "sha512": m.SHA512})
	return false, nil
}
