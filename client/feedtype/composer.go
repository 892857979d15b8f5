package feedtype

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// locateComposer finds the package's metadata by the template in packages.json, and the archive in that
// (getcomposer.org, doc/05-repositories).
func locateComposer(ctx context.Context, q query) (content Content, err error) {
	if q.pkg.Group == "" {
		return Content{}, &NameError{"group", "", "is empty; a Composer package has a vendor such as \"acme\""}
	}
	name := strings.ToLower(q.pkg.Group + "/" + q.pkg.Name)
	ref, err := q.composerRef(ctx, name)
	if err != nil {
		return Content{}, err
	}
	err = q.read(ctx, ref, "application/json", func(doc *Document, r io.Reader) error {
		found, err := q.readComposer(r, name)
		if err != nil {
			return err
		}
		content, err = q.composerContent(doc, found)
		return err
	})
	return content, err
}

// composerRef is the address of the package's metadata. Versions in development have a document of their own.
func (q query) composerRef(ctx context.Context, name string) (ref string, err error) {
	if v := q.pkg.Version; strings.HasPrefix(v, "dev-") || strings.HasSuffix(v, "-dev") {
		name += "~dev"
	}
	err = q.read(ctx, "composer/"+q.feed+"/packages.json", "application/json", func(doc *Document, r io.Reader) error {
		var template text
		err := readJSON(r, func(j *jsonReader, key string) error {
			if key != "metadata-url" {
				return j.skip()
			}
			_, err := j.decode(&template)
			return err
		})
		if err == nil && !strings.Contains(string(template), "%package%") {
			err = errors.New("it has no metadata-url for packages, as Composer 2 needs it")
		}
		if err == nil {
			ref, err = resolve(doc, strings.ReplaceAll(string(template), "%package%", escapePath(name)))
		}
		return err
	})
	return ref, err
}

// composerVersion is one version; fields that are absent in a minified document are those of the version before.
type composerVersion struct {
	Version    text            `json:"version"`
	Normalized text            `json:"version_normalized"`
	Dist       json.RawMessage `json:"dist"`
	inherited  json.RawMessage // of the nearest version before that has one
}

type composerDist struct {
	Type   string `json:"type"` // zip or tar
	URL    string `json:"url"`
	Shasum string `json:"shasum"` // sha1, hex; may be ""
}

// readComposer finds the version in the metadata of name. People write "1.0", Composer normalises to "1.0.0.0": both are
// compared. Other versions are dropped as they come.
func (q query) readComposer(r io.Reader, name string) (found composerVersion, err error) {
	pick, minified, last := newestOf(q.pkg), text(""), json.RawMessage(nil)
	version := func(j *jsonReader, key string) error {
		v := composerVersion{inherited: last}
		if _, err := j.decode(&v); err != nil {
			return err
		}
		if v.Dist != nil {
			last = v.Dist
		}
		if v.Version == "" {
			v.Version = text(key) // in the form in which the versions are an object
		}
		if pick.wanted(q.pkg, string(v.Version), string(v.Normalized)) {
			found = v
		}
		return nil
	}
	err = readJSON(r, func(j *jsonReader, key string) error {
		switch key {
		case "minified":
			_, err := j.decode(&minified)
			return err
		case "packages":
			return j.members(func(key string) error {
				if !strings.EqualFold(key, name) {
					return j.skip()
				}
				return j.values(func(key string) error { return version(j, key) })
			})
		}
		return j.skip()
	})
	if found.Dist == nil && minified == "composer/2.0" {
		found.Dist = found.inherited
	}
	if err == nil && found.Version == "" {
		err = missing(q.pkg)
	}
	return found, err
}

// composerContent makes the answer. A version without an archive has no dist, or the text "__unset" in a minified document.
func (q query) composerContent(doc *Document, found composerVersion) (content Content, err error) {
	var dist composerDist
	odd, err := mistyped(json.Unmarshal(found.Dist, &dist))
	switch {
	case err != nil, odd == nil && dist.URL == "", string(found.Dist) == `"__unset"`:
		return Content{}, fmt.Errorf("version %s has no archive to download", found.Version)
	case dist.URL == "":
		return Content{}, fmt.Errorf("version %s: %w", found.Version, inField(odd, "dist"))
	}
	if dist.Type == "" {
		dist.Type = "zip"
	}
	content = Content{Version: string(found.Version), Size: -1}
	branch := strings.ReplaceAll(content.Version, "/", "-") // as in dev-feature/x, which is no folder
	content.FileName = q.pkg.Group + "-" + q.pkg.Name + "-" + branch + "." + dist.Type
	if content.Ref, err = resolve(doc, dist.URL); err != nil {
		return Content{}, err
	}
	content.publish("composer metadata", map[string]string{"sha1": dist.Shasum})
	return content, nil
}
