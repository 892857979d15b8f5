package feedtype

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// npmAccept is what npm itself sends: the abbreviated document has all that an installer needs (npm docs, package-metadata).
const npmAccept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"

// locateNPM takes the tarball's address from the package document; an npm client never builds it.
func locateNPM(ctx context.Context, q query) (content Content, err error) {
	ref := "npm/" + q.feed + "/" + escape(ecosystem.JoinName(ecosystem.NPM, q.pkg.Group, q.pkg.Name))
	err = q.read(ctx, ref, npmAccept, func(doc *Document, r io.Reader) error {
		p, err := readPackument(r)
		if err != nil {
			return err
		}
		version := p.pick(q.pkg)
		dist, ok := p.dists[version]
		if !ok {
			return missing(q.pkg)
		}
		content = Content{FileName: q.pkg.Name + "-" + version + ".tgz", Version: version, Size: -1}
		if content.Ref, err = resolve(doc, dist.Tarball); err != nil {
			return err
		}
		content.publishSRI("npm index", dist.Integrity)
		content.publish("npm index", map[string]string{"sha1": dist.Shasum})
		return nil
	})
	return content, err
}

// packument is what is kept of a package document.
type packument struct {
	tags  map[string]string // a tag's version
	dists map[string]npmDist
}

type npmDist struct {
	Tarball   string `json:"tarball"`
	Integrity string `json:"integrity"` // SRI
	Shasum    string `json:"shasum"`    // sha1, hex
}

// readPackument keeps every version, since the tags may come after them in the document.
func readPackument(r io.Reader) (packument, error) {
	p := packument{dists: map[string]npmDist{}}
	dec := json.NewDecoder(r)
	err := eachMember(dec, func(key string) error {
		switch key {
		case "dist-tags":
			return dec.Decode(&p.tags)
		case "versions":
			return eachMember(dec, func(version string) error {
				var entry struct {
					Dist npmDist `json:"dist"`
				}
				err := dec.Decode(&entry)
				p.dists[version] = entry.Dist
				return err
			})
		}
		return skip(dec)
	})
	return p, err
}

// pick finds the version that is meant: itself, a tag, or one that differs in its build metadata only, which npm drops when
// it publishes. The tag latest says what the newest release is, so latest-stable is that, or the newest release before it where
// the tag is on a pre-release: what is newer than the tag waits under another one.
func (p packument) pick(pkg ecosystem.Package) string {
	if _, ok := p.dists[pkg.Version]; ok {
		return pkg.Version
	}
	tagged := p.tags[pkg.Version]
	if pkg.Version == LatestStable {
		tagged = p.tags[Latest]
	}
	if tagged != "" && (pkg.Version != LatestStable || !ecosystem.IsPrerelease(ecosystem.NPM, tagged)) {
		return tagged
	}
	pick, found := newestOf(pkg), ""
	for _, version := range slices.Sorted(maps.Keys(p.dists)) {
		if tagged != "" && ecosystem.CompareVersions(ecosystem.NPM, version, tagged) > 0 {
			continue
		}
		if pick.wanted(pkg, version) {
			found = version
		}
	}
	return found
}
