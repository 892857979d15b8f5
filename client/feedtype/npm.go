package feedtype

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

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
		if ecosystem.SameVersion(ecosystem.NPM, version, q.pkg.Version) {
			content.Version = q.pkg.Version
		}
		if content.Ref, err = resolve(doc, dist.Tarball); err != nil {
			return err
		}
		content.Checksums, err = dist.checksums()
		return err
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
// it publishes.
func (p packument) pick(pkg ecosystem.Package) string {
	if _, ok := p.dists[pkg.Version]; ok {
		return pkg.Version
	}
	if version, ok := p.tags[pkg.Version]; ok && pkg.Version != LatestStable {
		return version
	}
	pick, found := newestOf(pkg), ""
	for _, version := range slices.Sorted(maps.Keys(p.dists)) {
		if pick.wanted(pkg, version) {
			found = version
		}
	}
	return found
}

// checksums prefers the SRI string (W3C, Subresource Integrity: the strongest algorithm of several counts).
func (d npmDist) checksums() ([]Checksum, error) {
	for _, algorithm := range []string{"sha512", "sha384", "sha256", "sha1"} {
		for field := range strings.FieldsSeq(d.Integrity) {
			if sum, ok := strings.CutPrefix(field, algorithm+"-"); ok {
				sum, _, _ = strings.Cut(sum, "?")
				return base64Checksum(algorithm, sum, "npm index")
			}
		}
	}
	return hexChecksum("sha1", d.Shasum, "npm index")
}
