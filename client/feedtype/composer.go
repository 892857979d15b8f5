package feedtype

import (
	"context"
	"encoding/json"
	"errors"
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
		versions, err := readComposer(r, name)
		if err != nil {
			return err
		}
		content, err = q.pickComposer(doc, versions)
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
		dec := json.NewDecoder(r)
		template := ""
		err := eachMember(dec, func(key string) error {
			if key == "metadata-url" {
				return dec.Decode(&template)
			}
			return skip(dec)
		})
		if err == nil && !strings.Contains(template, "%package%") {
			err = errors.New("it has no metadata-url for packages, as Composer 2 needs it")
		}
		if err == nil {
			ref, err = resolve(doc, strings.ReplaceAll(template, "%package%", escapePath(name)))
		}
		return err
	})
	return ref, err
}

// composerVersion is one version; fields that are absent in a minified document are those of the version before.
type composerVersion struct {
	Version    string          `json:"version"`
	Normalized string          `json:"version_normalized"`
	Dist       json.RawMessage `json:"dist"`
}

type composerDist struct {
	Type   string `json:"type"` // zip or tar
	URL    string `json:"url"`
	Shasum string `json:"shasum"` // sha1, hex; may be ""
}

// readComposer reads the versions of name, expanded.
func readComposer(r io.Reader, name string) (versions []composerVersion, err error) {
	var minified string
	dec := json.NewDecoder(r)
	err = eachMember(dec, func(key string) error {
		switch key {
		case "minified":
			return dec.Decode(&minified)
		case "packages":
			return eachMember(dec, func(key string) error {
				if key != name {
					return skip(dec)
				}
				return eachItem(dec, func() error {
					var v composerVersion
					err := dec.Decode(&v)
					versions = append(versions, v)
					return err
				})
			})
		}
		return skip(dec)
	})
	if minified == "composer/2.0" {
		inheritDist(versions)
	}
	return versions, err
}

// inheritDist undoes what Composer's minifier did: a field that did not change is left out, one that went is "__unset".
func inheritDist(versions []composerVersion) {
	for i := 1; i < len(versions); i++ {
		if versions[i].Dist == nil {
			versions[i].Dist = versions[i-1].Dist
		}
	}
}

// pickComposer compares both spellings of a version: people write "1.0", Composer normalises to "1.0.0.0".
func (q query) pickComposer(doc *Document, versions []composerVersion) (content Content, err error) {
	pick := newestOf(q.pkg)
	var found *composerVersion
	for i := range versions {
		v := &versions[i]
		if pick.wanted(q.pkg, v.Version, v.Normalized) {
			found = v
		}
	}
	if found == nil {
		return Content{}, missing(q.pkg)
	}
	var dist composerDist
	if err := json.Unmarshal(found.Dist, &dist); err != nil {
		return Content{}, errors.New("the version has no archive to download")
	}
	if dist.Type == "" {
		dist.Type = "zip"
	}
	content = Content{Version: found.Version, Size: -1}
	branch := strings.ReplaceAll(content.Version, "/", "-") // as in dev-feature/x, which is no folder
	content.FileName = q.pkg.Group + "-" + q.pkg.Name + "-" + branch + "." + dist.Type
	if content.Ref, err = resolve(doc, dist.URL); err != nil {
		return Content{}, err
	}
	content.publish("composer metadata", map[string]string{"sha1": dist.Shasum})
	return content, nil
}
