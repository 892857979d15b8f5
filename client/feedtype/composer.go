package feedtype

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// composerQuery looks for a Composer package.
type composerQuery struct{ query }

// locateComposer finds the package's metadata by the template in packages.json, or in that file
// itself, and the archive in the metadata (getcomposer.org, doc/05-repositories).
func locateComposer(ctx context.Context, of query) (content Content, err error) {
	q := composerQuery{of}
	if q.pkg.Group == "" {
		return Content{}, &NameError{"group", "", "is empty; a Composer package has a vendor such as \"acme\""}
	}
	var root *Document
	var template string
	err = q.read(ctx, "composer/"+q.feed+"/packages.json", "application/json", func(doc *Document, r io.Reader) error {
		search := newComposerSearch(q.query)
		if err := search.read(r); err != nil {
			return err
		}
		root, template = doc, string(search.template)
		switch {
		case search.found.Version != "":
			content, err = q.composerContent(doc, search.result())
		case strings.Contains(template, composerName):
		case template == "" && search.listed:
			err = missing(q.pkg)
		default:
			err = errors.New("it has no metadata-url for packages, as Composer 2 needs it")
		}
		return err
	})
	if err != nil || content.Ref != "" {
		return content, err
	}
	var absent error
	for _, name := range composerDocuments(q.pkg) {
		ref, err := resolve(root, strings.ReplaceAll(template, composerName, escapePath(name)))
		if err != nil {
			return Content{}, q.broken(root.URL, err)
		}
		err = q.read(ctx, ref, "application/json", func(doc *Document, r io.Reader) error {
			search := newComposerSearch(q.query)
			if err := search.read(r); err != nil {
				return err
			}
			if search.found.Version == "" {
				return missing(q.pkg)
			}
			content, err = q.composerContent(doc, search.result())
			return err
		})
		if !errors.Is(err, ErrNotFound) {
			return content, err
		}
		if _, looked := errors.AsType[*MissingError](err); looked || absent == nil {
			absent = err
		}
	}
	return Content{}, absent
}

// composerName is the placeholder for the package's name in the template of an address.
const composerName = "%package%"

// composerDocuments are the names of the documents to look in. Composer requests lower case; a
// server that stores names as they were written may have only that spelling. Versions in
// development have a document of their own, or are among the others.
func composerDocuments(pkg ecosystem.Package) (names []string) {
	name := pkg.Group + "/" + pkg.Name
	spellings := []string{strings.ToLower(name)}
	if spellings[0] != name {
		spellings = append(spellings, name)
	}
	for _, spelling := range spellings {
		if strings.HasPrefix(pkg.Version, "dev-") || strings.HasSuffix(pkg.Version, "-dev") {
			names = append(names, spelling+"~dev")
		}
		names = append(names, spelling)
	}
	return names
}

// composerVersion is one version; fields that are absent in a minified document are those of the
// version before.
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

// composerSearch looks for a version in one document. People write "1.0", Composer normalises to
// "1.0.0.0": both are compared. Other versions are dropped as they come.
type composerSearch struct {
	q        query
	pick     *newest
	listed   bool            // it lists packages
	minified text            // the form in which a version has what differs from the one before
	last     json.RawMessage // the dist of the version before
	found    composerVersion
	template text // of an address, in packages.json
}

func newComposerSearch(q query) *composerSearch {
	return &composerSearch{q: q, pick: newestOf(q.pkg)}
}

func (s *composerSearch) read(r io.Reader) error {
	return readJSON(r, func(j *jsonReader, key string) (err error) {
		switch key {
		case "metadata-url":
			_, err = j.decode(&s.template)
		case "minified":
			_, err = j.decode(&s.minified)
		case "packages":
			name := s.q.pkg.Group + "/" + s.q.pkg.Name
			err = j.members(func(key string) error {
				s.listed = true
				if !strings.EqualFold(key, name) {
					return j.skip()
				}
				return j.values(func(key string) error { return s.version(j, key) })
			})
		default:
			err = j.skip()
		}
		return err
	})
}

// version reads one version; key names it in the form in which the versions are an object.
func (s *composerSearch) version(j *jsonReader, key string) error {
	v := composerVersion{inherited: s.last}
	if _, err := j.decode(&v); err != nil {
		return err
	}
	if v.Dist != nil {
		s.last = v.Dist
	}
	if v.Version == "" {
		v.Version = text(key)
	}
	if s.pick.wanted(s.q.pkg, string(v.Version), string(v.Normalized)) {
		s.found = v
	}
	return nil
}

// result is the version that was found.
func (s *composerSearch) result() composerVersion {
	if s.found.Dist == nil && s.minified == "composer/2.0" {
		s.found.Dist = s.found.inherited
	}
	return s.found
}

// composerContent makes the answer. A version without an archive has no dist, or the text "__unset"
// in a minified document.
func (q composerQuery) composerContent(doc *Document, found composerVersion) (content Content, err error) {
	var dist composerDist
	odd, err := mistyped(json.Unmarshal(found.Dist, &dist))
	switch {
	case err != nil, odd == nil && dist.URL == "", string(found.Dist) == `"__unset"`:
		return Content{}, fmt.Errorf("version %s has no archive to download", found.Version)
	case dist.URL == "":
		return Content{}, fmt.Errorf("version %s: %w", found.Version, inField(odd, "dist"))
	}
	content = Content{Version: string(found.Version), Size: -1}
	branch := strings.ReplaceAll(content.Version, "/", "-") // as in dev-feature/x, which is not a folder
	content.FileName = q.pkg.Group + "-" + q.pkg.Name + "-" + branch + dist.extension()
	if content.Ref, err = resolveContent(doc, content.Version, dist.URL); err != nil {
		return Content{}, err
	}
	content.publish("composer metadata", map[string]string{"sha1": dist.Shasum})
	return content, nil
}

// extension is how the archive's file is named: by its type, or as the address has it, which says
// how a tar is compressed.
func (d composerDist) extension() string {
	address := strings.ToLower(lastSegment(d.URL))
	for _, extension := range []string{".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"} {
		if strings.EqualFold(d.Type, "tar") && strings.HasSuffix(address, extension) {
			return extension
		}
	}
	if d.Type == "" {
		return ".zip"
	}
	return "." + strings.ToLower(d.Type)
}
